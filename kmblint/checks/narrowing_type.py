"""A column gets a type that can't hold every value of the old one."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Confidence, Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import ChangeType
from kmblint.schema.types import Family


def check(change: ChangeType, step: Step) -> Iterator[Finding]:
    """The two types; a widening passes."""
    table = step.before.table(change.table.text)
    column = table.column(change.column.text) if table else None
    if table is None or column is None or change.to.holds_every(column.type):
        return
    if not step.populated(table.name) or not step.history.populated_at(column.made.file, step.migration):
        return
    sure = Family.OTHER not in (change.to.family, column.type.family)
    yield Finding(
        step.place(change.span),
        f"`{table.name}.{column.name}` goes from {column.type} to {change.to}, which "
        f"{'can' if sure else 'may'}{'not' if sure else ' not'} hold every old value: "
        f"the change fails or cuts ({step.why_populated(table.name)})",
        help=f"add a new column of type {change.to}, copy what fits, and drop the old one in a later migration",
        related=(Related(column.made, f"created here as {column.type}"),),
        subject=f"{table.name}.{column.name}",
        confidence=Confidence.HIGH if sure else Confidence.LOW,
    )
