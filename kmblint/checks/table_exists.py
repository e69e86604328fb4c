"""CREATE TABLE (or a renaming) over a table that is there already."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.conflict import TableExists


def check(conflict: TableExists, step: Step) -> Iterator[Finding]:
    """That the table exists, with where it was made."""
    name = conflict.table.text
    yield Finding(
        step.place(conflict.table.span),
        f"table `{name}` already exists: it was created {step.said(conflict.made)}",
        help="take this statement out, give the table another name, or change the existing one with ALTER TABLE",
        related=(Related(conflict.made, f"`{name}` is created here"),),
        subject=name,
    )
