"""Each kind of value and condition, and what every question on them answers."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from kmblint.schema.predicate import (
    And,
    Between,
    Boolean,
    Call,
    Cast,
    ColumnRef,
    Compare,
    Constant,
    In,
    IsNull,
    Like,
    Not,
    Null,
    Number,
    OpaquePredicate,
    OpaqueValue,
    Operation,
    Or,
    Predicate,
    Query,
    Text,
    Value,
    calls,
    column_refs,
    conditions,
    literal_value,
)
from kmblint.schema.write import literal_text, value_text
from kmblint.text import Span

SPAN = Span(0, 0)
A, B, C = (ColumnRef(name, SPAN) for name in "abc")
ONE = Number("1", SPAN)


def call(name: str, *arguments: Value) -> Call:
    return Call(name, arguments, SPAN)


VALUES: dict[Value, tuple[str, str, object, str, str | None]] = {
    ONE: ("", "", 1, "1", "1"),
    Number("-1.50", SPAN): ("", "", Decimal("-1.50"), "-1.50", "-1.50"),
    Text("it's", SPAN): ("", "", "it's", "'it''s'", "'it''s'"),
    Text("x" * 40, SPAN): ("", "", "x" * 40, f"'{'x' * 38}…'", f"'{'x' * 40}'"),
    Boolean(True, SPAN): ("", "", True, "TRUE", "TRUE"),
    Boolean(False, SPAN): ("", "", False, "FALSE", "FALSE"),
    Null(SPAN): ("", "", None, "NULL", "NULL"),
    A: ("a", "", NotImplemented, "NULL", None),
    call("now"): ("", "now", NotImplemented, "NULL", "now()"),
    call("current_date"): ("", "current_date", NotImplemented, "NULL", "CURRENT_DATE"),
    call("f", ONE, call("g", B, A)): ("b a", "f g", NotImplemented, "NULL", None),
    call("f", ONE, call("g")): ("", "f g", NotImplemented, "NULL", "f(1, g())"),
    Cast(call("f", A), "INT", SPAN): ("a", "f", NotImplemented, "NULL", None),
    Cast(ONE, "INT", SPAN): ("", "", NotImplemented, "NULL", "CAST(1 AS INT)"),
    Operation("+", (A, call("f"), B), SPAN): ("a b", "f", NotImplemented, "NULL", None),
    Operation("+", (ONE, ONE, ONE), SPAN): ("", "", NotImplemented, "NULL", "(1 + 1 + 1)"),
    Operation("-", (ONE,), SPAN): ("", "", NotImplemented, "NULL", None),
    Query((), SPAN, None, False, (call("f"),)): ("", "f", NotImplemented, "NULL", None),
    OpaqueValue("odd", SPAN, (A, C)): ("a c", "", NotImplemented, "NULL", None),
}
"""Value → its columns, its calls, what Python makes of it, and how it is written as a literal and as SQL."""
TRUE, CALLED = Constant(True, SPAN), IsNull(call("f", A), SPAN)
CONDITIONS: dict[Predicate, tuple[str, str, int]] = {
    TRUE: ("", "", 1),
    CALLED: ("a", "f", 1),
    Compare("=", call("f", A), call("g", B), SPAN): ("a b", "f g", 1),
    In(A, (B, call("f", C)), SPAN): ("a b c", "f", 1),
    Between(A, call("f", B), call("g", C), SPAN): ("a b c", "f g", 1),
    Like(A, call("f", B), SPAN, False, True): ("a b", "f", 1),
    OpaquePredicate("odd", SPAN, (B, A)): ("b a", "", 1),
    Not(CALLED, SPAN): ("a", "f", 2),
    And((TRUE, CALLED, CALLED), SPAN): ("a a", "f f", 4),
    Or((Not(CALLED, SPAN), And((TRUE, TRUE), SPAN)), SPAN): ("a", "f", 6),
}
"""Condition → its columns, its calls, and how many conditions it holds, itself among them."""


def test_every_kind_is_asked() -> None:
    assert {type(value) for value in VALUES} == set(get_args(Value))
    assert {type(condition) for condition in CONDITIONS} == set(get_args(Predicate))


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_what_is_asked_of_a_value(value: Value) -> None:
    columns, called, literal, shown, sql = VALUES[value]
    assert [ref.name for ref in column_refs(value)] == columns.split()
    assert [each.name for each in calls(value)] == called.split()
    assert literal_value(value) is literal if literal is NotImplemented else literal_value(value) == literal
    assert (literal_text(value), value_text(value)) == (shown, sql)


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_what_is_asked_of_a_condition(condition: Predicate) -> None:
    columns, called, count = CONDITIONS[condition]
    assert [ref.name for ref in column_refs(condition)] == columns.split()
    assert [each.name for each in calls(condition)] == called.split()
    assert len(conditions(condition)) == count
    assert conditions(condition)[0] is condition
