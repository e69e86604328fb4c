"""An UPDATE that sets a primary key, or a column that other tables refer to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, Related, Severity
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import InsertRows, UpdateRows
from kmblint.schema.parts import Assignment
from kmblint.schema.predicate import ColumnRef
from kmblint.targets import Target

_UNCHECKED: Final = {
    UpdateRows: "the engine doesn't check it, and two rows that end with one key can't be deleted",
    InsertRows: "where the new key isn't there it is refused, and where it is, that other row is overwritten",
}
"""What comes of a new key where keys are checked by INSERT only."""


def check(change: UpdateRows | InsertRows, step: Step, target: Target) -> Iterator[Finding]:
    """Each assignment to such a column, unless it keeps the value."""
    table = step.before.table(change.table.text)
    if table is None:
        return
    for assignment in _assignments(change):
        name = assignment.column.text
        if isinstance(assignment.value, ColumnRef) and assignment.value.name == name:
            continue
        if isinstance(change, UpdateRows) and step.reach is not None and step.reach.keeps(assignment, change):
            continue
        related = tuple(_references(step.before, table, name))
        if name in table.primary_key:
            kept = target.capabilities.semantics.keeps_unique
            effect = "whatever knows the row by its key loses it" if kept else _UNCHECKED[type(change)]
            severity = None if kept else Severity.ERROR
            message = f"this sets `{name}`, the primary key of `{table.name}`: {effect}"
        elif related:
            severity = None
            message = f"this sets `{table.name}.{name}`, and the rows of other tables that refer to it lose it"
        else:
            continue
        yield Finding(
            step.place(assignment.span),
            message,
            help="insert a new row under the new key, move what refers to the old one, then delete the old row",
            related=related,
            subject=f"{table.name}.{name}",
            severity=severity,
        )


def _assignments(change: UpdateRows | InsertRows) -> tuple[Assignment, ...]:
    if isinstance(change, UpdateRows):
        return change.assignments
    return change.on_conflict.assignments if change.on_conflict else ()


def _references(catalog: Catalog, table: Table, column: str) -> Iterator[Related]:
    for other, key, place in catalog.referring(table.name):
        targets = tuple(name.text for name in key.targets) or table.primary_key
        if column in targets:
            yield Related(place, f"`{other.name}` refers to it here")
