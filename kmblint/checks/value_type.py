"""A literal that its column can't hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.analysis.enums import values_of
from kmblint.analysis.rows_left import rows_before
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import AddColumn, AddTable, ChangeDefault, InsertRows, UpdateRows
from kmblint.schema.literals import beyond_decimal, misfit
from kmblint.schema.predicate import Boolean, Null, Number, Text, Value
from kmblint.schema.types import DataType, Family
from kmblint.schema.write import literal_text, text_literal
from kmblint.targets import Target
from kmblint.targets.verdict import CutDigits, Poisons, ValueRefusal
from kmblint.text import Place
from kmblint.wording import listed, nearest


def check(
    change: InsertRows | UpdateRows | AddTable | AddColumn | ChangeDefault, step: Step, target: Target
) -> Iterator[Finding]:
    """For each column, the first literal that is refused, cut, or beyond its type; a poisoning one isn't told."""
    if not isinstance(change, InsertRows | UpdateRows):
        if target.capabilities.keeps_declarations:
            yield from _defaults(change, step)
        return
    table = step.before.table(change.table.text)
    if table is None:
        return
    told: set[str] = set()
    for column, value in _values(change, table):
        if column.name not in told and (wrong := _wrong(column, value, step, target)):
            told.add(column.name)
            why, help_ = wrong
            yield Finding(
                step.place(value.span),
                why,
                help=help_,
                related=(
                    Related(column.made, f"`{column.name}` is {column.type}"),
                    *rows_before(step, value.span),
                ),
                subject=f"{table.name}.{column.name}",
            )


def _defaults(change: AddTable | AddColumn | ChangeDefault, step: Step) -> Iterator[Finding]:
    """A default that is no value of its column's enumeration."""
    defaults: list[tuple[str, DataType, Value | None, Place]] = []
    if isinstance(change, ChangeDefault):
        table = step.before.table(change.table.text)
        column = table.column(change.column.text) if table else None
        defaults += [(column.name, column.type, change.default, column.made)] if column else []
    else:
        columns = change.columns if isinstance(change, AddTable) else (change.column,)
        defaults += [(each.name.text, each.type, each.default, step.place(each.type_span)) for each in columns]
    for name, declared, value, made in defaults:
        if isinstance(value, Text) and (wrong := _no_value(name, declared, value, step)):
            why, help_ = wrong
            yield Finding(
                step.place(value.span),
                why,
                help=help_,
                related=(Related(made, f"`{name}` is {declared}"),),
                subject=f"{change.table}.{name}",
            )


def _no_value(column: str, declared: DataType, value: Text, step: Step) -> tuple[str, str | None] | None:
    """That a text is no value of the enumeration that a column is of, and which was meant."""
    values = values_of(step, declared)
    if values is None or value.value in values:
        return None
    near = nearest(value.value, values)
    more = [f"{len(values) - _MOST} more"] * (len(values) > _MOST)
    known = listed([*map(text_literal, values[:_MOST]), *more])
    why = f"`{column}` is {declared} and can't hold {literal_text(value)}: its values are {known}"
    return why, f"write `{text_literal(near)}`" if near else None


_MOST: Final = 8
"""Values of an enumeration that are named."""


def _values(change: InsertRows | UpdateRows, table: Table) -> Iterator[tuple[Column, Value]]:
    """The literals of a statement, each with its column."""
    if isinstance(change, UpdateRows):
        pairs = [(assignment.column.text, assignment.value) for assignment in change.assignments]
    else:
        names = table.column_names if change.columns is None else tuple(column.text for column in change.columns)
        pairs = [pair for row in change.rows for pair in zip(names, row.values, strict=False)]
        if change.on_conflict:
            pairs += [(assignment.column.text, assignment.value) for assignment in change.on_conflict.assignments]
    for name, value in pairs:
        column = table.column(name)
        if column and isinstance(value, Number | Text | Boolean | Null):
            yield column, value


def _wrong(column: Column, value: Value, step: Step, target: Target) -> tuple[str, str | None] | None:
    """What is wrong with a literal, and what to write instead."""
    for refusal in step.outcome.refusals:
        if isinstance(refusal, ValueRefusal) and refusal.span == value.span:
            return refusal.reason, refusal.help
    written = literal_text(value)
    for hazard in step.outcome.hazards:
        if isinstance(hazard, CutDigits) and hazard.span == value.span:
            kept = f"`{column.name}` is {hazard.column_type}: of {written} it keeps {hazard.kept}"
            if hazard.instead is not None:
                return kept, f"write it in quotes, which keep the sign: {hazard.instead}"
            if hazard.value.startswith("-") and not hazard.kept.startswith("-"):
                return kept, "no literal keeps the sign in a key: take BIGINT, and count in units of the last digit"
            return kept, "round the value, or give the column more digits behind the point"
        if isinstance(hazard, Poisons) and hazard.span == value.span:
            return None
    if target.capabilities.keeps_declarations:
        if isinstance(value, Text) and (wrong := _no_value(column.name, column.type, value, step)):
            return wrong
        why = misfit(column.type, value)
    else:
        why = _beyond(target.capabilities.kept_type(column.type), value)
    return (f"`{column.name}` is {column.type} and can't hold {written}: {why}", None) if why else None


def _beyond(kept: DataType, value: Value) -> str | None:
    """That a number is too large for what Kimberlite keeps of the column's type."""
    if kept.family is Family.DECIMAL:
        return beyond_decimal(kept, value)
    if kept.family is Family.INTEGER and isinstance(value, Number) and value.is_whole:
        return misfit(kept, value)
    return None
