"""What a condition means on a row, as SQL has it: three truths, and literals that are converted to their column's type.

A date counts as its day since 1970, a time as its nanosecond of the day, a point in time as nanoseconds since 1970; a
truth as 0 or 1. Where a text is no number, it is greater than every number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final, TypeAlias

from kmblint.schema.predicate import (
    And,
    Between,
    Boolean,
    Call,
    ColumnRef,
    Compare,
    Constant,
    In,
    IsNull,
    Like,
    Not,
    Null,
    Number,
    Or,
    Predicate,
    Text,
    Value,
    literal_value,
)
from kmblint.schema.types import DataType, Family

Plain: TypeAlias = int | Decimal | str | None
"""A value as SQL compares it: a number, a text or NULL."""


class UnknownMeaningError(Exception):
    """What a condition means on a row can't be told: a value isn't known, or an expression isn't modelled."""


class Meaning:
    """The columns of a table, and what conditions mean on its rows."""

    def __init__(self, columns: Mapping[str, DataType]) -> None:
        self._columns = columns

    def holds(self, where: Predicate | None, row: Mapping[str, Value]) -> bool:
        """Whether a condition holds on a row, of which a column that isn't named is NULL.

        Raises `UnknownMeaningError`.
        """
        return where is None or self._truth(where, row) is True

    def _truth(self, where: Predicate, row: Mapping[str, Value]) -> bool | None:
        match where:
            case Constant(value=value):
                return value
            case And(parts=parts):
                return self._joined(parts, row, settling=False)
            case Or(parts=parts):
                return self._joined(parts, row, settling=True)
            case Not(part=part):
                return _opposite(self._truth(part, row))
            case Compare(operator=operator, left=left, right=right):
                return self._compared(left, operator, right, row)
            case Between(value=value, low=low, high=high, negated=negated):
                ends = (self._compared(value, ">=", low, row), self._compared(value, "<=", high, row))
                inside = False if False in ends else None if None in ends else True
                return _opposite(inside) if negated else inside
            case In(value=value, items=items, negated=negated):
                equal = [self._compared(value, "=", item, row) for item in items]
                listed = True if True in equal else None if None in equal else False
                return _opposite(listed) if negated else listed
            case IsNull(value=value, negated=negated):
                return (self._plain(value, None, row) is None) is not negated
            case Like():
                return self._like(where, row)
            case _:
                raise UnknownMeaningError

    def _joined(self, parts: Iterable[Predicate], row: Mapping[str, Value], *, settling: bool) -> bool | None:
        """AND (settled by False) and OR (by True); what can't be told doesn't matter beside what settles."""
        truths: list[bool | None] = []
        unknown = False
        for part in parts:
            try:
                truths.append(self._truth(part, row))
            except UnknownMeaningError:
                unknown = True
        if settling in truths:
            return settling
        if unknown:
            raise UnknownMeaningError
        return None if None in truths else not settling

    def _compared(self, left: Value, operator: str, right: Value, row: Mapping[str, Value]) -> bool | None:
        type_ = self._type(left) or self._type(right)
        one, two = self._plain(left, type_, row), self._plain(right, type_, row)
        if one is None or two is None:
            return None
        order = _order(one, two)
        return {"=": order == 0, "<>": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[
            operator
        ]

    def _type(self, value: Value) -> DataType | None:
        return self._columns.get(value.name) if isinstance(value, ColumnRef) else None

    def _plain(self, value: Value, type_: DataType | None, row: Mapping[str, Value]) -> Plain:
        """A value as it is compared with a column of some type."""
        match value:
            case ColumnRef(name=name) if name in self._columns:
                return plain(row.get(name, Null(value.span)), self._columns[name])
            case Call(name=name, arguments=arguments) if name in _FUNCTIONS:
                return _FUNCTIONS[name]([self._plain(each, None, row) for each in arguments])
            case Null() | Number() | Text() | Boolean():
                return plain(value, type_)
            case _:
                raise UnknownMeaningError

    def _like(self, where: Like, row: Mapping[str, Value]) -> bool | None:
        text, pattern = (self._plain(each, None, row) for each in (where.value, where.pattern))
        if text is None or pattern is None:
            return None
        if not isinstance(text, str) or not isinstance(pattern, str) or where.span.end > where.pattern.span.end:
            raise UnknownMeaningError  # ESCAPE is behind the pattern
        if not where.case_sensitive:
            text, pattern = text.lower(), pattern.lower()
        return is_like(text, pattern) is not where.negated


def plain(value: Value, type_: DataType | None) -> Plain:
    """A literal as a column of a type holds it; raises `UnknownMeaningError` for what is none, or has no order."""
    literal = literal_value(value)
    if not isinstance(literal, int | Decimal | str | None):
        raise UnknownMeaningError
    return in_type(literal, type_)


def in_type(value: Plain, type_: DataType | None) -> Plain:
    """A value as a column of a type holds it: a text of digits as a number, a date as its day.

    Raises `UnknownMeaningError` for types without order.
    """
    family = None if type_ is None else type_.family
    if value is None:
        return None
    if family in _UNORDERED:
        raise UnknownMeaningError
    if isinstance(value, bool):
        value = int(value)
    if family is Family.TEXT:
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return _converted(value, family) if isinstance(value, str) and family is not None else value


_UNORDERED: Final = frozenset({Family.JSON, Family.BYTES, Family.OTHER})


def _converted(text: str, family: Family) -> Plain:
    if family is Family.UUID:
        return text.replace("-", "").lower()
    if family is Family.BOOLEAN and text.lower() in _TRUTHS:
        return _TRUTHS[text.lower()]
    by_family = {Family.DATE: days, Family.TIME: nanoseconds, Family.TIMESTAMP: instant}
    moment = by_family[family](text) if family in by_family else None
    if moment is None and _NUMBER.fullmatch(text):
        return Decimal(text)
    return text if moment is None else moment


_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d*)?")
_TRUTHS: Final = {"true": 1, "t": 1, "false": 0, "f": 0}
_DAY_ONE: Final = date(1970, 1, 1)
_MIDNIGHT: Final = datetime(1970, 1, 1, tzinfo=UTC)


def days(text: str) -> int | None:
    """The days from 1970-01-01 to a date (or the date of a point in time); None where the text is none."""
    try:
        return (date.fromisoformat(text[:10]) - _DAY_ONE).days
    except ValueError:
        return None


def nanoseconds(text: str) -> int | None:
    """The nanoseconds from midnight to a time of day; None where the text is none."""
    try:
        moment = time.fromisoformat(text)
    except ValueError:
        return None
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 10**9 + moment.microsecond * 1000


def instant(text: str) -> int | None:
    """The nanoseconds from 1970 to a point in time, in UTC where no zone is named; None where the text is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    passed = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _MIDNIGHT
    return (passed.days * 86400 + passed.seconds) * 10**9 + passed.microseconds * 1000


def _order(left: int | Decimal | str, right: int | Decimal | str) -> int:
    """-1, 0 or 1; every number is less than every text."""
    one, two = (isinstance(left, str), left), (isinstance(right, str), right)
    return (one > two) - (one < two)


def _opposite(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def is_like(text: str, pattern: str) -> bool:
    r"""Whether a text is like a pattern: `%` is any text, `_` one character, `\%` and `\_` themselves."""
    tokens = _tokens(pattern)
    index = token = 0
    star, resume = -1, 0
    while index < len(text):
        if token < len(tokens) and tokens[token] == "%%":
            star, resume = token, index
            token += 1
        elif token < len(tokens) and tokens[token] in ("__", text[index]):
            token, index = token + 1, index + 1
        elif star >= 0:
            resume += 1
            token, index = star + 1, resume
        else:
            return False
    return all(each == "%%" for each in tokens[token:])


def _tokens(pattern: str) -> list[str]:
    """The pattern in pieces: a character, or `%%` and `__` for the two that stand for others."""
    tokens: list[str] = []
    index = 0
    while index < len(pattern):
        if pattern[index] == "\\" and pattern[index + 1 : index + 2] in ("%", "_"):
            tokens.append(pattern[index + 1])
            index += 2
            continue
        tokens.append(pattern[index] * 2 if pattern[index] in "%_" else pattern[index])
        index += 1
    return tokens


def _text(values: list[Plain], make: Callable[[str], Plain]) -> Plain:
    match values:
        case [None]:
            return None
        case [str() as text]:
            return make(text)
        case _:
            raise UnknownMeaningError


def _absolute(values: list[Plain]) -> Plain:
    match values:
        case [None]:
            return None
        case [int() | Decimal() as number]:
            return -number if number < 0 else number
        case _:
            raise UnknownMeaningError


def _first(values: list[Plain]) -> Plain:
    for value in values:
        if value is not None:
            return value
    return None


_FUNCTIONS: Final[dict[str, Callable[[list[Plain]], Plain]]] = {
    "lower": lambda values: _text(values, str.lower),
    "upper": lambda values: _text(values, str.upper),
    "length": lambda values: _text(values, len),
    "char_length": lambda values: _text(values, len),
    "abs": _absolute,
    "coalesce": _first,
}
