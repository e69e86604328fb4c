"""INSERT that relies on the order of its table's columns."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import InsertRows


def check(change: InsertRows, step: Step) -> Iterator[Finding]:
    """That no columns are named."""
    if change.columns is not None or change.default_values:
        return
    table = step.before.table(change.table.text)
    columns = f" ({', '.join(table.column_names)})" if table and table.complete else " (column, …)"
    yield Finding(
        step.place(change.table.span),
        f"INSERT INTO `{change.table}` names no columns, so it depends on their order when it runs",
        help=f"write INSERT INTO {change.table}{columns}",
        subject=change.table.text,
    )
