"""Engine 0.9.1: what it does with SQL, as data; `Facts` says what each field holds.

A later release is a value of its own, `msgspec.structs.replace` of this one, and is named in `RELEASES`.
"""

from __future__ import annotations

from typing import Final

from kmblint.findings import Severity
from kmblint.schema.kinds import ObjectKind
from kmblint.sql.scanner import Kind as TokenKind
from kmblint.sql.words import words
from kmblint.targets.capabilities import Masked, Pages
from kmblint.targets.kimberlite.facts import Facts, Kind

_TRUNCATIONS: Final = frozenset({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})

RELEASE_0_9_1: Final = Facts(
    engine="0.9.1",
    # --- limits (area limit) ------------------------------------------------------------------------------------------
    max_parentheses=50,
    max_nesting=49,
    max_condition_depth=100,
    max_nots=100,
    pages=Pages(
        most_event=3988, most_entry=4044, beside_entry=4, beside_version=36, most_key=492, rows_beside=7,
    ),
    max_indexes=100,
    max_scale=38,
    odd_characters={
        "\ufeff": "a byte order mark", "\u200b": "a zero-width space", "\u200c": "a zero-width non-joiner",
        "\u200d": "a zero-width joiner", "\u2060": "a word joiner", "\x00": "a NUL",
    },
    # --- types (areas type, create-form, key-type) --------------------------------------------------------------------
    stored_types={
        "TINYINT": ("TINYINT", 1), "SMALLINT": ("SMALLINT", 1), "INT": ("INTEGER", 1), "INTEGER": ("INTEGER", 1),
        "BIGINT": ("BIGINT", 1), "REAL": ("REAL", 0), "FLOAT": ("REAL", 2), "DOUBLE": ("REAL", 2),
        "DECIMAL": ("DECIMAL", 2), "TEXT": ("TEXT", 0), "VARCHAR": ("TEXT", 1), "STRING": ("TEXT", 1),
        "BINARY": ("BYTES", 1), "VARBINARY": ("BYTES", 1), "BLOB": ("BYTES", 1), "BOOLEAN": ("BOOLEAN", 0),
        "BOOL": ("BOOLEAN", 0), "DATE": ("DATE", 0), "TIME": ("TIME", 1), "TIMETZ": ("TIME", 1),
        "TIMESTAMP": ("TIMESTAMP", 1), "TIMESTAMPTZ": ("TIMESTAMP", 1), "UUID": ("UUID", 0), "JSON": ("JSON", 0),
    },
    default_decimal=(18, 2),
    replaced_types={
        "NUMERIC": ("DECIMAL", True), "DEC": ("DECIMAL", True), "DOUBLE PRECISION": ("DOUBLE", True),
        "FLOAT4": ("REAL", True), "FLOAT8": ("DOUBLE", True), "INT2": ("SMALLINT", True), "INT4": ("INTEGER", True),
        "INT8": ("BIGINT", True), "INT16": ("SMALLINT", False), "INT32": ("INTEGER", True), "INT64": ("BIGINT", True),
        "MEDIUMINT": ("INTEGER", True), "HUGEINT": ("BIGINT", False), "SMALLSERIAL": ("SMALLINT", False),
        "SERIAL": ("BIGINT", False), "BIGSERIAL": ("BIGINT", False), "SERIAL2": ("SMALLINT", False),
        "SERIAL4": ("BIGINT", False), "SERIAL8": ("BIGINT", False), "FIXED": ("DECIMAL", True),
        "MONEY": ("DECIMAL(18,2)", False),
        "CHAR": ("TEXT", False), "CHARACTER": ("TEXT", False), "NCHAR": ("TEXT", False), "BPCHAR": ("TEXT", False),
        "CHARACTER VARYING": ("VARCHAR", True), "CHAR VARYING": ("VARCHAR", True), "NVARCHAR": ("VARCHAR", True),
        "VARCHAR2": ("VARCHAR", True), "CITEXT": ("TEXT", False), "CLOB": ("TEXT", True), "TINYTEXT": ("TEXT", True),
        "MEDIUMTEXT": ("TEXT", True), "LONGTEXT": ("TEXT", True), "NAME": ("TEXT", False), "XML": ("TEXT", False),
        "INET": ("TEXT", False), "CIDR": ("TEXT", False), "ENUM": ("TEXT", False), "SET": ("TEXT", False),
        "BYTEA": ("BLOB", True), "BYTES": ("BLOB", True), "TINYBLOB": ("BLOB", True), "MEDIUMBLOB": ("BLOB", True),
        "LONGBLOB": ("BLOB", True), "BIT": ("BOOLEAN", False), "DATETIME": ("TIMESTAMP", True),
        "SMALLDATETIME": ("TIMESTAMP", True), "INTERVAL": ("BIGINT", False), "YEAR": ("SMALLINT", False),
        "JSONB": ("JSON", True), "HSTORE": ("JSON", False), "GUID": ("UUID", True), "UNIQUEIDENTIFIER": ("UUID", True),
    },
    changed_types={
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
    },
    # --- clauses (areas column-option, create-table, create-form, create-index) ---------------------------------------
    dropped_column_clauses={
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
    },
    dropped_table_clauses={
        "TEMPORARY": ("the table stays for ever", Severity.WARNING),
        "TRANSIENT": ("the table is an ordinary one", Severity.WARNING),
        "OR REPLACE": ("an existing table is not replaced: the statement is then refused", Severity.WARNING),
        "EXTERNAL": ("the table is an ordinary one", Severity.WARNING),
        "INHERITS": ("no column is inherited", Severity.WARNING),
        "ON COMMIT": ("there are no transactions", Severity.WARNING),
        "AS SELECT": ("no row is copied", Severity.WARNING),
        "CLONE": ("nothing is copied", Severity.WARNING),
        "LIKE": ("no column is copied", Severity.WARNING),
        "ORDER BY": ("rows are kept in the order of the key", Severity.INFO),
        "LOCATION": ("the rows are kept where all others are", Severity.INFO),
        "STRICT": ("types are checked as in any other table", Severity.INFO),
        "WITHOUT ROWID": ("it changes nothing", Severity.INFO),
        "WITH": ("the options are stored nowhere", Severity.INFO),
        "TBLPROPERTIES": ("the options are stored nowhere", Severity.INFO),
        "TABLESPACE": ("it changes nothing", Severity.INFO),
        "ENGINE": ("it changes nothing", Severity.INFO),
        "COMMENT": ("the text is stored nowhere", Severity.INFO),
    },
    plain_table_options=words(
        "CHARSET COLLATE AUTO_INCREMENT ROW_FORMAT CHECKSUM COMPRESSION ENCRYPTION MAX_ROWS MIN_ROWS CONNECTION"
        " PASSWORD KEY_BLOCK_SIZE PACK_KEYS AVG_ROW_LENGTH DELAY_KEY_WRITE INSERT_METHOD STATS_PERSISTENT"
    ) | {"DEFAULT CHARSET", "DEFAULT CHARACTER SET", "DEFAULT COLLATE", "CHARACTER SET"},
    table_option_ranks={
        "WITHOUT ROWID": 0,
        "LOCATION": 1,
        "INHERITS": 2,
        "WITH": 3,
        "TBLPROPERTIES": 3,
        "ORDER BY": 4,
        "ON COMMIT": 5,
        "STRICT": 6,
        "AS SELECT": 7,
    },
    other_option_rank=3,
    table_option_mistakes={
        "COMMENT": ("a text", frozenset({TokenKind.WORD.value, TokenKind.QUOTED.value, TokenKind.NUMBER.value})),
        "ENGINE": ("a name", frozenset({TokenKind.STRING.value, TokenKind.NUMBER.value})),
        "LOCATION": ("a name", frozenset({"=", TokenKind.NUMBER.value})),
    },
    dropped_index_clauses={
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
    },
    # --- words (areas keyword-table, keyword-column) ------------------------------------------------------------------
    broken_names={
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
    },
    privileges=words(
        "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER ALL USAGE CREATE CONNECT EXECUTE TEMPORARY OWNERSHIP"
        " DROP APPLYBUDGET AUDIT EXEC FAILOVER MODIFY MONITOR OPERATE READ REPLICATE"
    ) | {
        "ALL PRIVILEGES", "CREATE ACCOUNT", "CREATE APPLICATION", "CREATE APPLICATION PACKAGE", "CREATE COMPUTE POOL",
        "CREATE DATA EXCHANGE LISTING", "CREATE DATABASE", "CREATE EXTERNAL VOLUME", "CREATE FAILOVER GROUP",
        "CREATE INTEGRATION", "CREATE NETWORK POLICY", "CREATE ORGANIZATION LISTING", "CREATE REPLICATION GROUP",
        "CREATE ROLE", "CREATE SCHEMA", "CREATE SHARE", "CREATE USER", "CREATE WAREHOUSE", "APPLY MASKING POLICY",
        "APPLY TAG", "APPLY ROW ACCESS POLICY", "APPLY PASSWORD POLICY", "APPLY SESSION POLICY",
        "APPLY AGGREGATION POLICY", "APPLY AUTHENTICATION POLICY", "APPLY JOIN POLICY", "APPLY PACKAGES POLICY",
        "APPLY PROJECTION POLICY", "ATTACH POLICY", "ATTACH LISTING", "BIND SERVICE ENDPOINT", "EVOLVE SCHEMA",
        "EXECUTE ALERT", "EXECUTE TASK", "EXECUTE MANAGED TASK", "EXECUTE MANAGED ALERT",
        "EXECUTE DATA METRIC FUNCTION", "IMPORTED PRIVILEGES", "IMPORT SHARE", "MANAGE GRANTS",
        "MANAGE ACCOUNT SUPPORT CASES", "MANAGE EVENT SHARING", "MANAGE LISTING AUTO FULFILLMENT",
        "MANAGE ORGANIZATION SUPPORT CASES", "MANAGE USER SUPPORT CASES", "MANAGE WAREHOUSES", "MONITOR EXECUTION",
        "MONITOR SECURITY", "MONITOR USAGE", "MODIFY LOG LEVEL", "MODIFY TRACE LEVEL", "MODIFY SESSION LOG LEVEL",
        "MODIFY SESSION TRACE LEVEL", "OVERRIDE SHARE RESTRICTIONS", "PURCHASE DATA EXCHANGE LISTING", "RESOLVE ALL",
        "READ SESSION",
    },
    column_privileges=words("SELECT INSERT UPDATE REFERENCES"),
    grant_kinds=words(
        "USER DATABASE SCHEMA SEQUENCE FUNCTION PROCEDURE VIEW WAREHOUSE INTEGRATION CONNECTION TABLE"
    ),
    policy_strategies=words("REDACT_SSN REDACT_PHONE REDACT_EMAIL REDACT_CC HASH TOKENIZE NULL"),
    mask_strategies={
        "REDACT": Masked.SSN, "REDACT_SSN": Masked.SSN, "REDACT_EMAIL": Masked.EMAIL, "REDACT_PHONE": Masked.PHONE,
        "REDACT_CREDIT_CARD": Masked.CARD, "HASH": None, "TOKENIZE": None, "NULL": None,
    },
    # --- names (areas update, kimberlite, create-index) ---------------------------------------------------------------
    unchecked_columns=frozenset(
        {"SET", "WHERE", "CREATE MASK", "CREATE INDEX", "PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK"}
    ),
    unchecked_kinds=frozenset({ObjectKind.USER, ObjectKind.TABLE, ObjectKind.CONSTRAINT}),
    # --- conditions (areas where-update, where-delete) ----------------------------------------------------------------
    scalar_functions={
        "UPPER": (1, 1), "LOWER": (1, 1), "LENGTH": (1, 1), "CHAR_LENGTH": (1, 1), "CHARACTER_LENGTH": (1, 1),
        "CONCAT": (1, 99), "ABS": (1, 1), "ROUND": (1, 2), "CEILING": (1, 1), "COALESCE": (1, 99), "NULLIF": (2, 2),
        "MOD": (2, 2), "POWER": (2, 2), "POW": (2, 2), "SQRT": (1, 1), "DATE_TRUNC": (2, 2), "DATETRUNC": (2, 2),
        "EXTRACT": (2, 2),
        "NOW": (0, 0), "CURRENT_TIMESTAMP": (0, 0), "CURRENT_DATE": (0, 0),
    },
    truncations=_TRUNCATIONS,
    extractions=_TRUNCATIONS | words("MILLISECOND MICROSECOND DOW DAYOFWEEK DOY WEEK QUARTER EPOCH"),
    cast_types=words(
        "TINYINT SMALLINT INT INTEGER BIGINT REAL FLOAT DOUBLE TEXT VARCHAR STRING BOOLEAN BOOL DATE TIME TIMETZ"
        " TIMESTAMP TIMESTAMPTZ UUID JSON"
    ),
    # --- values (areas literal-insert, literal-update) ----------------------------------------------------------------
    checked_at_insert=frozenset({"BIGINT", "TEXT", "BOOLEAN", "TIMESTAMP", "BYTES"}),
    whole_numbers={
        "TINYINT": (-(2**7), 2**7 - 1), "SMALLINT": (-(2**15), 2**15 - 1), "INTEGER": (-(2**31), 2**31 - 1),
        "BIGINT": (-(2**63), 2**63 - 1), "DATE": (-(2**31), 2**31 - 1), "TIME": (-(2**63), 2**63 - 1),
        "TIMESTAMP": (0, 2**63 - 1), "REAL": (-(2**63), 2**63 - 1),
    },
    # --- comparisons (area compare) -----------------------------------------------------------------------------------
    comparing_with_now=frozenset({"TIMESTAMP"}),
    # --- ways to the rows (held against the engine by tests/engine/row_agreement.py) ----------------------------------
    tags={Kind.NULL: 0x00, Kind.BIGINT: 0x01, Kind.TEXT: 0x02, Kind.BOOLEAN: 0x03, Kind.DECIMAL: 0x0A},
    bounding=frozenset({"=", "<", "<=", ">", ">="}),
    equal_score=10,
    range_score=5,
    other_score=1,
    scored_columns=10,
    usable_indexes=100,
    range_rows=10_000,
    scanned_rows=100_000,
    widened_kinds=frozenset({Kind.TINYINT, Kind.SMALLINT, Kind.INTEGER, Kind.BIGINT}),
    tenant=1,
)  # fmt: skip
