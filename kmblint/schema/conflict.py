"""What the catalogue holds against a change: the closed union `Conflict`.

`guarded` marks what a guard of the statement (IF EXISTS, IF NOT EXISTS) provides for; targets differ in whether they
honour it.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name
from kmblint.text import Place


class UnknownTable(msgspec.Struct, frozen=True, tag=True):
    """A table is named that isn't there; once a statement and name."""

    table: Name
    guarded: bool = False


class UnknownColumn(msgspec.Struct, frozen=True, tag=True):
    """A column is named that its table doesn't have; `where` says in which clause (`SET`, `WHERE` …)."""

    table: str
    column: Name
    where: str
    guarded: bool = False


class UnknownObject(msgspec.Struct, frozen=True, tag=True):
    """An object other than a table or column is named that isn't there; a table in GRANT, too."""

    kind: ObjectKind
    name: Name
    table: str | None
    guarded: bool = False


class TableExists(msgspec.Struct, frozen=True, tag=True):
    """A table of that name is there already."""

    table: Name
    made: Place
    guarded: bool = False


class ColumnExists(msgspec.Struct, frozen=True, tag=True):
    """The table has a column of that name already."""

    table: str
    column: Name
    made: Place
    guarded: bool = False


class ObjectExists(msgspec.Struct, frozen=True, tag=True):
    """An object other than a table or column is there already; an index is one of the same table."""

    kind: ObjectKind
    name: Name
    made: Place
    table: str | None
    guarded: bool = False


Unknown: TypeAlias = UnknownTable | UnknownColumn | UnknownObject
"""What is named and isn't there."""

Conflict: TypeAlias = UnknownTable | UnknownColumn | UnknownObject | TableExists | ColumnExists | ObjectExists
