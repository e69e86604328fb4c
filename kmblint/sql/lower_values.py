"""Values and conditions of the model, lowered from expressions; every part keeps its exact place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.schema.parts import Name
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
    column_refs,
)  # fmt: skip
from kmblint.sql.reader import NotSqlError
from kmblint.sql.tree import Node, Shape
from kmblint.text import Span

_ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%", "||"})
_FLAT: Final = frozenset({"||", "+", "*"})
"""Operators whose chains are kept flat; a parenthesised operand joins its chain, which changes no result."""
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_BARE_NAMES: Final = frozenset({"DEFAULT", "CURRENT_USER", "SESSION_USER"})
"""Names that work like a function call without parentheses."""


def value(node: Node) -> Value:
    """The value that an expression is; raises NotSqlError at a placeholder, which nothing fills in."""
    match node.kind:
        case Shape.NUMBER:
            return Number(node.text, node.span)
        case Shape.STRING:
            return Text(node.text, node.span)
        case Shape.BOOLEAN:
            return Boolean(node.text == "TRUE", node.span)
        case Shape.NULL:
            return Null(node.span)
        case Shape.COLUMN | Shape.COMPOUND:
            return _column(node)
        case Shape.NESTED:
            return value(node.parts[0])
        case Shape.BARE_CALL:
            return Call(node.text.lower(), (), node.span)
        case Shape.CALL | Shape.SPECIAL_CALL:
            return _call(node)
        case Shape.CAST | Shape.TYPED_STRING | Shape.INTERVAL:
            inner = value(node.parts[0])
            literal = node.kind is Shape.INTERVAL and not isinstance(inner, Text)
            return _opaque_if(node, inner) or (_opaque(node) if literal else Cast(inner, _type(node), node.span))
        case Shape.BINARY if node.text in _ARITHMETIC:
            return _operation(node)
        case Shape.UNARY if node.text in ("-", "+"):
            inner = value(node.parts[0])
            if isinstance(inner, Number) and inner.text[0] not in "+-":
                return Number(node.text + inner.text, node.span)
            return _opaque_if(node, inner) or Operation(node.text, (inner,), node.span)
        case Shape.OTHER_LITERAL if node.parts:
            return Text(node.parts[0].text, node.span)
        case Shape.SUBQUERY:
            return query(node.parts[0], node.span)
        case Shape.PLACEHOLDER:
            raise NotSqlError(f"a value is expected, not `{node.text}`", node.span)
        case _:
            return _opaque(node)


def condition(node: Node) -> Predicate:
    """The condition that an expression is; raises NotSqlError at a placeholder."""
    parts = node.parts
    match node.kind:
        case Shape.BINARY if node.text == "AND":
            return And(tuple(_flat(And, parts)), node.span)
        case Shape.BINARY if node.text == "OR":
            return Or(tuple(_flat(Or, parts)), node.span)
        case Shape.UNARY if node.text == "NOT":
            return Not(condition(parts[0]), node.span)
        case Shape.NESTED:
            return condition(parts[0])
        case Shape.BINARY if node.text in _COMPARISONS:
            left, right = value(parts[0]), value(parts[1])
            return _blurred(node, left, right) or Compare(node.text, left, right, left.span.to(right.span))
        case Shape.IN_LIST | Shape.IN_QUERY:
            left = value(parts[0])
            items = tuple(query(p, p.span) if p.kind is Shape.QUERY else value(p) for p in parts[1:])
            span = Span(left.span.start, node.span.end)
            return _blurred(node, left) or In(left, items, span, node.text == "NOT")
        case Shape.BETWEEN:
            left, low, high = map(value, parts)
            span = left.span.to(high.span)
            return _blurred(node, left, low, high) or Between(left, low, high, span, node.text == "NOT")
        case Shape.IS_NULL:
            left = value(parts[0])
            span = Span(left.span.start, node.span.end)
            return _blurred(node, left) or IsNull(left, span, node.text in ("NOT", "NOTNULL"))
        case Shape.LIKE:
            left, pattern = value(parts[0]), value(parts[1])
            span = Span(left.span.start, node.span.end)
            negated, exact = node.text.startswith("NOT"), node.text.endswith(" LIKE") or node.text == "LIKE"
            return _blurred(node, left, pattern) or Like(left, pattern, span, negated, exact)
        case _:
            return _bare(value(node))


def query(node: Node, span: Span, common: frozenset[str] = frozenset()) -> Query:
    """What is asked about a query: its tables (save those of `common`), its WHERE and LIMIT, and what it calls."""
    limit = node.child("LIMIT")
    bound = limit.parts[0].text if limit is not None else ""
    tables = tuple(name.text for name in tables_of(node) if name.text not in common)
    calls = tuple(Call(call.text.lower(), (), call.span) for call in node.walk() if call.kind in _CALLS)
    return Query(tables, span, int(bound) if bound.isdigit() else None, node.has("WHERE"), calls)


def tables_of(*nodes: Node) -> tuple[Name, ...]:
    """The tables that queries in these parts of a statement read, each once, common table expressions left out."""
    named: dict[str, Name] = {}
    for name in _tables(nodes, frozenset()):
        named.setdefault(name.text, name)
    return tuple(sorted(named.values(), key=lambda name: name.span))


def _tables(nodes: tuple[Node, ...], own: frozenset[str]) -> Iterator[Name]:
    for node in nodes:
        if node.kind == "table" and node.parts[0].kind is Shape.NAME:
            if node.parts[0].name.text not in own:
                yield node.parts[0].name
        elif node.parts:
            yield from _tables(node.parts, own | common_names(node))


def common_names(node: Node) -> frozenset[str]:
    """The names of the common table expressions of a statement or query."""
    clause = node if node.kind == "WITH" else node.child("WITH")
    return frozenset(part.parts[0].text for part in clause.parts) if clause else frozenset()


_CALLS: Final = (Shape.CALL, Shape.BARE_CALL, Shape.SPECIAL_CALL)


def calls_in(root: Node) -> tuple[str, ...]:
    """The functions that a query calls, in sub-queries too, as they are written, each once."""
    return tuple(dict.fromkeys(part.text for part in root.walk() if part.kind is Shape.CALL))


def columns(node: Node) -> tuple[ColumnRef, ...]:
    """Every column that an expression names, in the order of the text; sub-queries are left out."""
    return tuple(
        ColumnRef(part.text, part.span, part.qualifier)
        for part in node.walk(Shape.QUERY)
        if part.kind in (Shape.COLUMN, Shape.COMPOUND) and part.text not in ("*", "OVER", "FILTER")
    )


def _column(node: Node) -> Value:
    if node.text[:1] in "@#" and not node.quoted:
        raise NotSqlError(f"a value is expected, not `{node.text[:1]}`", node.span)
    if node.kind is Shape.COLUMN and node.qualifier is None and not node.quoted and node.text.upper() in _BARE_NAMES:
        return Call(node.text.lower(), (), node.span)
    return ColumnRef(node.text, node.span, node.qualifier)


def _call(node: Node) -> Value:
    if any(part.kind is Shape.COMPOUND and part.text in ("OVER", "FILTER") for part in node.parts):
        return OpaqueValue("a window function", node.span, columns(node))
    if node.parts and node.parts[0].kind is Shape.OPAQUE:
        return OpaqueValue(node.parts[0].text, node.span, columns(node))
    stars = {part for part in node.parts if part.kind is Shape.COMPOUND and part.text == "*"}
    arguments = (OpaqueValue("*", part.span, ()) if part in stars else value(part) for part in node.parts)
    return Call(node.text.lower(), tuple(arguments), node.span)


def _type(node: Node) -> str:
    return "INTERVAL" if node.kind is Shape.INTERVAL else node.text


def _operation(node: Node) -> Value:
    operands = [value(part) for part in node.parts]
    if opaque := _opaque_if(node, *operands):
        return opaque
    first, *others = operands
    if isinstance(first, Operation) and first.operator == node.text and node.text in _FLAT:
        operands = [*first.operands, *others]
    return Operation(node.text, tuple(operands), first.span.to(others[-1].span))


def _opaque_if(node: Node, *operands: Value) -> OpaqueValue | None:
    """An operation on what isn't modelled isn't either, unless parentheses keep it apart."""
    for operand, part in zip(operands, node.parts, strict=False):
        if isinstance(operand, OpaqueValue) and part.kind is not Shape.NESTED:
            return OpaqueValue(operand.reason, node.span, columns(node))
    return None


def _blurred(node: Node, *operands: Value) -> OpaquePredicate | None:
    """A comparison of what isn't modelled isn't either, unless parentheses keep it apart."""
    opaque = _opaque_if(node, *operands)
    return OpaquePredicate(opaque.reason, node.span, opaque.columns) if opaque else None


def _opaque(node: Node) -> OpaqueValue:
    return OpaqueValue(_REASONS.get(node.kind) or f"`{node.text}`", node.span, columns(node))


_REASONS: Final[dict[str, str]] = {
    Shape.CASE: "CASE", Shape.ARRAY: "ARRAY", Shape.TUPLE: "a row value", Shape.EXISTS: "EXISTS", Shape.IN_LIST: "IN",
    Shape.IN_QUERY: "IN", Shape.BETWEEN: "BETWEEN", Shape.IS_NULL: "IS NULL", Shape.INTERVAL: "INTERVAL",
    Shape.OTHER_LITERAL: "a literal in another notation", Shape.COLLATE: "COLLATE", Shape.QUANTIFIED: "ANY",
}  # fmt: skip


def _flat(kind: type[And | Or], parts: tuple[Node, ...]) -> Iterator[Predicate]:
    for part in parts:
        inner = condition(part)
        yield from inner.parts if isinstance(inner, kind) else (inner,)


def _bare(left: Value) -> Predicate:
    match left:
        case Boolean():
            return Constant(left.value, left.span)
        case ColumnRef():
            return OpaquePredicate("a bare column", left.span, (left,))
        case OpaqueValue():
            return OpaquePredicate(left.reason, left.span, left.columns)
        case Number() | Text() | Null() | Call() | Cast() | Operation() | Query():
            return OpaquePredicate("a bare value", left.span, tuple(column_refs(left)))
