"""What a value and a condition may say: two closed unions, with the place of each part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias, assert_never

import msgspec

from kmblint.text import Span


class Number(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A number as it is written, its sign included: `-1.50`."""

    text: str
    span: Span

    @property
    def is_whole(self) -> bool:
        """Whether it has neither a fraction nor an exponent."""
        return self.text.lstrip("+-").isdigit()


class Text(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A quoted text, its quotes undone."""

    value: str
    span: Span


class Boolean(msgspec.Struct, frozen=True, tag=True):
    """TRUE or FALSE."""

    value: bool
    span: Span


class Null(msgspec.Struct, frozen=True, gc=False, tag=True):
    """NULL."""

    span: Span


class ColumnRef(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A column named in an expression, with the qualifier written before it (`p` in `p.id`)."""

    name: str
    span: Span
    qualifier: str | None = None


class Call(msgspec.Struct, frozen=True, tag=True):
    """A function call, or a word that works like one (`CURRENT_TIMESTAMP`); the name in lower case."""

    name: str
    arguments: tuple[Value, ...]
    span: Span


class Cast(msgspec.Struct, frozen=True, tag=True):
    """A value turned into another type (`CAST(a AS TEXT)`, `a::TEXT`, `DATE '2026-01-01'`); the type as text."""

    value: Value
    to: str
    span: Span


class Operation(msgspec.Struct, frozen=True, tag=True):
    """Arithmetic or concatenation: `+ - * / % ||`."""

    operator: str
    operands: tuple[Value, ...]
    span: Span


class Query(msgspec.Struct, frozen=True, tag=True):
    """A sub-query: the tables it reads, whether it has a WHERE, the LIMIT that bounds it, and what it calls."""

    tables: tuple[str, ...]
    span: Span
    limit: int | None
    filtered: bool
    calls: tuple[Call, ...]
    """Its function calls, without their arguments."""


class OpaqueValue(msgspec.Struct, frozen=True, tag=True):
    """A value that isn't modelled (CASE, window functions …), and the columns seen in it."""

    reason: str
    span: Span
    columns: tuple[ColumnRef, ...]


MIRRORED: Final = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""Operator → the one that says the same with its sides exchanged."""

Literal: TypeAlias = Number | Text | Boolean | Null
Value: TypeAlias = Number | Text | Boolean | Null | ColumnRef | Call | Cast | Operation | Query | OpaqueValue


class Compare(msgspec.Struct, frozen=True, tag=True):
    """`left operator right`; operators are `= <> < <= > >=`, other spellings normalised."""

    operator: str
    left: Value
    right: Value
    span: Span


class In(msgspec.Struct, frozen=True, tag=True):
    """`value [NOT] IN (items)`; a sub-query is one item, a `Query`."""

    value: Value
    items: tuple[Value, ...]
    span: Span
    negated: bool = False


class Between(msgspec.Struct, frozen=True, tag=True):
    """`value [NOT] BETWEEN low AND high`."""

    value: Value
    low: Value
    high: Value
    span: Span
    negated: bool = False


class IsNull(msgspec.Struct, frozen=True, tag=True):
    """`value IS [NOT] NULL`."""

    value: Value
    span: Span
    negated: bool = False


class Like(msgspec.Struct, frozen=True, tag=True):
    """`value [NOT] LIKE pattern` (`ILIKE` where case doesn't count)."""

    value: Value
    pattern: Value
    span: Span
    negated: bool
    case_sensitive: bool


class And(msgspec.Struct, frozen=True, tag=True):
    """All parts hold; nested ANDs are flattened."""

    parts: tuple[Predicate, ...]
    span: Span


class Or(msgspec.Struct, frozen=True, tag=True):
    """One part holds; nested ORs are flattened."""

    parts: tuple[Predicate, ...]
    span: Span


class Not(msgspec.Struct, frozen=True, tag=True):
    """The part doesn't hold."""

    part: Predicate
    span: Span


class Constant(msgspec.Struct, frozen=True, tag=True):
    """A condition that is the word TRUE or FALSE."""

    value: bool
    span: Span


class OpaquePredicate(msgspec.Struct, frozen=True, tag=True):
    """A condition that isn't modelled, and the columns seen in it."""

    reason: str
    span: Span
    columns: tuple[ColumnRef, ...]


Predicate: TypeAlias = Compare | In | Between | IsNull | Like | And | Or | Not | Constant | OpaquePredicate


def column_refs(node: Value | Predicate) -> Sequence[ColumnRef]:
    """Every column that a value or a condition names, in the order of the text; sub-queries are left out."""
    match node:  # the most frequent first: every rule on data changes asks
        case Number() | Text() | Boolean() | Null() | Query() | Constant():
            return ()
        case ColumnRef():
            return (node,)
        case Compare(left=left, right=right):
            return (*column_refs(left), *column_refs(right))
        case And(parts=conditions) | Or(parts=conditions):
            return _refs_of(conditions)
        case Call(arguments=parts) | Operation(operands=parts):
            return _refs_of(parts)
        case Cast(value=value) | IsNull(value=value):
            return column_refs(value)
        case In():
            return _refs_of((node.value, *node.items))
        case Between():
            return _refs_of((node.value, node.low, node.high))
        case Like():
            return _refs_of((node.value, node.pattern))
        case Not(part=condition):
            return column_refs(condition)
        case OpaqueValue(columns=columns) | OpaquePredicate(columns=columns):
            return columns


def _refs_of(parts: Iterable[Value | Predicate]) -> list[ColumnRef]:
    return [ref for part in parts for ref in column_refs(part)]


def calls(node: Value | Predicate) -> Sequence[Call]:
    """Every function call in a value or a condition, the outer before the inner, and those of sub-queries."""
    if type(node) in _WITHOUT_PARTS:
        return ()
    inner = [call for part in _parts(node) for call in calls(part)]
    return [node, *inner] if isinstance(node, Call) else inner


_WITHOUT_PARTS: Final = frozenset({Number, Text, Boolean, Null, ColumnRef})


def _parts(node: Value | Predicate) -> tuple[Value | Predicate, ...]:
    match node:
        case Call(arguments=parts) | Operation(operands=parts) | Query(calls=parts):
            return parts
        case And(parts=parts) | Or(parts=parts):
            return parts
        case Cast(value=part) | IsNull(value=part) | Not(part=part):
            return (part,)
        case Compare(left=left, right=right):
            return left, right
        case In(value=value, items=items):
            return value, *items
        case Between(value=value, low=low, high=high):
            return value, low, high
        case Like(value=value, pattern=pattern):
            return value, pattern
        case ColumnRef() | Number() | Text() | Boolean() | Null() | OpaqueValue() | Constant() | OpaquePredicate():
            return ()


def conditions(predicate: Predicate) -> Sequence[Predicate]:
    """A condition and every condition inside it, the outermost first."""
    match predicate:
        case Compare() | In() | Between() | IsNull() | Like() | Constant() | OpaquePredicate():
            return (predicate,)
        case And(parts=parts) | Or(parts=parts):
            return [predicate, *(inner for part in parts for inner in conditions(part))]
        case Not(part=part):
            return [predicate, *conditions(part)]
        case never:
            assert_never(never)


def literal_value(value: Value) -> object:
    """A literal as Python compares it (an int, a Decimal, a str, a bool or None); NotImplemented for all else."""
    match value:
        case Number(text=text):
            try:
                return int(text) if value.is_whole else Decimal(text)
            except (ValueError, InvalidOperation):
                return NotImplemented
        case Text(value=text):
            return text
        case Boolean(value=truth):
            return truth
        case Null():
            return None
        case ColumnRef() | Call() | Operation() | Cast() | Query() | OpaqueValue():
            return NotImplemented
