"""TRUNCATE of a table that may hold rows."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import Truncate


def check(change: Truncate, step: Step) -> Iterator[Finding]:
    """The table, and why it is believed to hold rows."""
    table = step.before.table(change.table.text)
    if table is None or not step.populated(table.name):
        return
    yield Finding(
        step.place(change.span.to(change.table.span)),
        f"every row of `{table.name}` goes at once ({step.why_populated(table.name)}), and nothing brings them back",
        help=f"DELETE the rows that are meant, in batches by the key of `{table.name}`",
        related=(Related(table.made, "created here"),),
        subject=table.name,
    )
