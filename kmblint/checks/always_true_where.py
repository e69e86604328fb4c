"""A WHERE that holds on every row."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, UpdateRows


def check(change: UpdateRows | DeleteRows, step: Step) -> Iterator[Finding]:
    """The condition that keeps no row of a table with rows out."""
    reach, name = step.reach, change.table.text
    if change.where is None or reach is None or not step.populated(name) or not reach.every_row:
        return
    word, does = ("UPDATE", "rewrites") if isinstance(change, UpdateRows) else ("DELETE", "takes")
    yield Finding(
        step.place(change.where.span),
        f"this condition is always true: the `{word}` {does} every row of `{name}`, {step.why_populated(name)}",
        help="say which rows are meant, by a key of the table",
        subject=name,
    )
