"""What one release of the engine does to come to rows, as data; the rest of the planner only follows it.

Source: kimberlite-query 0.9.1 src/planner.rs, key_encoder.rs, plan.rs and executor.rs, kimberlite 0.9.1 src/tenant.rs;
held against the engine itself by tests/engine/row_agreement.py.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec


class Kind(Enum):
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


class Release(msgspec.Struct, frozen=True):
    """The facts of one release."""

    engine: str
    tags: dict[Kind, int]
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
    kept_indexes: int
    """So many indexes of the whole database are kept up to date by INSERT, UPDATE and DELETE."""
    range_rows: int
    """So many rows of a key range or an index are looked at; other conditions apply after that."""
    scanned_rows: int
    """So many rows of a table are looked at where neither serves."""
    whole_numbers: frozenset[Kind]
    """Kinds that `<>`, IN, and comparisons with the literal first widen to one another."""
    tenant: int
    """The tenant that the runner sends to: its number is part of what orders the indexes of a table."""


RELEASE_0_9_1: Final = Release(
    engine="0.9.1",
    tags={Kind.NULL: 0x00, Kind.BIGINT: 0x01, Kind.TEXT: 0x02, Kind.BOOLEAN: 0x03, Kind.DECIMAL: 0x0A},
    bounding=frozenset({"=", "<", "<=", ">", ">="}),
    equal_score=10,
    range_score=5,
    other_score=1,
    scored_columns=10,
    usable_indexes=100,
    kept_indexes=100,
    range_rows=10_000,
    scanned_rows=100_000,
    whole_numbers=frozenset({Kind.TINYINT, Kind.SMALLINT, Kind.INTEGER, Kind.BIGINT}),
    tenant=1,
)
