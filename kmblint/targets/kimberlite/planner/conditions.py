"""WHERE as the engine takes it apart: a list of conditions that must all hold, each with the SQL that it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import (
    Final,
    TypeAlias,
    assert_never,
)

import msgspec

from kmblint.schema.predicate import (
    And,
    Between,
    ColumnRef,
    Compare,
    Constant,
    In,
    IsNull,
    Like,
    Not,
    OpaquePredicate,
    Or,
    Predicate,
    Text,
    Value,
)
from kmblint.targets.kimberlite.facts import Kind
from kmblint.targets.kimberlite.typed import Typed, of_literal


class Test(msgspec.Struct, frozen=True):
    """A column held against literals: the one shape that a key or an index can serve.

    Operators: `= < <= > >=`, `[NOT] IN`, `NOT BETWEEN` (BETWEEN is two tests), `[NOT] LIKE`, `[NOT] ILIKE`,
    `IS [NOT] NULL`.
    """

    column: str
    operator: str
    values: tuple[Typed, ...]
    source: Predicate


class Either(msgspec.Struct, frozen=True):
    """OR: in one of its arms all conditions hold."""

    arms: tuple[tuple[Condition, ...], ...]
    source: Predicate


class Computed(msgspec.Struct, frozen=True):
    """Two expressions that are computed for each row and compared: `<>`, a literal before the operator, functions."""

    left: Value
    operator: str
    right: Value
    source: Predicate


class Unknown(msgspec.Struct, frozen=True):
    """A condition that isn't modelled; where the engine takes it at all, nothing is known of what it finds."""

    source: Predicate


Condition: TypeAlias = Test | Either | Computed | Unknown

_BARE: Final = frozenset({"=", "<", "<=", ">", ">="})


def conditions_of(where: Predicate | None) -> tuple[Condition, ...]:
    """The conditions of a WHERE, in its order; none where there is no WHERE."""
    return () if where is None else tuple(_parted(where))


def _parted(where: Predicate) -> Iterator[Condition]:
    match where:
        case And(parts=parts):
            for part in parts:
                yield from _parted(part)
        case Or(parts=parts):
            yield Either(tuple(conditions_of(part) for part in parts), where)
        case Compare(operator=operator, left=left, right=right):
            value = of_literal(right)
            if isinstance(left, ColumnRef) and value is not None and operator in _BARE:
                yield Test(left.name, operator, (value,), where)
            elif isinstance(left, ColumnRef) and isinstance(right, ColumnRef) and operator != "<>":
                yield Unknown(where)
            else:
                yield Computed(left, operator, right, where)
        case Between(value=ColumnRef(name=name), low=low, high=high, negated=negated):
            yield from _between(name, of_literal(low), of_literal(high), where, negated=negated)
        case In(value=ColumnRef(name=name), items=items, negated=negated):
            values = tuple(map(of_literal, items))
            listed = tuple(value for value in values if value is not None)
            known = len(listed) == len(values)
            yield Test(name, "NOT IN" if negated else "IN", listed, where) if known else Unknown(where)
        case IsNull(value=ColumnRef(name=name), negated=negated):
            yield Test(name, "IS NOT NULL" if negated else "IS NULL", (), where)
        case Like(value=ColumnRef(name=name), pattern=Text(value=pattern), negated=negated):
            operator = ("NOT " if negated else "") + ("LIKE" if where.case_sensitive else "ILIKE")
            yield Test(name, operator, (Typed(Kind.TEXT, pattern),), where)
        case In() | Between() | IsNull() | Like() | Not() | Constant() | OpaquePredicate():
            yield Unknown(where)
        case never:
            assert_never(never)


def _between(name: str, low: Typed | None, high: Typed | None, where: Between, *, negated: bool) -> Iterator[Condition]:
    if low is None or high is None:
        yield Unknown(where)
    elif negated:
        yield Test(name, "NOT BETWEEN", (low, high), where)
    else:
        yield Test(name, ">=", (low,), where)
        yield Test(name, "<=", (high,), where)
