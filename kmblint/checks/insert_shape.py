"""INSERT whose values don't fit its columns, or its table."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.rows_left import rows_before
from kmblint.analysis.unresolved import may_be_there, unresolved_column
from kmblint.findings import Confidence, Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import InsertRows
from kmblint.schema.conflict import UnknownColumn
from kmblint.targets import Target
from kmblint.wording import counted


def check(change: InsertRows, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    """Unknown columns, rows of another length than the columns, and columns that get no value and need one."""
    table = step.before.table(change.table.text)
    if table is not None and not change.default_values:
        unread = table.name in step.before.unread
        yield from _unknown(change, table, step, replay)
        yield from () if unread and change.columns is None else _counts(change, table, step)
        yield from _valueless(change, table, step, target)


def _unknown(change: InsertRows, table: Table, step: Step, replay: Replay) -> Iterator[Finding]:
    for column in {column.text: column for column in reversed(change.columns or ())}.values():
        absent = UnknownColumn(table.name, column, "INSERT")
        if table.column(column.text) is None and not may_be_there(step, absent):
            absence = unresolved_column(step, replay, table.name, column.text)
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
        f"{of} {counted(len(columns), 'column')}, and this row gives {counted(len(wrong[0].values), 'value')}",
        help="write one value for each column",
        related=(
            *((Related(table.made, f"`{table.name}` is created here"),) if change.columns is None else ()),
            *(
                Related(step.place(row.span), f"this row gives {counted(len(row.values), 'value')}")
                for row in wrong[1:]
            ),
            *rows_before(step, wrong[0].span),
        ),
        subject=table.name,
        confidence=Confidence.HIGH if table.complete or change.columns else Confidence.LOW,
    )


def _valueless(change: InsertRows, table: Table, step: Step, target: Target) -> Iterator[Finding]:
    """The columns that need a value and that the list leaves out, unless the database fills them in."""
    named = {column.text for column in change.columns or ()}
    if not named:
        return
    missing = [column for column in table.columns if column.name not in named and _needs_value(column, table, target)]
    if missing:
        names = " and ".join(f"`{column.name}`" for column in missing)
        yield Finding(
            step.place(change.table.span),
            f"INSERT gives no value for {names}, {_why_needed(missing, table)}",
            help=f"name {names} among the columns and give each row a value",
            related=tuple(Related(column.made, f"`{column.name}` is defined here") for column in missing),
            subject=f"{table.name}.{missing[0].name}",
        )


def _needs_value(column: Column, table: Table, target: Target) -> bool:
    """Whether a row can't do without it: a key column, or one that is NOT NULL where the target keeps that."""
    if target.capabilities.keeps_declarations and (column.generated or column.default is not None):
        return False
    return column.name in table.primary_key or (not column.nullable and target.capabilities.semantics.keeps_not_null)


def _why_needed(missing: list[Column], table: Table) -> str:
    in_key = [column.name in table.primary_key for column in missing]
    if not all(in_key):
        return "without which no row is taken" if any(in_key) else f"NOT NULL in `{table.name}` and without a default"
    part = "the primary key" if len(table.primary_key) == len(missing) else "part of the primary key"
    return f"{part} of `{table.name}`"
