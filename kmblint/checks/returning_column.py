"""Columns added under the name of one that was dropped."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn


def check(change: AddColumn, step: Step) -> Iterator[Finding]:
    """The column, where it was dropped, and what comes back with it."""
    table = step.before.table(change.table.text)
    name = change.column.name
    dropped = table.dropped.get(name.text) if table else None
    if table is None or dropped is None or table.column(name.text):
        return
    same = dropped.type is not None and dropped.type.same_as(change.column.type)
    effect = "its old values return" if same else f"its old {dropped.type} values return and make the table unreadable"
    yield Finding(
        step.place(name.span),
        f"`{table.name}.{name}` was dropped before, and dropping only hides: {effect}",
        help=f"give the column a new name, such as `{name}_2`",
        related=(Related(dropped.place, f"`{name}` was dropped here"), Related(dropped.made, "and made here")),
        subject=f"{table.name}.{name}",
    )
