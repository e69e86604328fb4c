"""Values and conditions, read from our own tokens so that every part has its exact place.

What the model has no words for (CASE, sub-queries, regular expressions …) goes through sqlglot: it says whether that
is SQL at all, and which columns and tables it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kmblint.schema.predicate import (
    And, Between, Boolean, Call, Cast, ColumnRef, Compare, Constant, In, IsNull, Like, Not, Null, Number, OpaquePredicate,
    OpaqueValue, Operation, Or, Predicate, Query, Text, Value,
)  # fmt: skip
from kmblint.sql import dialect
from kmblint.sql.reader import NotSql, Reader, Unmodelled, items
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.words import BARE_CALLS, COMPARISONS, QUERY_WORDS, names_at
from kmblint.text import Span

_POWER: Final = {"||": 1, "+": 2, "-": 2, "*": 3, "/": 3, "%": 3}
_OPERATORS: Final = {"==": "=", "!=": "<>"}
_PREFIXED_STRINGS: Final = frozenset({"E", "N", "X", "B"})


def value(tokens: Sequence[Token], text: str, end: int) -> Value:
    """The value that the tokens of a slice make; raises NotSql where they make none."""
    if len(tokens) == 1 and (literal := _literal(tokens[0])) is not None:
        return literal
    reader = Reader(tokens, end)
    if reader.done:
        reader.fail(("a value",))
    try:
        found = _value(reader, text)
        if not reader.done:
            raise Unmodelled(f"`{reader.peek().text}`")
    except Unmodelled as unmodelled:
        return OpaqueValue(unmodelled.reason, _span(tokens), dialect.columns(tokens, text))
    return found


def predicate(tokens: Sequence[Token], text: str, end: int) -> Predicate:
    """The condition that the tokens of a slice make; raises NotSql where they make none."""
    if not tokens:
        Reader(tokens, end).fail(("a condition",))
    for word, kind in (("OR", Or), ("AND", And)):
        parts = _split(tokens, word, end)
        if len(parts) > 1:
            read = [predicate(part, text, stop) for part, stop in parts]
            flat = tuple(deep for part in read for deep in (part.parts if isinstance(part, kind) else (part,)))
            return kind(flat, _span(tokens))
    if tokens[0].upper == "NOT" and not names_at(tokens, 0):
        inner = tokens[1:]
        if not (inner and inner[0].upper == "EXISTS"):
            return Not(predicate(inner, text, end), _span(tokens))
    if (inside := _unwrapped(tokens)) is not None and not (inside and inside[0].upper in QUERY_WORDS):
        try:
            return predicate(inside, text, tokens[-1].start)
        except _RowValue:
            return _opaque("a row value", tokens, text)
    return _condition(tokens, text, end)


class _RowValue(Exception):
    """`(a, b)` stands where a condition may stand."""


def _condition(tokens: Sequence[Token], text: str, end: int) -> Predicate:
    reader = Reader(tokens, end)
    try:
        left = _value(reader, text)
        if reader.done:
            return _bare(left)
        found = _comparison(reader, left, text)
        if not reader.done:
            raise Unmodelled(f"`{reader.peek().text}`")
    except Unmodelled as unmodelled:
        return _opaque(unmodelled.reason, tokens, text)
    return found


def _opaque(reason: str, tokens: Sequence[Token], text: str) -> OpaquePredicate:
    return OpaquePredicate(reason, _span(tokens), dialect.columns(tokens, text))


def _bare(left: Value) -> Predicate:
    match left:
        case Boolean():
            return Constant(left.value, left.span)
        case ColumnRef():
            return OpaquePredicate("a bare column", left.span, (left,))
        case OpaqueValue():
            return OpaquePredicate(left.reason, left.span, left.columns)
        case _:
            from kmblint.schema.predicate import column_refs

            return OpaquePredicate("a bare value", left.span, tuple(column_refs(left)))


def _comparison(reader: Reader, left: Value, text: str) -> Predicate:
    token = reader.peek()
    if token.text in COMPARISONS:
        reader.step()
        if reader.peek().upper in {"ANY", "ALL", "SOME"} and reader.sees("(", ahead=1):
            raise Unmodelled(reader.peek().upper)
        right = _value(reader, text)
        return Compare(_OPERATORS.get(token.text, token.text), left, right, left.span.to(right.span))
    if reader.take("IS"):
        negated = reader.take("NOT") is not None
        if null := reader.take("NULL"):
            return IsNull(left, left.span.to(null), negated)
        raise Unmodelled(f"IS {'NOT ' if negated else ''}{reader.peek().upper}")
    if null := reader.take("ISNULL") or reader.take("NOTNULL"):
        return IsNull(left, left.span.to(null), token.upper == "NOTNULL")
    negated = reader.take("NOT") is not None
    if reader.take("IN"):
        choices = _choices(reader, text)
        return In(left, choices, Span(left.span.start, reader.tokens[reader.at - 1].end), negated)
    if reader.take("BETWEEN"):
        if reader.take_any("SYMMETRIC"):
            raise Unmodelled("BETWEEN SYMMETRIC")
        low = _value(reader, text)
        reader.need("AND")
        high = _value(reader, text)
        return Between(left, low, high, left.span.to(high.span), negated)
    if word := reader.take_any("LIKE", "ILIKE"):
        pattern = _value(reader, text)
        if reader.take("ESCAPE"):
            escape = reader.step()
            return Like(left, pattern, left.span.to(escape.span), negated, word == "LIKE")
        return Like(left, pattern, left.span.to(pattern.span), negated, word == "LIKE")
    raise Unmodelled(f"`{reader.peek().text}`")


def _choices(reader: Reader, text: str) -> tuple[Value, ...]:
    if not reader.sees("("):
        raise Unmodelled("IN without a list")
    start = reader.at
    inside = reader.group()
    if not inside:
        raise Unmodelled("an empty list")
    if inside[0].upper in QUERY_WORDS:
        return (dialect.query(inside, text, reader.since(start)),)
    return tuple(
        value(item.tokens, text, item.peek(len(item.tokens)).end)
        for item in items(inside, reader.tokens[reader.at - 1].start)
    )


def _value(reader: Reader, text: str, power: int = 0) -> Value:
    left = _operand(reader, text)
    while (binding := _POWER.get(reader.peek().text, 0)) > power:
        operator = reader.step()
        right = _value(reader, text, binding)
        operands = (*left.operands, right) if _same(left, operator.text) else (left, right)
        left = Operation(operator.text, operands, left.span.to(right.span))
    return left


def _same(left: Value, operator: str) -> bool:
    """Whether a chain of one associative operator goes on: it is kept flat."""
    return isinstance(left, Operation) and left.operator == operator and operator in {"||", "+", "*"}


def _operand(reader: Reader, text: str) -> Value:
    start = reader.at
    token = reader.peek()
    found: Value
    if token.text in ("-", "+") and token.kind is Kind.SYMBOL:
        reader.step()
        inner = _operand(reader, text)
        if isinstance(inner, Number) and inner.text[0] not in "+-":
            return Number(token.text + inner.text, token.span.to(inner.span))
        return Operation(token.text, (inner,), token.span.to(inner.span))
    if token.text == "(" and token.kind is Kind.SYMBOL:
        inside = reader.group()
        if inside and inside[0].upper in QUERY_WORDS:
            found = dialect.query(inside, text, reader.since(start))
        else:
            parts = items(inside, reader.tokens[reader.at - 1].start)
            if len(parts) > 1:
                raise Unmodelled("a row value")
            found = value(inside, text, reader.tokens[reader.at - 1].start)
    elif (literal := _literal(token)) is not None:
        reader.step()
        found = literal
        if reader.peek().start == token.end and reader.peek().kind is Kind.WORD:
            raise Unmodelled("a number in another notation")
    elif token.kind in (Kind.WORD, Kind.QUOTED):
        found = _worded(reader, text)
    else:
        reader.fail(("a value",))
    return _casted(reader, found)


def _literal(token: Token) -> Value | None:
    match token.kind:
        case Kind.NUMBER:
            return Number(token.text, token.span)
        case Kind.STRING | Kind.DOLLAR:
            return Text(token.value, token.span)
        case Kind.WORD:
            upper = token.upper
            if upper == "NULL":
                return Null(token.span)
            if upper in ("TRUE", "FALSE"):
                return Boolean(upper == "TRUE", token.span)
    return None


def _worded(reader: Reader, text: str) -> Value:
    start = reader.at
    token = reader.peek()
    upper = token.upper
    following = reader.peek(1)
    if following.kind is Kind.STRING and token.kind is Kind.WORD:
        if upper in _PREFIXED_STRINGS and following.start == token.end:
            raise Unmodelled(f"{upper}'…'")
        reader.at += 2
        return Cast(Text(following.value, following.span), upper, token.span.to(following.span))
    if not names_at(reader.tokens, reader.at):
        if upper in {"CASE", "EXISTS", "ARRAY", "ROW", "NOT", "ANY", "SOME"}:
            raise Unmodelled(upper)
        if upper == "CAST" and following.text == "(":
            return _cast(reader, text)
        if upper in BARE_CALLS and following.text != "(":
            reader.step()
            return Call(upper.lower(), (), token.span)
    name = reader.dotted("a value")
    if reader.sees("("):
        inside = reader.group()
        closed = reader.tokens[reader.at - 1].start
        if reader.peek().upper in {"OVER", "FILTER", "WITHIN"}:
            raise Unmodelled("a window function")
        parts = items(inside, closed) if inside else []
        return Call(name.text.lower(), tuple(_argument(part, text, closed) for part in parts), reader.since(start))
    qualifier, _, last = name.text.rpartition(".")
    return ColumnRef(last, reader.tokens[reader.at - 1].span if qualifier else name.span, qualifier or None)


def _argument(part: Reader, text: str, end: int) -> Value:
    if len(part.tokens) == 1 and part.tokens[0].text == "*":
        return OpaqueValue("*", part.tokens[0].span)
    if part.tokens and part.tokens[0].upper in QUERY_WORDS:
        return dialect.query(part.tokens, text, _span(part.tokens))
    for word in ("FROM", "IN", "FOR", "AS", "ORDER"):
        if any(token.upper == word for token in part.tokens[1:]):
            raise Unmodelled(f"a function with {word}")
    return value(part.tokens, text, end)


def _cast(reader: Reader, text: str) -> Value:
    start = reader.at
    reader.step()
    inside = Reader(reader.group())
    operand = inside.until("AS")
    inside.need("AS")
    if inside.done:
        inside.fail(("a type",))
    return Cast(value(operand, text, reader.peek().start), _words(inside.rest()), reader.since(start))


def _casted(reader: Reader, found: Value) -> Value:
    while reader.take("::"):
        start = reader.at
        reader.dotted("a type")
        if reader.sees("PRECISION") or reader.sees("VARYING"):
            reader.step()
        if reader.sees("("):
            reader.group()
        if reader.take_any("WITH", "WITHOUT"):
            reader.need("TIME", "ZONE")
        while reader.take("["):
            reader.until("]")
            reader.need("]")
        found = Cast(found, _words(reader.tokens[start : reader.at]), Span(found.span.start, reader.since(start).end))
    return found


def _words(tokens: Sequence[Token]) -> str:
    """A type as one text: words joined by a space, arguments without any."""
    shown = ""
    for token in tokens:
        gap = " " if shown and token.kind is Kind.WORD and shown[-1] not in "(," else ""
        shown += gap + token.text.upper()
    return shown


def _split(tokens: Sequence[Token], word: str, end: int) -> list[tuple[Sequence[Token], int]]:
    """The parts around a connecting word outside brackets, CASE and BETWEEN, each with the offset behind it."""
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
                raise NotSql(f"a condition is expected before `{token.text}`", token.span)
            parts.append((tokens[start:index], token.start))
            start, operand = index + 1, True
        else:
            operand = upper in _BEFORE_OPERANDS
    if parts and start == len(tokens):
        raise NotSql(f"a condition is expected after `{tokens[-1].text}`", tokens[-1].span)
    parts.append((tokens[start:], end))
    return parts


_BEFORE_OPERANDS: Final = frozenset(
    {"AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "WHEN", "THEN", "ELSE", "BETWEEN", "IS", "CASE", "FROM", "ESCAPE"}
)


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


def _span(tokens: Sequence[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].end)
