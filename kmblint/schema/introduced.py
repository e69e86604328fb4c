"""The names that a change brings into the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AddMask,
    AddTable,
    Change,
    ColumnDefinition,
    Constraint,
    CreateObject,
    Name,
    RenameColumn,
    RenameConstraint,
    RenameTable,
)
from kmblint.schema.kinds import ObjectKind


class Introduced(msgspec.Struct, frozen=True):
    """A new name: what it names, and the table that it belongs to."""

    kind: ObjectKind
    name: Name
    table: str | None = None
    constraint: Constraint | None = None
    """The constraint that it names."""

    @property
    def subject(self) -> str:
        """The object as findings call it: `patients`, `patients.phone`, `patients_phone_idx`."""
        return f"{self.table}.{self.name}" if self.kind is ObjectKind.COLUMN else self.name.text


def introduced(change: Change) -> Iterator[Introduced]:
    """Every name that the change brings, in the order of the text."""
    match change:
        case AddTable(table=table, columns=columns, constraints=constraints):
            yield Introduced(ObjectKind.TABLE, table)
            parts = [*_columns(table.text, columns), *_constraints(table.text, constraints)]
            yield from sorted(parts, key=lambda part: part.name.span)
        case RenameTable(new=new):
            yield Introduced(ObjectKind.TABLE, new)
        case AddColumn(table=table, column=column):
            yield from _columns(table.text, (column,))
        case RenameColumn(table=table, new=new):
            yield Introduced(ObjectKind.COLUMN, new, table.text)
        case AddConstraint(table=table, constraint=constraint):
            yield from _constraints(table.text, (constraint,))
        case RenameConstraint(table=table, new=new):
            yield Introduced(ObjectKind.CONSTRAINT, new, table.text)
        case AddIndex(table=table, name=Name() as name):
            yield Introduced(ObjectKind.INDEX, name, table.text)
        case AddMask(name=name):
            yield Introduced(ObjectKind.MASK, name)
        case CreateObject(kind=kind, name=Name() as name):
            yield Introduced(kind, name)
        case _:
            return


def _columns(table: str, columns: Iterable[ColumnDefinition]) -> Iterator[Introduced]:
    for column in columns:
        yield Introduced(ObjectKind.COLUMN, column.name, table)
        yield from _constraints(table, column.constraints)


def _constraints(table: str, constraints: Iterable[Constraint]) -> Iterator[Introduced]:
    for constraint in constraints:
        if constraint.name is not None:
            yield Introduced(ObjectKind.CONSTRAINT, constraint.name, table, constraint)
