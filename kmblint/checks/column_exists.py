"""ADD COLUMN (or a renaming) over a column that is there already."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.conflict import ColumnExists


def check(conflict: ColumnExists, step: Step) -> Iterator[Finding]:
    """That the table has the column, with where it came from."""
    name = conflict.column.text
    yield Finding(
        step.place(conflict.column.span),
        f"`{conflict.table}` already has a column `{name}`: it was added {step.said(conflict.made)}",
        help="take this statement out, or give the column another name",
        related=(Related(conflict.made, f"`{name}` is defined here"),),
        subject=f"{conflict.table}.{name}",
    )
