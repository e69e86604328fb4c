"""What a condition on a column lets through, as sets of values: by a range of bytes, row by row, and as SQL means it.

Values are numbers, texts and truths as Python has them; of a DATE its day, of a DECIMAL the number. The order of a key
or an index is that of its encoded bytes: whole numbers before texts before truths, decimals and UUIDs among the texts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kmblint.schema.meaning import UnknownMeaningError, in_type
from kmblint.schema.types import DataType
from kmblint.schema.value_set import (
    EMPTY,
    FULL,
    NULLS,
    ValueSet,
    below,
    intersection,
    point,
    since,
    union,
)
from kmblint.schema.value_set import (
    Bound as Limit,
)
from kmblint.targets.kimberlite.facts import Facts, Kind
from kmblint.targets.kimberlite.planner.conditions import Test
from kmblint.targets.kimberlite.planner.path import Range
from kmblint.targets.kimberlite.typed import Typed, as_number

ANY: Final = ValueSet(FULL.intervals, null=True)
"""Every value, and NULL."""
_TEXTS: Final = {"TEXT": Kind.TEXT, "UUID": Kind.TEXT, "DECIMAL": Kind.TEXT, "BYTES": Kind.TEXT}
_OPERATORS_OF_NULL: Final = {"=": NULLS, "<": EMPTY, "<=": NULLS, ">": FULL, ">=": ANY}
"""What the engine finds by a comparison with NULL, which is its least value."""


def indexed_kind(stored: DataType) -> Kind | None:
    """The kind of a stored type's values in a key or an index; None where they are of several (JSON)."""
    if stored.name == "JSON":
        return None
    return Kind.BOOLEAN if stored.name == "BOOLEAN" else _TEXTS.get(stored.name, Kind.BIGINT)


def compared_kind(stored: DataType) -> Kind:
    """The kind that a stored type is read as, row by row."""
    return Kind[stored.name]


def is_discrete(stored: DataType) -> bool:
    """Whether a type's values are whole numbers, between which nothing lies."""
    return stored.name in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"}


def by_range(range_: Range, stored: DataType, facts: Facts) -> ValueSet | None:
    """What a range of a key or an index lets through; None where that isn't one set in the order of the values."""
    kind = indexed_kind(stored)
    if kind is None:
        return None
    discrete = is_discrete(stored)
    reached = ANY
    if range_.low is not None:
        low, inclusive = range_.low.value, range_.low.inclusive
        if low.kind is Kind.NULL:
            reached = reached if inclusive else FULL
        elif low.kind is kind:
            limit = _limit(low, stored)
            if limit is None:
                return None
            reached = since(limit, inclusive=inclusive, discrete=discrete)
        else:
            reached = FULL if facts.tags[low.kind] < facts.tags[kind] else EMPTY
    if range_.high is not None:
        high, inclusive = range_.high.value, range_.high.inclusive
        if high.kind is Kind.NULL:
            return reached.both(NULLS if inclusive else EMPTY)
        if high.kind is kind:
            limit = _limit(high, stored)
            if limit is None:
                return None
            return reached.both(below(limit, inclusive=inclusive, null=True, discrete=discrete))
        return reached if facts.tags[high.kind] > facts.tags[kind] else reached.both(NULLS)
    return reached


def _limit(value: Typed, stored: DataType) -> Limit | None:
    """A bound of the column's own kind; None where its bytes aren't in the order of the values."""
    if stored.name in {"DECIMAL", "BYTES"}:
        return None
    limit = value.value
    if stored.name == "UUID" and isinstance(limit, str):
        return limit.replace("-", "").lower() if limit == limit.lower() and len(limit) == 36 else None
    assert isinstance(limit, int | str)
    return limit


def by_comparison(test: Test, stored: DataType, facts: Facts) -> ValueSet | None:
    """What a test lets through where each row is compared; None where no set says that (LIKE)."""
    discrete = is_discrete(stored)
    values = test.values
    match test.operator:
        case "IS NULL":
            return NULLS
        case "IS NOT NULL":
            return FULL
        case "LIKE" | "ILIKE" | "NOT LIKE" | "NOT ILIKE":
            if stored.name != "TEXT":
                return EMPTY
            return FULL if values[0].value == "%" and not test.operator.startswith("NOT") else None
        case "IN" | "NOT IN":
            points = [listed_point for value in values if (listed_point := _listed(value, stored, facts)) is not None]
            listed = union(points)
            return listed.without_null().complement() if test.operator == "NOT IN" else listed
        case "NOT BETWEEN":
            low = _one(">=", values[0], stored, discrete=discrete)
            inside = low.both(_one("<=", values[1], stored, discrete=discrete)).without_null()
            return inside.complement()
        case operator:
            return _one(operator, values[0], stored, discrete=discrete)


def _one(operator: str, value: Typed, stored: DataType, *, discrete: bool) -> ValueSet:
    if value.kind is Kind.NULL:
        return _OPERATORS_OF_NULL[operator]
    limit = _own(value, stored)
    if limit is None:
        return NULLS if operator in {"<", "<="} else EMPTY
    return _set(operator, limit, discrete=discrete, null=True)


def _own(value: Typed, stored: DataType) -> Limit | None:
    """A literal of the very kind (and scale) that the column reads; None for all others, which compare with nothing."""
    if value.kind is not compared_kind(stored):
        return None
    if value.kind is Kind.DECIMAL:
        return as_number(value) if value.scale == stored.arguments[1] else None
    assert isinstance(value.value, int | str)
    return value.value


def _listed(value: Typed, stored: DataType, facts: Facts) -> ValueSet | None:
    if value.kind is Kind.NULL:
        return NULLS
    whole = value.kind in facts.widened_kinds and compared_kind(stored) in facts.widened_kinds
    number = as_number(value) if whole else _own(value, stored)
    return None if number is None else point(number, discrete=is_discrete(stored))


def _set(operator: str, limit: Limit, *, discrete: bool, null: bool) -> ValueSet:
    match operator:
        case "=":
            return point(limit, discrete=discrete)
        case "<>":
            return point(limit, discrete=discrete).complement()
        case "<" | "<=":
            return below(limit, inclusive=operator == "<=", null=null, discrete=discrete)
        case _:
            return since(limit, inclusive=operator == ">=", discrete=discrete)


def by_computing(operator: str, value: Typed, stored: DataType, facts: Facts) -> ValueSet:
    """What `column operator literal` lets through where both sides are computed: `<>`, or the literal first."""
    if value.kind is Kind.NULL:
        return EMPTY
    whole = value.kind in facts.widened_kinds and compared_kind(stored) in facts.widened_kinds
    limit = as_number(value) if whole else _own(value, stored)
    if limit is None:
        return FULL if operator == "<>" else EMPTY
    return _set(operator, limit, discrete=is_discrete(stored), null=False)


def meant(operator: str, values: tuple[Typed, ...], stored: DataType) -> ValueSet | None:
    """What SQL means by `column operator values`, the literals converted; None where no set says that."""
    discrete = is_discrete(stored)
    if operator in {"IS NULL", "IS NOT NULL"}:
        return NULLS if operator == "IS NULL" else FULL
    try:
        limits = [_in_type(value, stored) for value in values]
    except UnknownMeaningError:
        return None
    known = [limit for limit in limits if limit is not None]
    if indexed_kind(stored) is not Kind.TEXT:
        known = [limit for limit in known if not isinstance(limit, str) or operator not in _EQUALS]
        if operator == "<>" and not known and None not in limits:
            return FULL  # no number is such a text
    match operator:
        case "IN":
            return union(point(limit, discrete=discrete) for limit in known)
        case "NOT IN":
            return EMPTY if None in limits else _outside(known, discrete=discrete)
        case "NOT BETWEEN" | "BETWEEN" if len(known) == 2:
            inside = intersection(
                (
                    _set(">=", known[0], discrete=discrete, null=False),
                    _set("<=", known[1], discrete=discrete, null=False),
                )
            )
            return inside.complement() if operator == "NOT BETWEEN" else inside
        case "=" | "<>" | "<" | "<=" | ">" | ">=":
            return _set(operator, known[0], discrete=discrete, null=False) if known else EMPTY
        case "LIKE" | "ILIKE" if known == ["%"]:
            return FULL
        case _:
            return None


_EQUALS: Final = frozenset({"=", "<>", "IN", "NOT IN"})


def _outside(limits: list[Limit], *, discrete: bool) -> ValueSet:
    return union(point(limit, discrete=discrete) for limit in limits).complement()


def _in_type(value: Typed, stored: DataType) -> Limit | None:
    number = as_number(value)
    plain = number if number is not None else value.value
    assert not isinstance(plain, float | bytes)  # no literal is one
    return in_type(plain, stored)


_SAMPLES: Final = {
    Kind.BOOLEAN: Typed(Kind.BOOLEAN, True),
    Kind.TEXT: Typed(Kind.TEXT, ""),
    Kind.BIGINT: Typed(Kind.BIGINT, 1),
}


@lru_cache(maxsize=256)  # every column of the history is asked about
def finds_equals(stored: DataType) -> tuple[bool, bool]:
    """Whether `=` finds the rows of a literal that the column holds: row by row, and through an index."""
    kind = indexed_kind(stored)
    if kind is None:
        return False, False
    decimal = stored.name == "DECIMAL"
    literal = Typed(Kind.DECIMAL, 1, stored.arguments[1]) if decimal else _SAMPLES[kind]
    meant_set = meant("=", (literal,), stored)
    return _one("=", literal, stored, discrete=is_discrete(stored)) == meant_set, not decimal
