"""SELECT, well enough to say whether it runs (areas statement, keyword-table, keyword-column)."""

from __future__ import annotations

from typing import Final

from kmblint.sql.scanner import Kind
from kmblint.targets.kimberlite.expressions import expressions, parse_expression
from kmblint.targets.kimberlite.facts import COLUMN_ALIAS_STOPS
from kmblint.targets.kimberlite.forms_rows import table_factor
from kmblint.targets.kimberlite.forms_where import condition
from kmblint.targets.kimberlite.nodes import Node, Shape
from kmblint.targets.kimberlite.tokens import Cursor

_JOINS: Final = frozenset({"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS"})
_SETS: Final = frozenset({"UNION", "INTERSECT", "EXCEPT", "MINUS"})


def query(cursor: Cursor) -> None:
    """SELECT … , alone or two of them joined by UNION, INTERSECT or EXCEPT."""
    _select(cursor)
    if cursor.take_any(*_SETS):
        cursor.take_any("ALL", "DISTINCT")
        _select(cursor)
        if cursor.word() in _SETS:
            cursor.refuse("the engine joins two SELECTs, not three", cursor.here())
    if cursor.take("ORDER", "BY"):
        while True:
            node = parse_expression(cursor)
            if node.shape is not Shape.COLUMN:
                cursor.refuse("ORDER BY takes column names only", node.span)
            cursor.take_any("ASC", "DESC")
            cursor.take("NULLS", "FIRST") or cursor.take("NULLS", "LAST")
            if not cursor.take(","):
                break
    if cursor.take("LIMIT"):
        parse_expression(cursor)
    if cursor.take("OFFSET"):
        parse_expression(cursor)
        cursor.take_any("ROW", "ROWS")
    cursor.take("FOR", "UPDATE") or cursor.take("FOR", "SHARE")
    cursor.finish()


def _select(cursor: Cursor) -> None:
    start = cursor.expect("SELECT", what="`SELECT`")
    cursor.depth = 1
    cursor.take_any("ALL", "DISTINCT")
    if cursor.take("TOP") and cursor.kind() is not Kind.NUMBER:
        cursor.expected("a number behind TOP")
    _items(cursor)
    if not cursor.take("FROM"):
        if not cursor.done:
            cursor.expected("`FROM`")
        cursor.refuse("the engine reads exactly one table, and none is named", start)
    table_factor(cursor)
    if cursor.sees(","):
        cursor.refuse("the engine reads exactly one table in FROM", cursor.here(), "write JOIN … ON …")
    _joins(cursor)
    if cursor.take("WHERE"):
        condition(cursor, _without_subqueries(parse_expression(cursor)))
    if cursor.take("GROUP", "BY"):
        expressions(cursor)
    if cursor.take("HAVING"):
        parse_expression(cursor)


def _joins(cursor: Cursor) -> None:
    while cursor.word() in _JOINS:
        crossed = cursor.sees("CROSS")
        while cursor.take_any(*_JOINS, "OUTER"):
            pass
        table_factor(cursor)
        if cursor.take("ON"):
            parse_expression(cursor)
        elif cursor.take("USING"):
            cursor.names()
        elif not crossed:
            cursor.expected("`ON`")


def _without_subqueries(node: Node) -> Node:
    """A SELECT may ask sub-queries, which UPDATE and DELETE can't: they are replaced by what every WHERE takes."""
    if node.shape in {Shape.IN_QUERY, Shape.EXISTS}:
        column = Node(Shape.COLUMN, node.span)
        return Node(Shape.IS_NULL, node.span, parts=(column,))
    if node.shape is Shape.NESTED or (node.shape is Shape.BINARY and node.name in {"AND", "OR"}):
        parts = tuple(_without_subqueries(part) for part in node.parts)
        return Node(node.shape, node.span, node.name, parts)
    return node


def _items(cursor: Cursor) -> None:
    if cursor.sees("FROM"):
        cursor.expected("an expression")
    while True:
        if not cursor.take("*"):
            node = parse_expression(cursor)
            if cursor.sees(".", "*"):
                cursor.refuse("SELECT takes no `t.*`", node.span, "write `*`, or the columns")
            if node.shape is Shape.BINARY and node.name != "||":
                cursor.refuse("SELECT computes nothing", node.span)
            if node.shape in {
                Shape.NUMBER,
                Shape.STRING,
                Shape.NULL,
                Shape.BOOLEAN,
                Shape.OTHER_LITERAL,
                Shape.BARE_CALL,
            }:
                cursor.refuse("SELECT takes no literal as a column", node.span)
            if cursor.take("AS") or (cursor.kind() is Kind.WORD and cursor.word() not in COLUMN_ALIAS_STOPS):
                cursor.name("an alias")
        if not cursor.take(","):
            break
