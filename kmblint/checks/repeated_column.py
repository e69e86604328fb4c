"""A column named twice in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddConstraint, AddIndex, AddTable, InsertRows, UpdateRows
from kmblint.schema.parts import Check, Constraint, ForeignKey, Name, PrimaryKey, Unique


def check(change: AddTable | AddConstraint | AddIndex | InsertRows | UpdateRows, step: Step) -> Iterator[Finding]:
    """Each name that stands a second time in a list of columns, with the place of the first."""
    for where, columns in _lists(change):
        first: dict[str, Name] = {}
        for column in columns:
            before = first.setdefault(column.text, column)
            if before is not column:
                yield Finding(
                    step.place(column.span),
                    f"column `{column.text}` stands twice in {where}",
                    help="take one of them out, or give it the name that was meant",
                    related=(Related(step.place(before.span), f"`{column.text}` stands here already"),),
                    subject=f"{change.table}.{column.text}",
                )


def _lists(
    change: AddTable | AddConstraint | AddIndex | InsertRows | UpdateRows,
) -> Iterator[tuple[str, Iterable[Name]]]:
    match change:
        case AddTable():
            yield f"the columns of `{change.table}`", [column.name for column in change.columns]
            for constraint in change.constraints:
                yield from _of_constraint(constraint)
        case AddConstraint(constraint=constraint):
            yield from _of_constraint(constraint)
        case AddIndex():
            index = f"index `{change.name}`" if change.name else "the index"
            yield index, [part.column for part in change.parts if part.column]
        case InsertRows():
            yield "the columns of INSERT", change.columns or ()
            if change.on_conflict:
                yield "ON CONFLICT", change.on_conflict.columns
                yield "DO UPDATE SET", [assignment.column for assignment in change.on_conflict.assignments]
        case UpdateRows():
            yield "SET", [assignment.column for assignment in change.assignments]


def _of_constraint(constraint: Constraint) -> Iterator[tuple[str, Iterable[Name]]]:
    match constraint:
        case PrimaryKey(columns=columns):
            yield "the primary key", columns
        case Unique(columns=columns):
            yield "a UNIQUE constraint", columns
        case ForeignKey(columns=columns):
            yield "a foreign key", columns
        case Check():
            return
        case other:
            assert_never(other)
