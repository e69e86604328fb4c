"""What a release of the Kimberlite engine does with SQL: the fields of `Facts`, one value of which is a release.

The comments name the areas of tests/engine/scenarios.jsonl that show each. Sources: the engine itself (tests/engine),
kimberlite-query 0.9.1 src/parser.rs, planner.rs, key_encoder.rs, plan.rs and executor.rs, kimberlite 0.9.1
src/tenant.rs, sqlparser 0.61.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

import msgspec

from kmblint.findings import Severity
from kmblint.schema.kinds import ObjectKind
from kmblint.targets.capabilities import Masked, Pages

Graded: TypeAlias = tuple[str, Severity]
"""What is then not so, and how bad that is."""


class Kind(StrEnum):
    """The type of a value as the engine holds it in memory; values of two kinds are never equal."""

    NULL = "NULL"
    BIGINT = "BIGINT"
    TEXT = "TEXT"
    BOOLEAN = "BOOLEAN"
    DECIMAL = "DECIMAL"
    TINYINT = "TINYINT"
    SMALLINT = "SMALLINT"
    INTEGER = "INTEGER"
    REAL = "REAL"
    DATE = "DATE"
    TIME = "TIME"
    TIMESTAMP = "TIMESTAMP"
    UUID = "UUID"
    JSON = "JSON"
    BYTES = "BYTES"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What one release of the engine does with SQL, as data."""

    engine: str

    # --- limits (area limit) ------------------------------------------------------------------------------------------
    max_parentheses: int
    """Open `(` at one point of the statement's text, those in literals and comments counted."""
    max_nesting: int
    """Expressions inside of expressions before the parser gives up; one less in VALUES and SELECT."""
    max_condition_depth: int
    """AND, OR and `(` above one comparison: a chain of that many ANDs nests as deep."""
    max_nots: int
    """The word NOT in the whole text, literals and comments counted."""
    pages: Pages
    max_indexes: int
    """Indexes of the whole database, dropped tables' ones counted, that are kept up to date (area index-limit)."""
    max_scale: int
    """Digits behind the point of a DECIMAL that can be read back (area scale)."""
    odd_characters: Mapping[str, str]
    """Characters outside of literals that the parser takes for part of a word, or for none (area create-form)."""

    # --- types (areas type, create-form, key-type) --------------------------------------------------------------------
    stored_types: Mapping[str, tuple[str, int]]
    """Declared type → the type that is stored, and how many arguments the parser takes at most."""
    default_decimal: tuple[int, int]
    """What a bare DECIMAL is stored as."""
    replaced_types: Mapping[str, tuple[str, bool]]
    """Refused type → what to write instead, and whether that means the same (arguments stay where it takes them).

    SERIAL is a key, which columns without an index refer to, and of whole numbers only BIGINT compares there.
    """
    changed_types: Mapping[str, str]
    """Stored otherwise than declared: what is lost. INT, BOOL, FLOAT and the like are other names of what is kept."""

    # --- clauses (areas column-option, create-table, create-form, create-index) ---------------------------------------
    dropped_column_clauses: Mapping[str, Graded]
    """Clause → what is then not so, and how bad that is (DEFAULT depends on NOT NULL and stands in the code)."""
    dropped_table_clauses: Mapping[str, Graded]
    plain_table_options: frozenset[str]
    """`OPTION [=] value` behind the columns: parsed and dropped."""
    table_option_ranks: Mapping[str, int]
    """The order in which options are taken behind the columns (area table-option)."""
    other_option_rank: int
    """Where all other options stand, in any order and after any comma."""
    table_option_mistakes: Mapping[str, tuple[str, frozenset[str]]]
    """Option → what stands behind it, and the kinds of words (`=` or of a `scanner.Kind`) that don't."""
    dropped_index_clauses: Mapping[str, Graded]

    # --- words (areas keyword-table, keyword-column) ------------------------------------------------------------------
    broken_names: Mapping[ObjectKind, Mapping[str, tuple[str, ...]]]
    """A word as an unquoted name → the statements that it breaks."""
    privileges: frozenset[str]
    """What GRANT takes as a privilege (area grant-privilege)."""
    column_privileges: frozenset[str]
    """Those that may name columns."""
    grant_kinds: frozenset[str]
    """Words that GRANT … ON takes for a kind of object, so that such a table needs TABLE before it (area grant)."""
    policy_strategies: frozenset[str]
    """Strategies of CREATE MASKING POLICY that take no argument (area kimberlite)."""
    mask_strategies: Mapping[str, Masked | None]
    """Strategy of CREATE MASK → the values that it hides; None where it hides every one (area mask)."""

    # --- names (areas update, kimberlite, create-index) ---------------------------------------------------------------
    unchecked_columns: frozenset[str]
    """Clauses whose columns may be missing; WHERE is judged apart."""
    unchecked_kinds: frozenset[ObjectKind]
    """Kinds of object that the engine makes twice, or grants on unseen."""

    # --- conditions (areas where-update, where-delete) ----------------------------------------------------------------
    scalar_functions: Mapping[str, tuple[int, int]]
    """Functions that WHERE takes, and how many arguments at least and at most."""
    truncations: frozenset[str]
    """What DATE_TRUNC takes as its first argument."""
    extractions: frozenset[str]
    """What EXTRACT takes as its first argument, written as an ordinary call: `extract('year', seen)`."""
    cast_types: frozenset[str]
    """Types that CAST takes in WHERE."""

    # --- values (areas literal-insert, literal-update) ----------------------------------------------------------------
    checked_at_insert: frozenset[str]
    """Types whose literals INSERT looks at: another kind is refused. UPDATE looks at none."""
    whole_numbers: Mapping[str, tuple[int, int]]
    """Types that are stored as whole numbers, and the least and the greatest that can be read back."""

    # --- comparisons (area compare) -----------------------------------------------------------------------------------
    comparing_with_now: frozenset[str]
    """Types that compare with `now()` row by row, and with literals through an index only.

    How all others compare follows from what a literal is, what is stored, and what a column reads: `planner/`.
    """

    # --- ways to the rows (held against the engine by tests/engine/row_agreement.py) ----------------------------------
    tags: Mapping[Kind, int]
    """The byte before a value in a key or an index: values of different kinds are in this order."""
    bounding: frozenset[str]
    """Comparisons that a key or an index serves; all others are left to row-by-row comparison."""
    equal_score: int
    """What an index earns for each `=` on one of its columns …"""
    range_score: int
    """… for each other comparison that it serves …"""
    other_score: int
    """… and for any other condition on one of its columns."""
    scored_columns: int
    """So many columns of an index earn something."""
    usable_indexes: int
    """So many indexes of a table are looked at."""
    range_rows: int
    """So many rows of a key range or an index are looked at; other conditions apply after that."""
    scanned_rows: int
    """So many rows of a table are looked at where neither serves."""
    widened_kinds: frozenset[Kind]
    """Kinds that `<>`, IN, and comparisons with the literal first widen to one another."""
    tenant: int
    """The tenant that the runner sends to: its number is part of what orders the indexes of a table."""
