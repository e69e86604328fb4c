"""Values, read from our own tokens so that every part has its exact place.

What the model has no words for (CASE, sub-queries, regular expressions …) goes through sqlglot: it says whether that
is SQL at all, and which columns and tables it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kmblint.schema.predicate import (
    Boolean,
    Call,
    Cast,
    ColumnRef,
    Null,
    Number,
    OpaqueValue,
    Operation,
    Text,
    Value,
)  # fmt: skip
from kmblint.sql import dialect
from kmblint.sql.reader import Reader, UnmodelledError, items
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.words import BARE_CALLS, CLAUSE_WORDS, OPERATOR_WORDS, QUERY_WORDS, names_at
from kmblint.text import Span

_POWER: Final = {"||": 1, "+": 2, "-": 2, "*": 3, "/": 3, "%": 3}
_CHAINED: Final = frozenset({"||", "+", "*"})
"""Operators whose chains are kept flat; a parenthesised operand joins its chain, which changes no result."""
_PREFIXED_STRINGS: Final = frozenset({"E", "N", "X", "B"})


def value(tokens: Sequence[Token], text: str, end: int) -> Value:
    """The value that the tokens of a slice make; raises NotSqlError where they make none."""
    if len(tokens) == 1 and (literal := _literal(tokens[0])) is not None:
        return literal
    reader = Reader(tokens, end)
    if reader.done:
        raise reader.expected(("a value",))
    try:
        found = operation(reader, text)
        check_done(reader)
    except UnmodelledError as unmodelled:
        return OpaqueValue(unmodelled.reason, whole(tokens), dialect.columns(tokens, text))
    return found


def operation(reader: Reader, text: str, power: int = 0) -> Value:
    left = _operand(reader, text)
    while (binding := _POWER.get(reader.peek().text, 0)) > power:
        operator = reader.step()
        right = operation(reader, text, binding)
        operands: tuple[Value, ...] = (left, right)
        if isinstance(left, Operation) and left.operator == operator.text and operator.text in _CHAINED:
            operands = (*left.operands, right)
        left = Operation(operator.text, operands, left.span.to(right.span))
    return left


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
                raise UnmodelledError("a row value")
            found = value(inside, text, reader.tokens[reader.at - 1].start)
    elif (literal := _literal(token)) is not None:
        reader.step()
        found = literal
        if reader.peek().start == token.end and reader.peek().kind is Kind.WORD:
            raise UnmodelledError("a number in another notation")
    elif token.kind in (Kind.WORD, Kind.QUOTED):
        found = _worded(reader, text)
    else:
        raise reader.expected(("a value",))
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
            raise UnmodelledError(f"{upper}'…'")
        reader.at += 2
        return Cast(Text(following.value, following.span), upper, token.span.to(following.span))
    if not names_at(reader.tokens, reader.at):
        if upper in {"CASE", "EXISTS", "ARRAY", "ROW", "NOT", "ANY", "SOME"}:
            raise UnmodelledError(upper)
        if upper == "CAST" and following.text == "(":
            return _cast(reader, text)
        if upper in CLAUSE_WORDS:
            raise reader.expected(("a value",))
        if upper in BARE_CALLS and following.text != "(":
            reader.step()
            return Call(upper.lower(), (), token.span)
    name = reader.dotted("a value")
    if reader.sees("("):
        inside = reader.group()
        closed = reader.tokens[reader.at - 1].start
        if reader.peek().upper in {"OVER", "FILTER", "WITHIN"}:
            raise UnmodelledError("a window function")
        parts = items(inside, closed) if inside else []
        return Call(name.text.lower(), tuple(_argument(part, text, closed) for part in parts), reader.since(start))
    qualifier, _, last = name.text.rpartition(".")
    return ColumnRef(last, name.span, qualifier or None)


def _argument(part: Reader, text: str, end: int) -> Value:
    if len(part.tokens) == 1 and part.tokens[0].text == "*":
        return OpaqueValue("*", part.tokens[0].span)
    if part.tokens and part.tokens[0].upper in QUERY_WORDS:
        return dialect.query(part.tokens, text, whole(part.tokens))
    for word in ("FROM", "IN", "FOR", "AS", "ORDER"):
        if any(token.upper == word for token in part.tokens[1:]):
            raise UnmodelledError(f"a function with {word}")
    return value(part.tokens, text, end)


def _cast(reader: Reader, text: str) -> Value:
    start = reader.at
    reader.step()
    inside = Reader(reader.group())
    operand = inside.until("AS")
    inside.need("AS")
    if inside.done:
        raise inside.expected(("a type",))
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


def check_done(reader: Reader) -> None:
    """Raises UnmodelledError where an operator is left, NotSqlError where a second operand follows without one."""
    if reader.done:
        return
    token = reader.peek()
    adjacent = reader.tokens[reader.at - 1].kind is Kind.STRING and token.kind is Kind.STRING
    if token.kind is Kind.SYMBOL or token.upper in OPERATOR_WORDS or adjacent:
        raise UnmodelledError(f"`{token.text}`")
    raise reader.expected(("an operator", "WHERE", "AND", "OR", "LIKE", "BETWEEN", "LIMIT", "RETURNING", "ORDER"))


def whole(tokens: Sequence[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].end)
