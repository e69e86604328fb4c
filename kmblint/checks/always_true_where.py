"""A WHERE that holds on every row."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay import Step
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.reach import Reach
from kmblint.targets import Target


def check(change: UpdateRows | DeleteRows, step: Step, target: Target) -> Iterator[Finding]:
    """The condition that keeps no row of a table with rows out."""
    table = step.before.table(change.table.text)
    if change.where is None or table is None or not step.populated(table.name):
        return
    if not Reach.of(change, table, target.traits.dialect).every_row(change.where):
        return
    word, does = ("UPDATE", "rewrites") if isinstance(change, UpdateRows) else ("DELETE", "takes")
    yield Finding(
        step.place(change.where.span),
        f"this condition is always true: the `{word}` {does} every row of `{table.name}`, "
        f"{step.why_populated(table.name)}",
        help="say which rows are meant, by a key of the table",
        subject=table.name,
    )
