"""The tables that a change names, in whatever clause."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.schema.changes import AddColumn, AddConstraint, AddTable, Change, Constraint, ForeignKey, InsertRows, Name
from kmblint.schema.predicate import Query


def touched(change: Change) -> Iterator[Name]:
    """Every table by its name, once: what it makes, changes, fills, reads or refers to."""
    told: set[str] = set()
    for name in _named(change):
        if name.text not in told:
            told.add(name.text)
            yield name


def _named(change: Change) -> Iterator[Name]:
    for field in ("table", "new"):
        name = getattr(change, field, None)
        if isinstance(name, Name):
            yield name
    for field in ("tables", "joined"):
        yield from getattr(change, field, ())
    match change:
        case AddTable(columns=columns, constraints=constraints):
            yield from _referred(constraints)
            for column in columns:
                yield from _referred(column.constraints)
        case AddColumn(column=column):
            yield from _referred(column.constraints)
        case AddConstraint(constraint=constraint):
            yield from _referred((constraint,))
        case InsertRows(query=Query() as query):
            yield from (Name(table, query.span) for table in query.tables)
        case _:
            return


def _referred(constraints: tuple[Constraint, ...]) -> Iterator[Name]:
    yield from (constraint.table for constraint in constraints if isinstance(constraint, ForeignKey))
