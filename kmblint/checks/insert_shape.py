"""INSERT whose values don't fit its columns, or its table."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.absence import absent_column
from kmblint.findings import Confidence, Finding, Related
from kmblint.replay import Replay, Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import InsertRows
from kmblint.targets import Target


def check(change: InsertRows, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    """Unknown columns, rows of another length than the columns, and a key that gets no value."""
    table = step.before.table(change.table.text)
    if table is not None and not change.default_values:
        yield from _unknown(change, table, step, replay)
        yield from _counts(change, table, step)
        yield from _keyless(change, table, step, target)


def _unknown(change: InsertRows, table: Table, step: Step, replay: Replay) -> Iterator[Finding]:
    for column in {column.text: column for column in reversed(change.columns or ())}.values():
        if table.column(column.text) is None:
            absence = absent_column(step, replay, table.name, column.text)
            yield Finding(
                step.place(column.span),
                f"INSERT names column `{column}`, which doesn't exist in `{table.name}`{absence.why}",
                help=absence.help,
                related=absence.related or (Related(table.made, f"`{table.name}` is created here"),),
                subject=f"{table.name}.{column}",
                confidence=absence.confidence,
            )


def _counts(change: InsertRows, table: Table, step: Step) -> Iterator[Finding]:
    columns = table.columns if change.columns is None else change.columns
    wrong = [row for row in change.rows if len(row.values) != len(columns)]
    if not wrong:
        return
    of = f"`{table.name}` has" if change.columns is None else "INSERT names"
    yield Finding(
        step.place(wrong[0].span),
        f"{of} {_count(len(columns), 'column')}, and this row gives {_count(len(wrong[0].values), 'value')}",
        help="write one value for each column",
        related=(
            *((Related(table.made, f"`{table.name}` is created here"),) if change.columns is None else ()),
            *(Related(step.place(row.span), f"this row gives {_count(len(row.values), 'value')}") for row in wrong[1:]),
        ),
        subject=table.name,
        confidence=Confidence.HIGH if table.complete or change.columns else Confidence.LOW,
    )


def _keyless(change: InsertRows, table: Table, step: Step, target: Target) -> Iterator[Finding]:
    """A key column that the list leaves out, unless the database fills it in."""
    named = {column.text for column in change.columns or ()}
    if not named:
        return
    part = "the primary key" if len(table.primary_key) == 1 else "part of the primary key"
    for name in table.primary_key:
        column = table.column(name)
        filled = column and target.traits.keeps_declarations and (column.generated or column.default is not None)
        if column and name not in named and not filled:
            yield Finding(
                step.place(change.table.span),
                f"INSERT gives no value for `{name}`, {part} of `{table.name}`",
                help=f"name `{name}` among the columns and give each row a value for it",
                related=(Related(column.made, f"`{name}` is defined here"),),
                subject=f"{table.name}.{name}",
            )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
