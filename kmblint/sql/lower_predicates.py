"""Conditions, read from our own tokens so that every part has its exact place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kmblint.schema.predicate import (
    And,
    Between,
    Boolean,
    ColumnRef,
    Compare,
    Constant,
    In,
    IsNull,
    Like,
    Not,
    OpaquePredicate,
    OpaqueValue,
    Or,
    Predicate,
    Value,
    column_refs,
)  # fmt: skip
from kmblint.sql import dialect
from kmblint.sql.lower_values import check_done, operation, value, whole
from kmblint.sql.reader import NotSqlError, Reader, UnmodelledError, items
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.words import COMPARISONS, QUERY_WORDS, names_at
from kmblint.text import Span

_OPERATORS: Final = {"==": "=", "!=": "<>"}
_BEFORE_OPERANDS: Final = frozenset(
    {"AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "WHEN", "THEN", "ELSE", "BETWEEN", "IS", "CASE", "FROM", "ESCAPE"}
)


def predicate(tokens: Sequence[Token], text: str, end: int) -> Predicate:
    """The condition that the tokens of a slice make; raises NotSqlError where they make none."""
    if not tokens:
        raise Reader(tokens, end).expected(("a condition",))
    for word, kind in (("OR", Or), ("AND", And)):
        parts = _split(tokens, word, end)
        if len(parts) > 1:
            read = [predicate(part, text, stop) for part, stop in parts]
            flat = tuple(deep for part in read for deep in (part.parts if isinstance(part, kind) else (part,)))
            return kind(flat, whole(tokens))
    if tokens[0].upper == "NOT" and not names_at(tokens, 0):
        inner = tokens[1:]
        if not (inner and inner[0].upper == "EXISTS"):
            return Not(predicate(inner, text, end), whole(tokens))
    if (inside := _unwrapped(tokens)) is not None and not (inside and inside[0].upper in QUERY_WORDS):
        return predicate(inside, text, tokens[-1].start)
    return _condition(tokens, text, end)


def _condition(tokens: Sequence[Token], text: str, end: int) -> Predicate:
    reader = Reader(tokens, end)
    if reader.sees("CURRENT", "OF"):
        return OpaquePredicate("CURRENT OF", whole(tokens))
    try:
        left = operation(reader, text)
        if reader.done:
            return _bare(left)
        found = _comparison(reader, left, text)
        check_done(reader)
    except UnmodelledError as unmodelled:
        return _opaque(unmodelled.reason, tokens, text)
    return found


def _comparison(reader: Reader, left: Value, text: str) -> Predicate:
    token = reader.peek()
    if token.text in COMPARISONS:
        reader.step()
        if reader.peek().upper in {"ANY", "ALL", "SOME"} and reader.sees("(", ahead=1):
            raise UnmodelledError(reader.peek().upper)
        right = operation(reader, text)
        return Compare(_OPERATORS.get(token.text, token.text), left, right, left.span.to(right.span))
    if reader.take("IS"):
        negated = reader.take("NOT") is not None
        if null := reader.take("NULL"):
            return IsNull(left, left.span.to(null), negated)
        raise UnmodelledError(f"IS {'NOT ' if negated else ''}{reader.peek().upper}")
    if null := reader.take("ISNULL") or reader.take("NOTNULL"):
        return IsNull(left, left.span.to(null), token.upper == "NOTNULL")
    negated = reader.take("NOT") is not None
    if reader.take("IN"):
        choices = _choices(reader, text)
        return In(left, choices, Span(left.span.start, reader.tokens[reader.at - 1].end), negated)
    if reader.take("BETWEEN"):
        if reader.take_any("SYMMETRIC"):
            raise UnmodelledError("BETWEEN SYMMETRIC")
        low = operation(reader, text)
        reader.need("AND")
        high = operation(reader, text)
        return Between(left, low, high, left.span.to(high.span), negated)
    if word := reader.take_any("LIKE", "ILIKE"):
        pattern = operation(reader, text)
        if reader.take("ESCAPE"):
            escape = reader.step()
            return Like(left, pattern, left.span.to(escape.span), negated, word == "LIKE")
        return Like(left, pattern, left.span.to(pattern.span), negated, word == "LIKE")
    check_done(reader)
    raise AssertionError("the caller looks whether something is left")


def _choices(reader: Reader, text: str) -> tuple[Value, ...]:
    if not reader.sees("("):
        raise UnmodelledError("IN without a list")
    start = reader.at
    inside = reader.group()
    if not inside:
        raise UnmodelledError("an empty list")
    if inside[0].upper in QUERY_WORDS:
        return (dialect.query(inside, text, reader.since(start)),)
    return tuple(value(item.tokens, text, item.end) for item in items(inside, reader.tokens[reader.at - 1].start))


def _bare(left: Value) -> Predicate:
    match left:
        case Boolean():
            return Constant(left.value, left.span)
        case ColumnRef():
            return OpaquePredicate("a bare column", left.span, (left,))
        case OpaqueValue():
            return OpaquePredicate(left.reason, left.span, left.columns)
        case _:
            return OpaquePredicate("a bare value", left.span, tuple(column_refs(left)))


def _opaque(reason: str, tokens: Sequence[Token], text: str) -> OpaquePredicate:
    return OpaquePredicate(reason, whole(tokens), dialect.columns(tokens, text))


def _split(tokens: Sequence[Token], word: str, end: int) -> list[tuple[Sequence[Token], int]]:
    """The parts around a connecting word outside brackets, CASE and BETWEEN, each with the offset behind it."""
    if word not in [token.upper for token in tokens]:  # deep nesting is split at every level, mostly at nothing
        return [(tokens, end)]
    parts: list[tuple[Sequence[Token], int]] = []
    start = depth = cases = betweens = 0
    operand = True
    for index, token in enumerate(tokens):
        upper = token.upper
        if upper in ("(", "["):
            depth += 1
            operand = True
        elif upper in (")", "]"):
            depth -= 1
            operand = False
        elif token.kind is Kind.SYMBOL:
            operand = upper != "."
        elif token.kind is not Kind.WORD or (operand and names_at(tokens, index)):
            operand = False
        elif upper == "CASE" and operand:
            cases += 1
        elif upper == "END" and cases:
            cases -= 1
            operand = False
        elif depth or cases:
            operand = upper in _BEFORE_OPERANDS
        elif upper == "BETWEEN":
            betweens += 1
            operand = True
        elif upper == "AND" and betweens:
            betweens -= 1
            operand = True
        elif upper == word:
            if start == index or operand:
                raise NotSqlError(f"a condition is expected before `{token.text}`", token.span)
            parts.append((tokens[start:index], token.start))
            start, operand = index + 1, True
        else:
            operand = upper in _BEFORE_OPERANDS
    if parts and start == len(tokens):
        raise NotSqlError(f"a condition is expected after `{tokens[-1].text}`", tokens[-1].span)
    parts.append((tokens[start:], end))
    return parts


def _unwrapped(tokens: Sequence[Token]) -> Sequence[Token] | None:
    """What one pair of parentheses around all the tokens holds; None where there is none, or it holds a row."""
    if tokens[0].text != "(" or tokens[-1].text != ")" or tokens[0].kind is not Kind.SYMBOL:
        return None
    depth = 0
    for token in tokens[:-1]:
        if token.kind is Kind.SYMBOL:
            depth += (token.text in "([") - (token.text in ")]")
            if depth == 0:
                return None
            if depth == 1 and token.text == ",":
                return None
    return tokens[1:-1]
