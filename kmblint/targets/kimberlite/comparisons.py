"""What a condition finds: comparisons that find no row, every row, or the NULL rows too (area compare)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import Enum
from typing import Final

import msgspec

from kmblint.schema.catalog import Column, Table
from kmblint.schema.predicate import (
    MIRRORED,
    And,
    Between,
    Boolean,
    ColumnRef,
    Compare,
    In,
    IsNull,
    Like,
    Null,
    Number,
    Or,
    Predicate,
    Text,
    Value,
    column_refs,
)
from kmblint.schema.types import DataType
from kmblint.targets.kimberlite.facts import BLIND, COMPARING_TYPES, FINDS_ALL
from kmblint.targets.kimberlite.values import stored_type
from kmblint.targets.verdict import BlindComparison, Hazard, IgnoredCondition, NullRows
from kmblint.text import Span

_BY_INDEX: Final = frozenset({"=", "<", "<=", ">", ">=", "BETWEEN"})
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d*)?")


class Finds(Enum):
    """What a comparison of a column with a literal of its own kind finds."""

    RIGHT = "right"
    NONE = "none"
    ALL = "all"
    OTHER = "other"


class Way(Enum):
    """How the engine comes to compare a column with a literal."""

    PLAIN = "plain"
    INDEXED = "indexed"
    LITERAL_FIRST = "literal first"


def finds(stored: DataType, operator: str, way: Way) -> Finds:
    """What `column operator literal` finds; operators: those of `Compare`, [NOT] IN, [NOT] BETWEEN."""
    if stored.name in COMPARING_TYPES:
        return Finds.RIGHT
    if operator.replace(" ", "-") in FINDS_ALL.get(stored.name, {}).get(way.value, "").split():
        return Finds.ALL
    return Finds.NONE if operator in BLIND.get(stored.name, {}).get(way.value, "").split() else Finds.RIGHT


class _Test(msgspec.Struct, frozen=True):
    """One comparison of a column with literals."""

    column: ColumnRef
    operator: str
    values: tuple[Value, ...]
    span: Span
    under_or: bool
    literal_first: bool = False
    not_null: bool = False
    """Another condition that must hold as well keeps out the rows where the column is NULL."""


def where_hazards(table: Table, where: Predicate) -> Iterator[Hazard]:
    """The hazards of a condition on a table."""
    ignored = tuple(ignored_conditions(table, where))
    yield from ignored
    for test in _tests(where, under_or=False):
        column = table.column(test.column.name)
        if column is None or any(test.span in hazard.span for hazard in ignored):
            continue
        yield from _null_rows(table, column, test)
        stored = stored_type(column.type)
        if stored is None or any(isinstance(value, Null) for value in test.values):
            continue
        has_index = table.has_index_on(column.name)
        way = Way.LITERAL_FIRST if test.literal_first else Way.INDEXED if has_index and not test.under_or else Way.PLAIN
        found = Finds.OTHER if _as_text(stored, test, way) else finds(stored, test.operator, way)
        if found is not Finds.RIGHT and not _is_exact(stored, test, way):
            yield _blind(column, stored, test, way, found, has_index=has_index)


def ignored_conditions(table: Table, where: Predicate) -> Iterator[IgnoredCondition]:
    """The conditions that the engine leaves out because of the way it comes to the rows (asked of engine 0.9.1).

    Where every key column is compared as `column = literal`, all other conditions; where an index of several columns
    begins with a column that is compared by it, plain conditions on its other columns.
    """
    parts = where.parts if isinstance(where, And) else ()
    by_key = [part for part in parts if _compared(part, {"="}) in table.primary_key]
    if table.primary_key and {_compared(part, {"="}) for part in by_key} == set(table.primary_key):
        others = (part for part in parts if part not in by_key and any(column_refs(part)))
        yield from (IgnoredCondition(part.span, None) for part in others)
        return
    if any(_compared(part, _BY_INDEX) in table.primary_key[:1] for part in parts):
        return
    for index in table.indexes:
        if len(index.columns) > 1 and any(_compared(part, _BY_INDEX) == index.columns[0] for part in parts):
            later = set(index.columns[1:]) - {index.columns[0]}
            yield from (IgnoredCondition(part.span, index.name) for part in parts if _plain_column(part) in later)
            return


def _compared(part: Predicate, operators: Collection[str]) -> str | None:
    """The column that a condition compares with literals by one of these operators, the column first."""
    match part:
        case Compare(operator=operator, left=ColumnRef(name=name), right=Number() | Text() | Boolean()):
            return name if operator in operators else None
        case Between(value=ColumnRef(name=name), negated=False):
            return name if "BETWEEN" in operators else None
        case _:
            return None


def _plain_column(part: Predicate) -> str | None:
    """The column of a condition that an index of several columns swallows; `<>` and literals first it doesn't."""
    match part:
        case Compare(operator=operator, left=ColumnRef(name=name), right=Number() | Text() | Boolean() | Null()):
            return None if operator == "<>" else name
        case In(value=ColumnRef(name=name)) | Between(value=ColumnRef(name=name)):
            return name
        case IsNull(value=ColumnRef(name=name)) | Like(value=ColumnRef(name=name)):
            return name
        case _:
            return None


def finds_nothing(table: Table, where: Predicate | None) -> bool:
    """Whether a blind comparison keeps the whole condition from finding a row, NULL rows included."""
    if where is None:
        return False
    hazards = list(where_hazards(table, where))
    required = _required(where)
    return not any(isinstance(hazard, NullRows) for hazard in hazards) and any(
        isinstance(hazard, BlindComparison) and not (hazard.finds_all or hazard.finds_other) and hazard.span in required
        for hazard in hazards
    )


def _required(where: Predicate) -> set[Span]:
    """The conditions that every row found must meet."""
    return {part.span for part in where.parts} if isinstance(where, And) else {where.span}


def _tests(where: Predicate, *, under_or: bool) -> Iterator[_Test]:
    match where:
        case And(parts=parts):
            found = [test for part in parts for test in _tests(part, under_or=under_or)]
            known = _not_null(parts)
            yield from (
                msgspec.structs.replace(test, not_null=test.not_null or test.column.name in known) for test in found
            )
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
            yield _Test(column, MIRRORED.get(operator, operator), (value,), where.span, under_or, literal_first=True)
        case In(value=ColumnRef() as column, items=items, negated=negated):
            yield _Test(column, "NOT IN" if negated else "IN", items, where.span, under_or)
        case Between(value=ColumnRef() as column, low=low, high=high, negated=negated):
            yield _Test(column, "NOT BETWEEN" if negated else "BETWEEN", (low, high), where.span, under_or)
        case _:
            return


def _not_null(parts: tuple[Predicate, ...]) -> set[str]:
    """The columns that one of the conditions keeps from being NULL; only `<` and `<=` take NULL for a value."""
    known: set[str] = set()
    for part in parts:
        match part:
            case IsNull(value=ColumnRef() as column, negated=True) | Like(value=ColumnRef() as column):
                known.add(column.name)
            case Compare() | In() | Between():
                known.update(test.column.name for test in _tests(part, under_or=False) if _keeps_out_null(test))
    return known


def _keeps_out_null(test: _Test) -> bool:
    from_above = test.operator in {"<", "<="} and not test.literal_first
    return not from_above and not any(isinstance(value, Null) for value in test.values)


def _null_rows(table: Table, column: Column, test: _Test) -> Iterator[NullRows]:
    if not column.nullable or column.name in table.primary_key or test.not_null or test.literal_first:
        return
    has_null = any(isinstance(value, Null) for value in test.values)
    if test.operator in {"<", "<="} or (has_null and test.operator in {"=", "IN"}):
        yield NullRows(column.name, test.span, test.operator)


def _as_text(stored: DataType, test: _Test, way: Way) -> bool:
    """Whether an index compares decimals, as they were written, with a quoted number character by character."""
    indexed = stored.name == "DECIMAL" and way is Way.INDEXED and test.operator in _BY_INDEX
    return indexed and all(isinstance(value, Text) and _NUMBER.fullmatch(value.value) for value in test.values)


def _is_exact(stored: DataType, test: _Test, way: Way) -> bool:
    """Whether a decimal is compared with literals of exactly its scale, in the one way that finds them."""
    if stored.name != "DECIMAL" or test.operator in {"IN", "NOT IN", "NOT BETWEEN"}:
        return False
    numbers = way is Way.LITERAL_FIRST or test.operator == "<>"
    if not numbers and (way is not Way.INDEXED or test.operator != "="):
        return False
    return all(
        isinstance(value, Number if numbers else Text) and len(_digits(value).partition(".")[2]) == stored.arguments[1]
        for value in test.values
    )


def _digits(value: Value) -> str:
    return value.text if isinstance(value, Number) else value.value if isinstance(value, Text) else ""


def _blind(
    column: Column, stored: DataType, test: _Test, way: Way, found: Finds, *, has_index: bool
) -> BlindComparison:
    advice = "name the rows by their key"
    if found is Finds.OTHER:
        why = f"the engine compares {stored} columns with a quoted number as text, so '10.5' is less than '9.5'"
    elif way is Way.INDEXED or stored.name == "DECIMAL" or found is Finds.ALL:
        why = f"the engine can't compare {stored} columns by `{test.operator}`"
    elif way is Way.LITERAL_FIRST:
        why = f"the engine can't compute with {stored} columns"
        advice = f"write the column first, and create an index on `{column.name}` before it"
    elif has_index:
        why = f"the engine uses no index under OR, and compares {stored} columns only through one"
        advice = "write a statement for each alternative"
    else:
        why = f"the engine compares {stored} columns only through an index that begins with them"
        if finds(stored, test.operator, Way.INDEXED) is Finds.RIGHT:
            advice = f"create an index on `{column.name}` before it"
    first = None if test.literal_first else _literal_first(column, stored, test)
    if first:
        advice = f"write the literal first, `{first}`, which needs no index"
    reason = f"{why}: `{test.operator}` finds {_FOUND[found]}"
    all_rows, others = found is Finds.ALL, found is Finds.OTHER
    return BlindComparison(column.name, test.span, reason, advice, finds_all=all_rows, finds_other=others)


_FOUND: Final = {Finds.NONE: "no row", Finds.ALL: "every row", Finds.OTHER: "other rows than meant"}


def _literal_first(column: Column, stored: DataType, test: _Test) -> str | None:
    """The same comparison the other way round, where that finds the rows (area compare)."""
    value = test.values[0]
    if test.operator not in MIRRORED or not _NUMBER.fullmatch(shown := _digits(value)):
        return None
    if stored.name != "DECIMAL" and not isinstance(value, Number):
        return None
    if stored.name == "DECIMAL":
        scale = stored.arguments[1]
        whole, _, fraction = shown.partition(".")
        if len(fraction) > scale or not scale:
            return None
        shown = f"{whole}.{fraction.ljust(scale, '0')}"
    elif finds(stored, test.operator, Way.LITERAL_FIRST) is not Finds.RIGHT:
        return None
    return f"{shown} {MIRRORED[test.operator]} {column.name}"
