"""INSERT that relies on the order of its table's columns."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import InsertRows
from kmblint.schema.write import column_list
from kmblint.text import Span


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
        fix=_fix(table, change, step) if table and table.complete else None,
        subject=change.table.text,
    )


def _fix(table: Table, change: InsertRows, step: Step) -> Fix | None:
    """The columns behind the table's name, in the order that they have now; not where a row has more or fewer."""
    if any(len(row.values) != len(table.column_names) for row in change.rows):
        return None
    behind = change.table.span.end
    return Fix("name the columns", (Edit(step.place(Span(behind, behind)), f" ({column_list(table.column_names)})"),))
