"""SELECT, well enough to say whether it runs (areas statement, keyword-table, keyword-column)."""

from __future__ import annotations

import re
from typing import Final

from kmblint.sql.tree import Node, Shape
from kmblint.targets.kimberlite.fold import Fold
from kmblint.targets.kimberlite.forms_where import condition
from kmblint.text import Span

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_SETS: Final = ("UNION", "INTERSECT", "EXCEPT", "MINUS")
_LITERALS: Final = frozenset(
    {Shape.NUMBER, Shape.STRING, Shape.NULL, Shape.BOOLEAN, Shape.OTHER_LITERAL, Shape.BARE_CALL}
)


def query(fold: Fold, root: Node) -> None:
    """SELECT … , alone or two of them joined by UNION, INTERSECT or EXCEPT, and the time that it asks for."""
    when = root.child("AS OF")
    if when and when.text and not _TIME.fullmatch(when.text):
        fold.refuse("AS OF takes a time in full, with its zone", when.span, "write it as '2026-01-31T00:00:00Z' is")
    if stumble := root.child("stumble"):
        fold.expected("something else", stumble)
        return
    _select(fold, root)
    more = tuple(root.all(*_SETS))
    for part in more[:1]:
        _select(fold, part.parts[0])
    if len(more) > 1:
        fold.refuse("the engine joins two SELECTs, not three", fold.first_words(more[1].span, 1))
    for order in root.all("ORDER BY"):
        for part in order.parts:
            if part.kind is not Shape.COLUMN:
                fold.refuse("ORDER BY takes column names only", part.span)


def _select(fold: Fold, node: Node) -> None:
    items = next(node.all("SELECT"))
    for item in items.parts:
        if item.kind == "item":
            _item(fold, item)
    tables = tuple(node.all("table"))
    if not tables:
        fold.refuse("the engine reads exactly one table, and none is named", fold.first_words(items.span, 1))
    if len(tables) > 1:
        fold.refuse("the engine reads exactly one table in FROM", fold.before(tables[1].span).span,
                    "write JOIN … ON …")  # fmt: skip
    for join in node.all("JOIN"):
        if missing := join.child("no condition"):
            fold.expected("`ON`", missing)
    for where in node.all("WHERE"):
        if not fold.unread(where.parts[0]):
            condition(fold, _without_subqueries(where.parts[0]))


def _without_subqueries(node: Node) -> Node:
    """A SELECT may ask sub-queries, which UPDATE and DELETE can't: they are replaced by what every WHERE takes."""
    if node.kind in {Shape.IN_QUERY, Shape.EXISTS}:
        return Node(Shape.IS_NULL, node.span, parts=(Node(Shape.COLUMN, node.span),))
    if node.kind is Shape.NESTED or (node.kind is Shape.BINARY and node.text in {"AND", "OR"}):
        return Node(node.kind, node.span, node.text, tuple(map(_without_subqueries, node.parts)))
    return node


def _item(fold: Fold, item: Node) -> None:
    if item.text == "*":
        qualifier = Span(item.span.start, item.span.end - 2)
        fold.refuse("SELECT takes no `t.*`", qualifier, "write `*`, or the columns")
        return
    node = item.parts[0]
    if fold.unread(node):
        return
    if node.kind is Shape.BINARY and node.text != "||":
        fold.refuse("SELECT computes nothing", node.span)
    if node.kind in _LITERALS:
        fold.refuse("SELECT takes no literal as a column", node.span)
