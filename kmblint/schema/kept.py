"""What of a catalogue is shown: what was written (*intended*), or what a target keeps of that (*actual*)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kmblint.schema.catalog import Column, Declared, Index, Table
from kmblint.schema.parts import ForeignKey, PrimaryKey
from kmblint.schema.types import DataType
from kmblint.text import Place


class Kept(msgspec.Struct, frozen=True):
    """What a target keeps of a declaration, and whether that is shown or what was written."""

    stored_type: Callable[[DataType], DataType | None]
    """The type that is stored for a declared one; None where the target refuses it."""
    constraints: bool
    """Whether foreign keys, UNIQUE, CHECK and DEFAULT are heeded."""
    text: Callable[[Place], str]
    """What stands at a place, for what the catalogue has no words for; stars in the place of secrets."""
    written: Callable[[Place], str]
    """The same as it was written, to be compared and never shown."""
    actual: bool = False

    @property
    def declarations(self) -> bool:
        """Whether constraints and defaults are shown."""
        return self.constraints or not self.actual

    def type(self, column: Column) -> DataType:
        """The type to show for a column."""
        return (self.stored_type(column.type) or column.type) if self.actual else column.type

    def declarable(self, column: Column) -> DataType:
        """The type to declare for that: the target may refuse the name of what it stores (Kimberlite's BYTES)."""
        shown = self.type(column)
        return shown if self.stored_type(shown) == shown else column.type

    def nullable(self, table: Table, column: Column) -> bool:
        """Whether the column takes NULL, the key's own rule included."""
        return column.nullable and column.name not in table.primary_key

    def shown(self, table: Table) -> tuple[Declared, ...]:
        """The constraints beside the primary key that are shown."""
        if not self.declarations:
            return ()
        return tuple(declared for declared in table.constraints if not isinstance(declared.constraint, PrimaryKey))

    def references(self, table: Table) -> tuple[ForeignKey, ...]:
        """The foreign keys among them."""
        return tuple(d.constraint for d in self.shown(table) if isinstance(d.constraint, ForeignKey))

    def columns(self, index: Index) -> tuple[str | None, ...]:
        """The columns of an index; None for an expression, and for what the target makes nothing of."""
        return index.columns if self.actual else index.meant
