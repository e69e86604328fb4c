"""Comparison row by row: whether a row, as its columns read, meets a condition that no key or index has taken.

Source: kimberlite-query 0.9.1 src/plan.rs (`FilterCondition::matches`) and src/expression.rs (`evaluate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from kmblint.schema.meaning import is_like
from kmblint.schema.predicate import (
    Boolean,
    Call,
    Cast,
    ColumnRef,
    Null,
    Number,
    OpaqueValue,
    Operation,
    Query,
    Text,
    Value,
)
from kmblint.targets.kimberlite.facts import Facts, Kind
from kmblint.targets.kimberlite.planner.conditions import Computed, Condition, Either, Test, Unknown
from kmblint.targets.kimberlite.typed import NULL, Typed, of_literal, order

Row: TypeAlias = Mapping[str, Typed | None]
"""What each column reads; None is a value that nobody knows."""

_HOLDS: Final[dict[str, frozenset[int | None]]] = {
    "=": frozenset({0}), "<>": frozenset({-1, 1, None}), "<": frozenset({-1}), "<=": frozenset({-1, 0}),
    ">": frozenset({1}), ">=": frozenset({0, 1}),
}  # fmt: skip
"""The orders for which each operator holds; None is that of kinds that don't compare."""


def holds(operator: str, order: int | None) -> bool:
    """Whether an operator holds for an order of two values."""
    return order in _HOLDS[operator]


def matches(row: Row, condition: Condition, facts: Facts) -> bool | None:
    """Whether a row meets a condition; None where that can't be told."""
    match condition:
        case Test(column=column):
            cell = row.get(column)
            return None if cell is None else meets(cell, condition, facts)
        case Either(arms=arms):
            met = [all_match(row, arm, facts) for arm in arms]
            return True if True in met else None if None in met else False
        case Computed():
            left, right = (_computed(each, row, facts) for each in (condition.left, condition.right))
            return _compare(left, condition.operator, right, facts)
        case Unknown():
            return None


def all_match(row: Row, conditions: Iterable[Condition], facts: Facts) -> bool | None:
    """Whether a row meets all conditions; None where that can't be told."""
    unsure = False
    for condition in conditions:
        met = matches(row, condition, facts)
        if met is False:
            return False
        unsure = unsure or met is None
    return None if unsure else True


def meets(cell: Typed, test: Test, facts: Facts) -> bool:
    """Whether a value meets a test."""
    is_null = cell.kind is Kind.NULL
    match test.operator:
        case "IS NULL":
            return is_null
        case "IS NOT NULL":
            return not is_null
        case "IN":
            return _listed(cell, test, facts)
        case "NOT IN":
            return not is_null and not _listed(cell, test, facts)
        case "NOT BETWEEN":
            low, high = test.values
            return not is_null and not (holds(">=", order(cell, low)) and holds("<=", order(cell, high)))
        case "LIKE" | "NOT LIKE" | "ILIKE" | "NOT ILIKE":
            return _like(cell, test)
        case "=":
            return cell.kind is test.values[0].kind and order(cell, test.values[0]) == 0
        case operator:
            return holds(operator, order(cell, test.values[0]))


def _listed(cell: Typed, test: Test, facts: Facts) -> bool:
    """Whether a value is in a list; whole numbers of any width are equal there."""
    whole = cell.kind in facts.widened_kinds
    return any(
        order(cell, value) == 0
        if cell.kind is value.kind
        else whole and value.kind in facts.widened_kinds and cell.value == value.value
        for value in test.values
    )


def _like(cell: Typed, test: Test) -> bool:
    pattern = test.values[0].value
    if cell.kind is not Kind.TEXT or not isinstance(cell.value, str) or not isinstance(pattern, str):
        return False
    text = cell.value
    if test.operator.endswith("ILIKE"):
        text, pattern = text.lower(), pattern.lower()
    return is_like(text, pattern) is not test.operator.startswith("NOT")


class _Failed:
    """An expression that can't be computed: the comparison then doesn't hold."""


_FAILED: Final = _Failed()
_Result: TypeAlias = Typed | _Failed | None


def _compare(left: _Result, operator: str, right: _Result, facts: Facts) -> bool | None:
    if isinstance(left, _Failed) or isinstance(right, _Failed):
        return False
    if NULL in (left, right):
        return False
    if left is None or right is None:
        return None
    if left.kind is not right.kind and {left.kind, right.kind} <= facts.widened_kinds:
        left, right = Typed(Kind.BIGINT, left.value), Typed(Kind.BIGINT, right.value)
    if left.kind is right.kind and None in (left.value, right.value):
        return None
    return holds(operator, order(left, right))


def _computed(value: Value, row: Row, facts: Facts) -> _Result:
    """What an expression is for a row; None where that can't be told."""
    match value:
        case ColumnRef(name=name):
            return row.get(name, _FAILED)
        case Cast(value=inner, to=to):
            return _cast(_computed(inner, row, facts), to.removesuffix(" ARRAY"))
        case Call(name=name, arguments=arguments):
            return _called(name, [_computed(each, row, facts) for each in arguments], facts)
        case Number() | Text() | Boolean() | Null() | Operation() | Query() | OpaqueValue():
            return of_literal(value)


_CLOCK: Final = {
    "now": Typed(Kind.TIMESTAMP),
    "current_timestamp": Typed(Kind.TIMESTAMP),
    "current_date": Typed(Kind.DATE),
}
"""What tells the time: its kind is known, and its value isn't."""


def _called(name: str, arguments: list[_Result], facts: Facts) -> _Result:
    if name in _CLOCK:
        return _CLOCK[name]
    if name == "coalesce":
        for argument in arguments:
            if argument != NULL:
                return argument
        return NULL
    if any(isinstance(each, _Failed) for each in arguments):
        return _FAILED
    if name in {"nullif", "mod"} and len(arguments) == 2:
        return _of_two(name, arguments[0], arguments[1], facts)
    if None in arguments:
        return None
    known = [each for each in arguments if isinstance(each, Typed)]
    if name in {"upper", "lower", "length", "char_length", "character_length", "concat"} and known:
        return _of_texts(name, known)
    if name == "abs" and len(known) == 1:
        return _absolute(known[0], facts)
    if name == "round" and known and known[0].kind in {*facts.widened_kinds, Kind.NULL}:
        kills = len(known) > 1 and isinstance(known[1].value, int) and known[1].value < 0
        return None if kills else known[0]
    return None


def _of_two(name: str, left: _Result, right: _Result, facts: Facts) -> _Result:
    if not isinstance(left, Typed) or not isinstance(right, Typed):
        return None
    if name == "nullif":
        return NULL if left.kind is right.kind and order(left, right) == 0 else left
    if NULL in (left, right):
        return NULL
    if left.kind not in facts.widened_kinds or right.kind not in facts.widened_kinds:
        return _FAILED
    one, two = left.value, right.value
    assert isinstance(one, int)
    assert isinstance(two, int)
    if two == 0:
        return NULL
    return Typed(left.kind, int(Decimal(one) % two))  # unlike Python's own, it has the sign of the first


def _of_texts(name: str, values: list[Typed]) -> _Result:
    text = ""
    for value in values:
        if value.kind is Kind.NULL:
            return NULL
        if value.kind is not Kind.TEXT:
            return _FAILED
        assert isinstance(value.value, str)
        text += value.value
    if name == "upper":
        return Typed(Kind.TEXT, text.upper())
    if name == "lower":
        return Typed(Kind.TEXT, text.lower())
    return Typed(Kind.TEXT, text) if name == "concat" else Typed(Kind.BIGINT, len(text))


def _absolute(value: Typed, facts: Facts) -> _Result:
    if value.kind in {*facts.widened_kinds, Kind.DECIMAL, Kind.REAL}:
        assert isinstance(value.value, int | float)
        return Typed(value.kind, abs(value.value), value.scale)
    return NULL if value.kind is Kind.NULL else _FAILED


_WHOLE: Final = {"TINYINT": 8, "SMALLINT": 16, "INT": 32, "INTEGER": 32, "BIGINT": 64}
_WIDTHS: Final = {8: Kind.TINYINT, 16: Kind.SMALLINT, 32: Kind.INTEGER, 64: Kind.BIGINT}


def _cast(value: _Result, to: str) -> _Result:
    if not isinstance(value, Typed) or value.kind is Kind.NULL:
        return value
    name = to.upper().partition("(")[0].strip()
    if name in _WHOLE and (number := _as_whole(value)) is not None:
        bits = _WHOLE[name]
        return Typed(_WIDTHS[bits], number) if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1) else _FAILED
    if name in {"TEXT", "VARCHAR", "STRING"}:
        if value.kind is Kind.TEXT:
            return value
        if value.kind is Kind.BOOLEAN:
            return Typed(Kind.TEXT, "true" if value.value else "false")
        return Typed(Kind.TEXT, str(value.value)) if value.kind in _WIDTHS.values() else None
    return None


def _as_whole(value: Typed) -> int | None:
    if value.kind in _WIDTHS.values():
        assert isinstance(value.value, int)
        return value.value
    if value.kind is Kind.TEXT:
        assert isinstance(value.value, str)
        text = value.value.strip()
        return int(text) if text.lstrip("+-").isdigit() and text.isascii() else None
    return None
