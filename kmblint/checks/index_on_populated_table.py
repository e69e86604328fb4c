"""An index that is made on a table with rows."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddIndex


def check(change: AddIndex, step: Step) -> Iterator[Finding]:
    """The CREATE INDEX that has to be filled."""
    table = step.before.table(change.table.text)
    if table is None or not step.populated(table.name):
        return
    yield Finding(
        step.place(change.span),
        f"`{table.name}` holds rows ({step.why_populated(table.name)}): the engine fills the index under its one "
        "write lock, and every write waits",
        help="apply it off-peak",
        related=(Related(table.made, f"`{table.name}` is created here"),),
        subject=table.name,
    )
