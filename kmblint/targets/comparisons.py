"""What a condition finds: comparisons that find no row, every row, or the NULL rows too (area compare)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final

import msgspec

from kmblint.schema.catalog import Column, Table
from kmblint.schema.predicate import (
    And,
    Between,
    Boolean,
    ColumnRef,
    Compare,
    In,
    IsNull,
    Null,
    Number,
    Or,
    Predicate,
    Text,
    Value,
)
from kmblint.schema.types import DataType
from kmblint.targets.kimberlite_facts import BLIND, COMPARING_TYPES, FINDS_ALL
from kmblint.targets.values import stored_type
from kmblint.targets.verdict import DoesNothing, Hazard, NullRows
from kmblint.text import Span

_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_NO_INDEX_HELPS: Final = frozenset({"DECIMAL"})


class Finds(Enum):
    """What a comparison of a column with a literal of its own kind finds."""

    RIGHT = "right"
    NONE = "none"
    ALL = "all"


def finds(stored: DataType, operator: str, *, indexed: bool) -> Finds:
    """What `column operator literal` finds; operators: those of `Compare`, [NOT] IN, [NOT] BETWEEN."""
    if stored.name in COMPARING_TYPES:
        return Finds.RIGHT
    way = "indexed" if indexed else "plain"
    everything = FINDS_ALL.get(stored.name, {}).get(way, "").split()
    if operator.replace(" ", "-") in everything:
        return Finds.ALL
    return Finds.NONE if operator in BLIND.get(stored.name, {}).get(way, "").split() else Finds.RIGHT


class _Test(msgspec.Struct, frozen=True):
    """One comparison of a column with literals."""

    column: ColumnRef
    operator: str
    values: tuple[Value, ...]
    span: Span
    under_or: bool


def where_hazards(table: Table, where: Predicate) -> Iterator[Hazard]:
    """The hazards of a condition on a table."""
    tests = list(_tests(where, under_or=False))
    excluded = _not_null(where)
    for test in tests:
        column = table.column(test.column.name)
        if column is None:
            continue
        yield from _null_rows(table, column, test, excluded)
        stored = stored_type(column.type)
        if stored is None or any(isinstance(value, Null) for value in test.values):
            continue
        indexed = table.has_index_on(column.name) and not test.under_or
        found = finds(stored, test.operator, indexed=indexed)
        if stored.name == "DECIMAL" and indexed and _is_exact(stored, test):
            continue
        if found is not Finds.RIGHT:
            yield _blind(column, stored, test, found, indexed=indexed, has_index=table.has_index_on(column.name))


def finds_nothing(table: Table, where: Predicate | None) -> bool:
    """Whether a blind comparison keeps the whole condition from finding a row, NULL rows included."""
    if where is None:
        return False
    return any(
        isinstance(hazard, DoesNothing) and not hazard.finds_all and hazard.span in _required(where)
        for hazard in where_hazards(table, where)
    ) and not any(isinstance(hazard, NullRows) for hazard in where_hazards(table, where))


def _required(where: Predicate) -> set[Span]:
    """The conditions that every row found must meet."""
    return {part.span for part in where.parts} if isinstance(where, And) else {where.span}


def _tests(where: Predicate, *, under_or: bool) -> Iterator[_Test]:
    match where:
        case And(parts=parts):
            for part in parts:
                yield from _tests(part, under_or=under_or)
        case Or(parts=parts):
            for part in parts:
                yield from _tests(part, under_or=True)
        case Compare(
            operator=operator, left=ColumnRef() as column, right=Number() | Text() | Boolean() | Null() as value
        ):
            yield _Test(column, operator, (value,), where.span, under_or)
        case Compare(
            operator=operator, left=Number() | Text() | Boolean() | Null() as value, right=ColumnRef() as column
        ):
            yield _Test(column, _FLIPPED.get(operator, operator), (value,), where.span, under_or)
        case In(value=ColumnRef() as column, items=items, negated=negated):
            yield _Test(column, "NOT IN" if negated else "IN", items, where.span, under_or)
        case Between(value=ColumnRef() as column, low=low, high=high, negated=negated):
            yield _Test(column, "NOT BETWEEN" if negated else "BETWEEN", (low, high), where.span, under_or)
        case _:
            return


def _not_null(where: Predicate) -> set[str]:
    """The columns beside which IS NOT NULL stands."""
    parts = where.parts if isinstance(where, And) else (where,)
    return {
        part.value.name
        for part in parts
        if isinstance(part, IsNull) and part.negated and isinstance(part.value, ColumnRef)
    }


def _null_rows(table: Table, column: Column, test: _Test, excluded: set[str]) -> Iterator[NullRows]:
    if not column.nullable or column.name in table.primary_key or column.name in excluded:
        return
    has_null = any(isinstance(value, Null) for value in test.values)
    if test.operator in {"<", "<="} or (has_null and test.operator in {"=", "IN"}):
        yield NullRows(column.name, test.span, test.operator)


def _is_exact(stored: DataType, test: _Test) -> bool:
    """Whether a decimal is compared with quoted literals of exactly its scale, which an index finds."""
    scale = stored.arguments[1]
    return test.operator in {"=", "<", "<=", ">", ">=", "BETWEEN"} and all(
        isinstance(value, Text) and len(value.value.partition(".")[2]) == scale for value in test.values
    )


def _blind(
    column: Column, stored: DataType, test: _Test, found: Finds, *, indexed: bool, has_index: bool
) -> DoesNothing:
    what = "every row" if found is Finds.ALL else "no row"
    if indexed or stored.name in _NO_INDEX_HELPS:
        why = f"the engine can't compare {stored} columns by `{test.operator}`"
        advice = "name the rows by their key"
    elif has_index:
        why = f"the engine uses no index under OR, and compares {stored} columns only through one"
        advice = "write a statement for each alternative"
    else:
        why = f"the engine compares {stored} columns only through an index that begins with them"
        advice = f"create an index on `{column.name}` before it, or make the column BIGINT"
        if finds(stored, test.operator, indexed=True) is not Finds.RIGHT:
            advice = "name the rows by their key"
    return DoesNothing(
        "blind", column.name, test.span, f"{why}: `{test.operator}` finds {what}", advice, found is Finds.ALL
    )
