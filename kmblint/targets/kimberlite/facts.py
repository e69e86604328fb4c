"""What the Kimberlite engine does with SQL, as data: read it, extend it, change nothing else.

Every table is stamped by `ENGINE`, the release it was seen in, and names the areas of tests/engine/scenarios.jsonl
that show it. Sources: the engine itself (tests/engine), kimberlite-query 0.9.1 src/parser.rs, kimberlite 0.9.1
src/tenant.rs, sqlparser 0.61. A later release is a new set of these tables, chosen by `[target] engine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from kmblint.findings import Severity
from kmblint.schema.kinds import ObjectKind
from kmblint.sql.words import words

Graded: TypeAlias = tuple[str, Severity]
"""What is then not so, and how bad that is."""

ENGINE: Final = "0.9.1"


# --- limits (area limit) ----------------------------------------------------------------------------------------------

MAX_PARENTHESES: Final = 50
"""Open `(` at one point of the statement's text, those in literals and comments counted."""
MAX_NESTING: Final = 49
"""Expressions inside of expressions before the parser gives up; one less in VALUES and SELECT."""
MAX_CONDITION_DEPTH: Final = 100
"""AND, OR and `(` above one comparison: a chain of that many ANDs nests as deep."""
MAX_NOTS: Final = 100
"""The word NOT in the whole text, literals and comments counted."""
MAX_EVENT_BYTES: Final = 3988
"""What a change may take as an event of the log, `{"data":{"id":1},"table":"t","type":"insert"}` (area event)."""
MAX_ENTRY_BYTES: Final = 4044
"""What the key of a row and all its versions may take together (area page)."""
ENTRY_BYTES: Final = 4
"""What an entry takes beside its key and its versions."""
VERSION_BYTES: Final = 36
"""What a version of a row takes beside the row as JSON."""
LONG_KEY_BYTES: Final = 492
"""Longer keys, and index entries, don't fit eight to a page: the tree breaks after a few dozen (area long-key)."""
ROWS_BESIDE: Final = 7
"""How many rows share a page with one, at most."""
MAX_INDEXES: Final = 100
"""Indexes of the whole database, dropped tables' ones counted, that are kept up to date (area index-limit)."""
MAX_SCALE: Final = 38
"""Digits behind the point of a DECIMAL that can be read back (area scale)."""
MAX_DECIMAL: Final = 2**96 - 1
"""The digits of a number with a fraction, read as a whole number."""
ODD_CHARACTERS: Final = {
    "\ufeff": "a byte order mark", "\u200b": "a zero-width space", "\u200c": "a zero-width non-joiner",
    "\u200d": "a zero-width joiner", "\u2060": "a word joiner", "\x00": "a NUL",
}  # fmt: skip
"""Characters outside of literals that the parser takes for part of a word, or for no word at all (area create-form)."""

# --- types (areas type, create-form, key-type) ------------------------------------------------------------------------

STORED_TYPES: Final = {
    "TINYINT": ("TINYINT", 1), "SMALLINT": ("SMALLINT", 1), "INT": ("INTEGER", 1), "INTEGER": ("INTEGER", 1),
    "BIGINT": ("BIGINT", 1), "REAL": ("REAL", 0), "FLOAT": ("REAL", 2), "DOUBLE": ("REAL", 2),
    "DECIMAL": ("DECIMAL", 2), "TEXT": ("TEXT", 0), "VARCHAR": ("TEXT", 1), "STRING": ("TEXT", 1),
    "BINARY": ("BYTES", 1), "VARBINARY": ("BYTES", 1), "BLOB": ("BYTES", 1), "BOOLEAN": ("BOOLEAN", 0),
    "BOOL": ("BOOLEAN", 0), "DATE": ("DATE", 0), "TIME": ("TIME", 1), "TIMETZ": ("TIME", 1),
    "TIMESTAMP": ("TIMESTAMP", 1), "TIMESTAMPTZ": ("TIMESTAMP", 1), "UUID": ("UUID", 0), "JSON": ("JSON", 0),
}  # fmt: skip
"""Declared type → the type that is stored, and how many arguments the parser takes at most."""

DEFAULT_DECIMAL: Final = (18, 2)
"""What a bare DECIMAL is stored as."""

REPLACED_TYPES: Final = {
    "NUMERIC": ("DECIMAL", True), "DEC": ("DECIMAL", True), "DOUBLE PRECISION": ("DOUBLE", True),
    "FLOAT4": ("REAL", True), "FLOAT8": ("DOUBLE", True), "INT2": ("SMALLINT", True), "INT4": ("INTEGER", True),
    "INT8": ("BIGINT", True), "INT16": ("SMALLINT", False), "INT32": ("INTEGER", True), "INT64": ("BIGINT", True),
    "MEDIUMINT": ("INTEGER", True), "HUGEINT": ("BIGINT", False), "SMALLSERIAL": ("SMALLINT", False),
    "SERIAL": ("BIGINT", False), "BIGSERIAL": ("BIGINT", False), "MONEY": ("DECIMAL(18,2)", False),
    "CHAR": ("TEXT", False), "CHARACTER": ("TEXT", False), "NCHAR": ("TEXT", False), "BPCHAR": ("TEXT", False),
    "CHARACTER VARYING": ("VARCHAR", True), "CHAR VARYING": ("VARCHAR", True), "NVARCHAR": ("VARCHAR", True),
    "VARCHAR2": ("VARCHAR", True), "CITEXT": ("TEXT", False), "CLOB": ("TEXT", True), "TINYTEXT": ("TEXT", True),
    "MEDIUMTEXT": ("TEXT", True), "LONGTEXT": ("TEXT", True), "NAME": ("TEXT", False), "XML": ("TEXT", False),
    "INET": ("TEXT", False), "CIDR": ("TEXT", False), "ENUM": ("TEXT", False), "SET": ("TEXT", False),
    "BYTEA": ("BLOB", True), "BYTES": ("BLOB", True), "TINYBLOB": ("BLOB", True), "MEDIUMBLOB": ("BLOB", True),
    "LONGBLOB": ("BLOB", True), "BIT": ("BOOLEAN", False), "DATETIME": ("TIMESTAMP", True),
    "SMALLDATETIME": ("TIMESTAMP", True), "INTERVAL": ("BIGINT", False), "YEAR": ("SMALLINT", False),
    "JSONB": ("JSON", True), "HSTORE": ("JSON", False), "GUID": ("UUID", True), "UNIQUEIDENTIFIER": ("UUID", True),
}  # fmt: skip
"""Refused type → what to write instead, and whether that means the same (arguments stay where it takes them).

SERIAL is a key, which columns without an index refer to, and of whole numbers only BIGINT compares there.
"""

CHANGED_TYPES: Final = {
    "VARCHAR": "the length isn't enforced: any text fits",
    "STRING": "the length isn't enforced: any text fits",
    "TIMESTAMP": "the precision isn't kept",
    "TIMESTAMPTZ": "the time zone isn't kept",
    "TIME": "the precision isn't kept",
    "TIMETZ": "the time zone isn't kept",
    "BINARY": "the length isn't enforced",
    "VARBINARY": "the length isn't enforced",
    "BLOB": "the length isn't enforced",
    "DECIMAL": "two digits behind the point are kept, and more are cut without a word",
}
"""Stored otherwise than declared: what is lost. INT, BOOL, FLOAT and the like are other names of what is kept."""

# --- clauses (areas column-option, create-table, create-form, create-index) -------------------------------------------

DROPPED_COLUMN_CLAUSES: Final = {
    "UNIQUE": ("two rows may hold the same value", Severity.WARNING),
    "CHECK": ("any value is taken", Severity.WARNING),
    "REFERENCES": ("rows may refer to what isn't there", Severity.WARNING),
    "FOREIGN KEY": ("rows may refer to what isn't there", Severity.WARNING),
    "GENERATED": ("the column reads NULL where it is left out", Severity.WARNING),
    "IDENTITY": ("no number is generated: every INSERT must give one", Severity.WARNING),
    "AUTO_INCREMENT": ("no number is generated: every INSERT must give one", Severity.WARNING),
    "AUTOINCREMENT": ("no number is generated: every INSERT must give one", Severity.WARNING),
    "COLLATE": ("texts compare byte by byte", Severity.INFO),
    "COMMENT": ("the text is stored nowhere", Severity.INFO),
    "CHARACTER SET": ("texts are UTF-8", Severity.INFO),
    "ASC": ("it orders nothing", Severity.INFO),
    "DESC": ("it orders nothing", Severity.INFO),
    "INVISIBLE": ("SELECT * shows the column", Severity.INFO),
}
"""Clause → what is then not so, and how bad that is (DEFAULT depends on NOT NULL and stands in the code)."""

DROPPED_TABLE_CLAUSES: Final = {
    "TEMPORARY": ("the table stays for ever", Severity.WARNING),
    "OR REPLACE": ("an existing table is not replaced: the statement is then refused", Severity.WARNING),
    "EXTERNAL": ("the table is an ordinary one", Severity.WARNING),
    "INHERITS": ("no column is inherited", Severity.WARNING),
    "ON COMMIT": ("there are no transactions", Severity.WARNING),
    "AS SELECT": ("no row is copied", Severity.WARNING),
    "CLONE": ("nothing is copied", Severity.WARNING),
    "LIKE": ("no column is copied", Severity.WARNING),
    "ORDER BY": ("rows are kept in the order of the key", Severity.INFO),
    "STRICT": ("types are checked as in any other table", Severity.INFO),
    "WITHOUT ROWID": ("it changes nothing", Severity.INFO),
    "WITH": ("the options are stored nowhere", Severity.INFO),
    "TBLPROPERTIES": ("the options are stored nowhere", Severity.INFO),
    "TABLESPACE": ("it changes nothing", Severity.INFO),
    "ENGINE": ("it changes nothing", Severity.INFO),
    "COMMENT": ("the text is stored nowhere", Severity.INFO),
}

PLAIN_TABLE_OPTIONS: Final = words(
    "CHARSET COLLATE AUTO_INCREMENT ROW_FORMAT CHECKSUM COMPRESSION ENCRYPTION MAX_ROWS MIN_ROWS CONNECTION PASSWORD"
    " KEY_BLOCK_SIZE PACK_KEYS AVG_ROW_LENGTH DELAY_KEY_WRITE INSERT_METHOD STATS_PERSISTENT"
) | {"DEFAULT CHARSET", "DEFAULT CHARACTER SET", "DEFAULT COLLATE", "CHARACTER SET"}
"""`OPTION [=] value` behind the columns: parsed and dropped."""

DROPPED_INDEX_CLAUSES: Final = {
    "UNIQUE": ("two rows may hold the same value", Severity.WARNING),
    "WHERE": ("the index covers every row", Severity.WARNING),
    "CONCURRENTLY": ("the index is filled under the one write lock", Severity.INFO),
    "USING": ("there is one kind of index", Severity.INFO),
    "INCLUDE": ("the further columns aren't in the index", Severity.INFO),
    "DESC": ("the index is ascending", Severity.INFO),
    "ASC": ("the index is ascending anyway", Severity.INFO),
    "NULLS": ("NULL is the smallest value", Severity.INFO),
    "NULLS DISTINCT": ("nothing is unique", Severity.INFO),
    "COLLATE": ("texts compare byte by byte", Severity.INFO),
    "COMMENT": ("the text is stored nowhere", Severity.INFO),
    "operator class": ("there is one order for each type", Severity.INFO),
}

# --- words (areas keyword-table, keyword-column) ----------------------------------------------------------------------

BROKEN_NAMES: Final = {
    ObjectKind.TABLE: {
        "ONLY": ("ALTER TABLE",),
        "LOCAL": ("INSERT",),
        "TABLE": ("INSERT", "UPDATE", "DELETE", "SELECT"),
        "REPLACE": ("UPDATE",),
        "LATERAL": ("UPDATE", "DELETE", "SELECT"),
    },
    ObjectKind.COLUMN: {
        **dict.fromkeys(("CHECK", "CONSTRAINT", "FOREIGN", "PRIMARY", "UNIQUE"), ("CREATE TABLE",)),
        **dict.fromkeys(("ALL", "DISTINCT", "FALSE", "FROM", "NOT", "NULL", "TOP", "TRUE"), ("SELECT",)),
        **dict.fromkeys(("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"), ("SELECT", "WHERE")),
        **dict.fromkeys(("EXISTS", "INTERVAL", "TRIM"), ("SELECT", "WHERE", "CREATE INDEX")),
    },
}
"""A word as an unquoted name → the statements that it breaks."""

PRIVILEGES: Final = words(
    "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER ALL USAGE CREATE CONNECT EXECUTE TEMPORARY OWNERSHIP DROP"
)
"""First words of what GRANT takes as a privilege."""
GRANT_KINDS: Final = words(
    "USER DATABASE SCHEMA SEQUENCE FUNCTION PROCEDURE VIEW WAREHOUSE INTEGRATION CONNECTION TABLE"
)
"""Words that GRANT … ON takes for a kind of object, so that a table of that name needs TABLE before it (area grant)."""

# --- conditions (areas where-update, where-delete) --------------------------------------------------------------------

SCALAR_FUNCTIONS: Final = {
    "UPPER": (1, 1), "LOWER": (1, 1), "LENGTH": (1, 1), "CHAR_LENGTH": (1, 1), "CHARACTER_LENGTH": (1, 1),
    "CONCAT": (1, 99), "ABS": (1, 1), "ROUND": (1, 2), "CEILING": (1, 1), "COALESCE": (1, 99), "NULLIF": (2, 2),
    "MOD": (2, 2), "POWER": (2, 2), "POW": (2, 2), "SQRT": (1, 1), "DATE_TRUNC": (2, 2), "DATETRUNC": (2, 2),
    "EXTRACT": (2, 2),
    "NOW": (0, 0), "CURRENT_TIMESTAMP": (0, 0), "CURRENT_DATE": (0, 0),
}  # fmt: skip
"""Functions that WHERE takes, and how many arguments at least and at most."""
TRUNCATIONS: Final = frozenset({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})
"""What DATE_TRUNC takes as its first argument."""
EXTRACTIONS: Final = TRUNCATIONS | words("MILLISECOND MICROSECOND DOW DAYOFWEEK DOY WEEK QUARTER EPOCH")
"""What EXTRACT takes as its first argument, written as an ordinary call: `extract('year', seen)` (asked of 0.9.1)."""
CAST_TYPES: Final = words(
    "TINYINT SMALLINT INT INTEGER BIGINT REAL FLOAT DOUBLE TEXT VARCHAR STRING BOOLEAN BOOL DATE TIME TIMETZ TIMESTAMP"
    " TIMESTAMPTZ UUID JSON"
)
"""Types that CAST takes in WHERE."""

# --- values (areas literal-insert, literal-update) --------------------------------------------------------------------

CHECKED_AT_INSERT: Final = frozenset({"BIGINT", "TEXT", "BOOLEAN", "TIMESTAMP", "BYTES"})
"""Types whose literals INSERT looks at: another kind is refused. UPDATE looks at none."""
WHOLE_NUMBERS: Final = {
    "TINYINT": (-(2**7), 2**7 - 1), "SMALLINT": (-(2**15), 2**15 - 1), "INTEGER": (-(2**31), 2**31 - 1),
    "BIGINT": (-(2**63), 2**63 - 1), "DATE": (-(2**31), 2**31 - 1), "TIME": (-(2**63), 2**63 - 1),
    "TIMESTAMP": (0, 2**63 - 1), "REAL": (-(2**63), 2**63 - 1),
}  # fmt: skip
"""Types that are stored as whole numbers, and the least and the greatest that can be read back."""

# --- comparisons (area compare) ---------------------------------------------------------------------------------------

COMPARING_WITH_NOW: Final = frozenset({"TIMESTAMP"})
"""Types that compare with `now()` row by row, and with literals through an index only.

How all others compare follows from what a literal is, what is stored, and what a column reads: `planner/`.
"""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What one release of the engine does with SQL; the comments at the tables of this module say what each holds."""

    engine: str
    max_parentheses: int
    max_nesting: int
    max_condition_depth: int
    max_nots: int
    max_decimal: int
    odd_characters: Mapping[str, str]
    stored_types: Mapping[str, tuple[str, int]]
    default_decimal: tuple[int, int]
    replaced_types: Mapping[str, tuple[str, bool]]
    changed_types: Mapping[str, str]
    dropped_column_clauses: Mapping[str, Graded]
    dropped_table_clauses: Mapping[str, Graded]
    plain_table_options: frozenset[str]
    dropped_index_clauses: Mapping[str, Graded]
    broken_names: Mapping[ObjectKind, Mapping[str, tuple[str, ...]]]
    privileges: frozenset[str]
    grant_kinds: frozenset[str]
    scalar_functions: Mapping[str, tuple[int, int]]
    truncations: frozenset[str]
    extractions: frozenset[str]
    cast_types: frozenset[str]


RELEASE_0_9_1: Final = Facts(
    engine=ENGINE, max_parentheses=MAX_PARENTHESES, max_nesting=MAX_NESTING, max_condition_depth=MAX_CONDITION_DEPTH,
    max_nots=MAX_NOTS, max_decimal=MAX_DECIMAL, odd_characters=ODD_CHARACTERS, stored_types=STORED_TYPES,
    default_decimal=DEFAULT_DECIMAL, replaced_types=REPLACED_TYPES, changed_types=CHANGED_TYPES,
    dropped_column_clauses=DROPPED_COLUMN_CLAUSES, dropped_table_clauses=DROPPED_TABLE_CLAUSES,
    plain_table_options=PLAIN_TABLE_OPTIONS, dropped_index_clauses=DROPPED_INDEX_CLAUSES, privileges=PRIVILEGES,
    broken_names=BROKEN_NAMES,
    grant_kinds=GRANT_KINDS, scalar_functions=SCALAR_FUNCTIONS, truncations=TRUNCATIONS, extractions=EXTRACTIONS,
    cast_types=CAST_TYPES,
)  # fmt: skip
RELEASES: Final = {facts.engine: facts for facts in (RELEASE_0_9_1,)}
"""By the number of the release."""
