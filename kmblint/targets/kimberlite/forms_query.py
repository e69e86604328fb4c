"""SELECT, well enough to say whether it runs (areas statement, keyword-table, keyword-column)."""

from __future__ import annotations

import re
from typing import Final

from kmblint.sql.tree import Node, Shape
from kmblint.sql.words import SETS
from kmblint.targets.kimberlite.fold import Fold
from kmblint.targets.kimberlite.forms_where import condition
from kmblint.text import Span

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_LITERALS: Final = frozenset(
    {Shape.NUMBER, Shape.STRING, Shape.NULL, Shape.BOOLEAN, Shape.OTHER_LITERAL, Shape.BARE_CALL}
)
_COMPUTED: Final = frozenset({Shape.NESTED, Shape.UNARY, Shape.IS_NULL, Shape.SUBQUERY})


def query(fold: Fold, root: Node) -> None:
    """SELECT … , alone or two of them joined by UNION, INTERSECT or EXCEPT, and the time that it asks for."""
    when = root.child("AS OF")
    if when and when.text and not _TIME.fullmatch(when.text):
        fold.refuse("AS OF takes a time in full, with its zone", when.span, "write it as '2026-01-31T00:00:00Z' is")
    if clause := root.child("WITH"):
        fold.refuse_clause(clause, "the engine reads no WITH", "ask the tables themselves")
    if stumble := root.child("stumble"):
        fold.expected("something else", stumble)
        return
    _select(fold, root)
    more = tuple(root.all(*SETS))
    for part in more[:1]:
        _select(fold, part.parts[0])
    if len(more) > 1:
        fold.refuse_clause(more[1], "the engine joins two SELECTs, not three")
    for order in root.all("ORDER BY"):
        for part in order.parts:
            if part.kind is not Shape.COLUMN:
                fold.refuse("ORDER BY takes column names only", part.span)


def _select(fold: Fold, node: Node) -> None:
    items = next(node.all("SELECT"))
    for item in items.parts:
        if item.kind == "item":
            _item(fold, item)
            if item.text != "*" and item.parts[0].kind is Shape.CASE:
                _case(fold, item, items)
    tables = tuple(node.all("table"))
    if not tables:
        fold.refuse_clause(items, "the engine reads exactly one table, and none is named")
    if len(tables) > 1:
        fold.refuse("the engine reads exactly one table in FROM", fold.before(tables[1].span).span,
                    "write JOIN … ON …")  # fmt: skip
    _joins(fold, tables, tuple(node.all("JOIN")))
    for where in node.all("WHERE"):
        if not fold.unread(where.parts[0]):
            condition(fold, _without_subqueries(fold, where.parts[0]))
    for group in node.all("GROUP BY"):
        for part in group.parts:
            if part.kind is not Shape.COLUMN:
                fold.refuse("GROUP BY takes column names only", part.span)
    for having in node.all("HAVING"):
        _having(fold, having.parts[0])


def _joins(fold: Fold, tables: tuple[Node, ...], joins: tuple[Node, ...]) -> None:
    names = {table.parts[0].text for table in tables}
    for number, join in enumerate(joins):
        table, *conditions = join.parts
        first = fold.first_words(join.span, 1)
        if missing := join.child("no condition"):
            fold.expected("`ON`", missing)
        elif number or (conditions and table.parts[0].text in names):
            fold.refuse("the engine joins two tables, and none with itself", first)
        elif fold.before(Span(first.end, first.end)).upper == "NATURAL":
            fold.refuse("the engine makes no NATURAL JOIN", first, "write JOIN … ON …")
        elif conditions and conditions[0].kind != Shape.NAME and not _compares_columns(conditions[0]):
            fold.refuse("ON takes a comparison of two columns", conditions[0].span)


def _compares_columns(node: Node) -> bool:
    if node.kind is Shape.BINARY and node.text == "AND":
        return all(map(_compares_columns, node.parts))
    return node.kind is Shape.BINARY and all(part.kind is Shape.COLUMN for part in node.parts)


def _having(fold: Fold, node: Node) -> None:
    """Comparisons of an aggregate with a literal, joined by AND (area select-having)."""
    if node.kind is Shape.BINARY and node.text == "AND":
        for part in node.parts:
            _having(fold, part)
    elif node.kind is Shape.NESTED:
        _having(fold, node.parts[0])
    elif not (
        node.kind is Shape.BINARY
        and node.text in {"=", "<", "<=", ">", ">="}
        and node.parts[0].kind is Shape.CALL
        and node.parts[1].kind is not Shape.COLUMN
    ):
        fold.refuse("HAVING takes comparisons of an aggregate with a literal, joined by AND", node.span)


def _without_subqueries(fold: Fold, node: Node) -> Node:
    """A SELECT may ask sub-queries, which UPDATE and DELETE can't: they are replaced by what every WHERE takes."""
    if node.kind in {Shape.IN_QUERY, Shape.EXISTS}:
        for inner in node.all(Shape.QUERY):
            _subquery(fold, inner)
        return Node(Shape.IS_NULL, node.span, parts=(Node(Shape.COLUMN, node.span),))
    if node.kind is Shape.NESTED or (node.kind is Shape.BINARY and node.text in {"AND", "OR"}):
        parts = tuple(_without_subqueries(fold, part) for part in node.parts)
        return Node(node.kind, node.span, node.text, parts)
    return node


def _subquery(fold: Fold, node: Node) -> None:
    """One SELECT: the engine takes neither VALUES nor two that are joined (engine 0.9.1)."""
    if stumble := node.child("stumble"):
        fold.expected("something else", stumble)
        return
    _select(fold, node)
    if joined := next(node.all(*SETS), None):
        fold.refuse_clause(joined, "the engine reads one SELECT in a sub-query")


def _item(fold: Fold, item: Node) -> None:
    if item.text == "*":
        qualifier = Span(item.span.start, item.span.end - 2)
        fold.refuse("SELECT takes no `t.*`", qualifier, "write `*`, or the columns")
        return
    node = item.parts[0]
    if fold.unread(node):
        return
    if node.kind in _COMPUTED or (node.kind is Shape.BINARY and node.text != "||"):
        fold.refuse("SELECT computes nothing", node.span)
    if node.kind in _LITERALS:
        fold.refuse("SELECT takes no literal as a column", node.span)


def _case(fold: Fold, item: Node, items: Node) -> None:
    """A CASE needs an alias, and the columns that it names among those that are read (area select-case)."""
    read = [part.parts[0] for part in items.parts if part.kind == "item" and part.text != "*"]
    whole = any(part.kind == "*" for part in items.parts) or any(node.kind is Shape.CALL for node in read)
    named = {node.text for node in read if node.kind is Shape.COLUMN}
    if len(item.parts) == 1 or not (
        whole or named.issuperset(part.text for part in item.parts[0].walk() if part.kind is Shape.COLUMN)
    ):
        fold.refuse("SELECT takes a CASE only with an alias, and beside the columns that it names", item.span)
