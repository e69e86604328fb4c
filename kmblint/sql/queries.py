"""Queries: SELECT with its clauses, sub-queries and common table expressions; what is odd goes through sqlglot."""

from __future__ import annotations

from typing import Final

from kmblint.sql import dialect
from kmblint.sql.expressions import expressions, parse_expression, read_expression
from kmblint.sql.reader import NotSqlError, Reader
from kmblint.sql.scanner import Kind
from kmblint.sql.tree import Node, Shape
from kmblint.sql.words import COLUMN_ALIAS_STOPS, JOINS, QUERY_WORDS, SETS, TABLE_ALIAS_STOPS

_BEHIND_JOINS: Final = TABLE_ALIAS_STOPS | {","}


def read_query(reader: Reader) -> Node:
    """The query that all tokens of a reader make; raises NotSqlError.

    One that only another database's parser reads has a part `stumble`, the first word that ours doesn't take.
    """
    whole = reader.whole
    start, kept = reader.at, (whole.depth, whole.deepest, whole.deepest_at)
    try:
        query = _query(reader)
        reader.finish()
    except NotSqlError as error:
        stumble = Node("stumble", error.span, reader.text[error.span.start : error.span.end])
        reader.at = start
        query = dialect.query(reader.rest().slice(), reader.text)
        query = Node(Shape.QUERY, query.span, parts=(*query.parts, stumble))
    if start:  # what a sub-query nests is no nesting of its statement
        whole.depth, whole.deepest, whole.deepest_at = kept
    return query


def _query(reader: Reader) -> Node:
    start = reader.at
    parts: list[Node] = []
    if reader.sees("WITH"):
        parts.append(read_with(reader))
    parts += _select(reader)
    while reader.word in SETS:
        begin = reader.at
        word = reader.step().upper
        reader.take_any("ALL", "DISTINCT")
        inner = reader.at
        more = tuple(_select(reader))
        parts.append(Node(word, reader.since(begin), parts=(Node(Shape.QUERY, reader.since(inner), parts=more),)))
    parts += _tail(reader)
    return Node(Shape.QUERY, reader.since(start), parts=tuple(parts))


def read_with(reader: Reader) -> Node:
    """WITH and its common table expressions; one that isn't a query is read past. Raises NotSqlError."""
    start = reader.at
    reader.need("WITH")
    reader.take("RECURSIVE")
    parts: list[Node] = []
    while True:
        begin = reader.at
        name = reader.name("a name")
        if reader.sees("("):
            reader.names()
        reader.need("AS")
        reader.take("NOT")
        reader.take("MATERIALIZED")
        inside = reader.inside()
        body = read_query(inside) if inside.word in QUERY_WORDS else Node(inside.word, inside.part_span())
        parts.append(Node("common table expression", reader.since(begin), parts=(name, body)))
        if not reader.take(","):
            return Node("WITH", reader.since(start), parts=tuple(parts))


def _select(reader: Reader) -> list[Node]:
    start = reader.at
    reader.need("SELECT")
    reader.whole.depth += 1  # a query is an expression to the engine's parser
    reader.take_any("ALL", "DISTINCT")
    if reader.take("TOP") and reader.step().kind is not Kind.NUMBER:
        raise reader.expected(("a number",))
    items = _items(reader)
    parts = [Node("SELECT", reader.since(start), parts=tuple(items))]
    begin = reader.at
    if reader.take("INTO"):
        for words in (("TEMPORARY", "TEMP"), ("UNLOGGED",), ("TABLE",)):
            if reader.takes_name(1):
                reader.take_any(*words)
        made = reader.dotted("a table name")
        parts.append(Node("INTO", reader.since(begin), made.text, parts=(made,)))
    if reader.take("FROM"):
        parts.append(read_table(reader))
        while reader.take(","):
            parts.append(read_table(reader))
        parts += read_joins(reader)
        for words in (("WHERE",), ("GROUP", "BY"), ("HAVING",)):
            begin = reader.at
            if reader.take(*words):
                inner = expressions(reader) if words[0] == "GROUP" else [parse_expression(reader)]
                parts.append(Node(" ".join(words), reader.since(begin), parts=tuple(inner)))
        if reader.take("QUALIFY"):
            parse_expression(reader)
        if reader.take("WINDOW"):
            _windows(reader)
    reader.whole.depth -= 1
    return parts


def _windows(reader: Reader) -> None:
    """`name AS (…), …` behind WINDOW."""
    while True:
        reader.name()
        reader.need("AS")
        reader.inside()
        if not reader.take(","):
            return


def _items(reader: Reader) -> list[Node]:
    if reader.sees("FROM"):
        raise reader.expected(("a value",))
    items: list[Node] = []
    while True:
        start = reader.at
        if star := reader.take("*"):
            items.append(Node("*", star))
        elif reader.takes_name() and reader.sees(".", "*", ahead=1):
            reader.at += 3
            items.append(Node("item", reader.since(start), "*"))
        else:
            parts = [parse_expression(reader)]
            if reader.take("AS") or (reader.takes_word() and reader.word not in COLUMN_ALIAS_STOPS):
                parts.append(reader.name())
            items.append(Node("item", reader.since(start), parts=tuple(parts)))
        if not reader.take(","):
            return items


def read_table(reader: Reader) -> Node:
    """A table or sub-query with its alias: the parts are a name or a query, and the alias."""
    start = reader.at
    parts: list[Node]
    if reader.word in ("TABLE", "LATERAL") and not reader.sees(".", ahead=1):
        raise reader.expected(("a table name",))
    flags: list[Node] = []
    if reader.sees("ONLY") and reader.takes_name(1) and reader.peek(1).upper not in TABLE_ALIAS_STOPS:
        flags = [Node("ONLY", reader.step().span)]
    if reader.sees("("):
        inside = reader.inside()
        query = reader.query(inside) if inside.word in QUERY_WORDS else read_table(inside)
        parts = [query]
    else:
        parts = [reader.dotted("a table name")]
        if reader.sees("("):
            reader.inside()
            parts = [Node(Shape.CALL, reader.since(start), parts[0].text)]
    parts += flags
    if reader.take("AS") or (reader.takes_name() and reader.word not in TABLE_ALIAS_STOPS):
        alias = reader.name("an alias")
        parts.append(Node("alias", alias.span, alias.text))
        if reader.sees("("):
            reader.names()
    return Node("table", reader.since(start), parts=tuple(parts))


def read_joins(reader: Reader) -> list[Node]:
    """JOIN … ON …, each with its table and its condition."""
    joins: list[Node] = []
    while reader.word in JOINS:
        start = reader.at
        crossed = reader.sees("CROSS") or reader.sees("NATURAL")
        while reader.take_any(*JOINS, "OUTER"):
            pass
        parts = [read_table(reader)]
        if reader.take("ON"):
            parts.append(read_expression(reader, _BEHIND_JOINS, "a condition"))
        elif reader.take("USING"):
            parts += reader.names()
        elif not crossed:
            parts.append(Node("no condition", reader.peek().span))
        joins.append(Node("JOIN", reader.since(start), parts=tuple(parts)))
    return joins


def read_order(reader: Reader) -> Node:
    """ORDER BY: the parts are the expressions."""
    start = reader.at
    reader.need("ORDER", "BY")
    parts: list[Node] = []
    while True:
        parts.append(parse_expression(reader))
        reader.take_any("ASC", "DESC")
        if reader.take("NULLS") and not reader.take_any("FIRST", "LAST"):
            raise reader.expected(("FIRST", "LAST"))
        if not reader.take(","):
            return Node("ORDER BY", reader.since(start), parts=tuple(parts))


def _tail(reader: Reader) -> list[Node]:
    clauses: list[Node] = []
    if reader.sees("ORDER"):
        clauses.append(read_order(reader))
    for word in ("LIMIT", "OFFSET"):
        begin = reader.at
        if reader.take(word):
            bound = parse_expression(reader)
            clauses.append(Node(word, reader.since(begin), parts=(bound,)))
            if word == "OFFSET":
                reader.take_any("ROW", "ROWS")
    if reader.take("FETCH"):
        reader.take_any("FIRST", "NEXT")
        if reader.peek().kind is Kind.NUMBER:
            reader.step()
            reader.take("PERCENT")
        reader.take_any("ROW", "ROWS")
        _ = reader.take("ONLY") or reader.take("WITH", "TIES")
    if reader.take("FOR", "UPDATE") or reader.take("FOR", "SHARE"):
        if reader.take("OF"):
            reader.dotted("a table name")
        _ = reader.take("NOWAIT") or reader.take("SKIP", "LOCKED")
    return clauses
