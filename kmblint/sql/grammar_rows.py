"""INSERT, REPLACE, UPDATE and DELETE."""

from __future__ import annotations

from typing import Final

from kmblint.sql.expressions import literal, read_expression
from kmblint.sql.queries import read_joins, read_table, read_with
from kmblint.sql.reader import NotSqlError, Reader
from kmblint.sql.tree import Node, Shape
from kmblint.sql.words import COMPARISONS, JOINS, QUERY_WORDS

_CLAUSES: Final = ("WHERE", "FROM", "USING", "ORDER", "LIMIT", "OFFSET", "RETURNING", "FOR", "GROUP", "FETCH")
_ENDS: Final = frozenset(_CLAUSES)
_LIST_ENDS: Final = _ENDS | {","}
_ORDER_ENDS: Final = _LIST_ENDS | {"ASC", "DESC", "NULLS"}
_COMMA: Final = frozenset({","})
_CHOICES: Final = ("IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK")
_INSERT_WORDS: Final = ("AS", "DEFAULT", "VALUES", "VALUE", "SELECT", "SET", "OVERRIDING", "WITH", "TABLE")


def insert(reader: Reader) -> Node:
    """INSERT or REPLACE from its first word."""
    parts = _with(reader)
    kind = "REPLACE" if reader.take("REPLACE") else "INSERT"
    if kind == "INSERT":
        reader.need("INSERT")
        parts += _or(reader) or _insert_flags(reader)
    into = reader.take("INTO")
    for flag in ("LOCAL", "TABLE"):
        if reader.sees(flag) and reader.takes_name(1) and reader.peek(1).upper not in _INSERT_WORDS:
            parts.append(Node(flag, reader.step().span))
    parts.append(reader.dotted("a table name"))
    if not into and reader.takes_name() and reader.word not in _INSERT_WORDS:
        reader.at -= 1
        raise reader.expected(("INTO",))
    begin = reader.at
    if reader.take("AS"):
        parts.append(reader.node("AS", begin, reader.name("an alias")))
    begin = reader.at
    if reader.take("(", ")"):
        parts.append(reader.node("columns", begin))
    elif reader.sees("(") and reader.peek(1).upper not in QUERY_WORDS:
        parts.append(_columns(reader))
    begin = reader.at
    if reader.take("OVERRIDING", "SYSTEM", "VALUE") or reader.take("OVERRIDING", "USER", "VALUE"):
        parts.append(reader.node("OVERRIDING", begin))
    parts.append(_source(reader))
    parts += _behind_values(reader)
    reader.finish("the end of the statement", "ON", "RETURNING")
    return reader.node(kind, 0, *parts)


def _columns(reader: Reader) -> Node:
    """The columns of an INSERT: names, or parts of what a column holds."""
    begin = reader.at
    columns: list[Node] = []
    for item in reader.inside().items():
        columns.append(_element(item, dotted=False))
        item.finish(",")
    return reader.node("columns", begin, *columns)


def _insert_flags(reader: Reader) -> list[Node]:
    flags = reader.optional("REPLACE") if reader.sees("INTO", ahead=1) else []
    return [*reader.optional("IGNORE"), *flags, *reader.optional("OVERWRITE")]


def _source(reader: Reader) -> Node:
    begin = reader.at
    if reader.take("DEFAULT", "VALUES"):
        return reader.node("DEFAULT VALUES", begin)
    if reader.take("VALUES") or reader.take("VALUE"):
        reader.whole.depth += 1  # VALUES is a query to the engine's parser
        rows = _rows(reader)
        reader.whole.depth -= 1
        return reader.node("VALUES", begin, *rows)
    if reader.sees("SET"):
        return read_set(reader)
    if reader.word not in ("SELECT", "WITH", "TABLE", "("):
        raise reader.expected(("VALUES", "SELECT", "DEFAULT"))
    while not reader.done and not (
        reader.sees("ON", "CONFLICT") or reader.sees("ON", "DUPLICATE") or reader.sees("RETURNING")
    ):
        reader.skip()
    inside = reader.part(begin, reader.at)
    if inside.take("TABLE"):
        return Node(Shape.QUERY, reader.since(begin), "TABLE", (read_table(inside),))
    return reader.query(inside)


def _rows(reader: Reader) -> list[Node]:
    rows: list[Node] = []
    while True:
        begin = reader.at
        reader.take("ROW")
        row = reader.inside()
        values: list[Node] = []
        while not row.done:
            if row.word == ",":
                raise NotSqlError("nothing stands before this comma", row.peek().span, "remove the comma")
            values.append(literal(row) or read_expression(row, _COMMA))
            if (comma := row.take(",")) and row.done:
                raise NotSqlError("nothing follows this comma", comma, "remove the comma")
        rows.append(Node("row", reader.since(begin), parts=tuple(values)))
        if not (comma := reader.take(",")):
            return rows
        if reader.done:
            raise NotSqlError("nothing follows this comma", comma, "remove the comma")


def _behind_values(reader: Reader) -> list[Node]:
    parts = _tail(reader, ("ORDER", "LIMIT"))
    begin = reader.at
    if reader.take("ON", "DUPLICATE", "KEY", "UPDATE"):
        reader.rest()
        parts.append(reader.node("ON DUPLICATE KEY UPDATE", begin))
    elif reader.sees("ON"):
        parts.append(_on_conflict(reader))
    return parts + _tail(reader, ("RETURNING",))


def _on_conflict(reader: Reader) -> Node:
    start = reader.at
    reader.need("ON", "CONFLICT")
    parts: list[Node] = []
    begin = reader.at
    if reader.sees("("):
        inside = reader.inside()
        items = [read_expression(item, _ORDER_ENDS) for item in inside.items()] if not inside.done else []
        parts.append(reader.node("columns", begin, *items))
        begin = reader.at
        if reader.take("WHERE"):
            reader.until("DO")
            parts.append(reader.node("WHERE", begin))
    elif reader.take("ON", "CONSTRAINT"):
        parts.append(reader.node("ON CONSTRAINT", begin, reader.name("a constraint name")))
    reader.need("DO")
    begin = reader.at
    if not reader.take("UPDATE"):
        reader.need("NOTHING")
        return reader.node("ON CONFLICT", start, *parts, reader.node("NOTHING", begin))
    parts.append(read_set(reader))
    return reader.node("ON CONFLICT", start, *parts, *_tail(reader, ("WHERE",)), text="UPDATE")


def update(reader: Reader) -> Node:
    """UPDATE from its first word."""
    parts = _with(reader)
    reader.need("UPDATE")
    parts += _or(reader) + _flags(reader, "ONLY", "LOW_PRIORITY", "IGNORE", "REPLACE")
    parts.append(read_table(reader))
    parts += _joined(reader) + _tail(reader, ("FROM",))
    parts.append(read_set(reader))
    return reader.node("UPDATE", 0, *parts, *_tail(reader, _CLAUSES))


def delete(reader: Reader) -> Node:
    """DELETE from its first word; `FROM` and what stands before it are parts too."""
    parts = _with(reader)
    reader.need("DELETE")
    parts += _flags(reader, "LOW_PRIORITY", "QUICK", "IGNORE")
    begin = reader.at
    while not reader.sees("FROM") and reader.takes_name():
        start = reader.at
        parts.append(reader.node("target", start, reader.dotted("FROM")))
        if not reader.take(","):
            break
    if not reader.sees("FROM"):
        reader.at = begin
        parts = [part for part in parts if part.kind != "target"]
        _check_from(reader)
    parts += reader.optional("FROM")
    parts.append(read_table(reader))
    return reader.node("DELETE", 0, *parts, *_joined(reader), *_tail(reader, _CLAUSES))


def _check_from(reader: Reader) -> None:
    """Some databases let FROM be left out, but not with a misspelt FROM."""
    begin = reader.at
    reader.dotted("FROM")
    if reader.takes_name() and reader.word not in _ENDS and reader.peek(1).text not in COMPARISONS:
        reader.at -= 1
        raise reader.expected(("FROM",))
    reader.at = begin


def _with(reader: Reader) -> list[Node]:
    return [read_with(reader)] if reader.sees("WITH") else []


def _or(reader: Reader) -> list[Node]:
    begin = reader.at
    if not reader.take("OR"):
        return []
    word = reader.take_any(*_CHOICES)
    if not word:
        raise reader.expected(_CHOICES)
    return [reader.node(f"OR {word}", begin)]


def _flags(reader: Reader, *words: str) -> list[Node]:
    """Flag words that a table's name or FROM follows; a table of that name itself is left alone."""
    flags: list[Node] = []
    while reader.word in words and reader.takes_name(1) and reader.peek(1).upper not in ("SET", "WHERE", "AS"):
        flags.append(Node(reader.word, reader.step().span))
    return flags


def _joined(reader: Reader) -> list[Node]:
    """JOIN … ON … before SET or WHERE, and MySQL's further tables, which are a JOIN of no words."""
    joins: list[Node] = []
    while reader.sees(",") or reader.word in JOINS:
        begin = reader.at
        if reader.take(","):
            joins.append(reader.node("JOIN", begin, read_table(reader), text=","))
        else:
            joins += read_joins(reader)
    return joins


def _element(reader: Reader, *, dotted: bool = True) -> Node:
    """A column, or with what stands in brackets and behind dots, a part of what it holds."""
    begin = reader.at
    column = reader.dotted("a column name") if dotted else reader.name("a column name")
    if not reader.sees("["):
        return column
    while reader.sees("[") or reader.sees("."):
        if reader.take("."):
            reader.name("the name of a part")
        else:
            reader.skip()
    return reader.node("element", begin, column)


def read_set(reader: Reader) -> Node:
    """SET and its assignments: each of a name, or a list of names, and a value."""
    start = reader.at
    reader.need("SET")
    assignments: list[Node] = []
    while True:
        begin = reader.at
        target = reader.columns() if reader.sees("(") else _element(reader)
        if not (reader.take("=") or reader.take(":=") or reader.take("==")):
            raise reader.expected(("=",))
        assignments.append(reader.node("assignment", begin, target, read_expression(reader, _LIST_ENDS)))
        comma = reader.take(",")
        if not comma:
            return reader.node("SET", start, *assignments)
        if reader.done or (reader.sees("WHERE") and reader.peek(1).text not in ("=", ".")):
            raise NotSqlError("nothing follows this comma", comma, "remove the comma")


def _tail(reader: Reader, words: tuple[str, ...]) -> list[Node]:
    """The clauses that begin with one of these words, in any order; raises NotSqlError at anything else behind SET."""
    clauses: list[Node] = []
    while not reader.done:
        begin = reader.at
        word = reader.word
        if word not in words or (word == "WHERE" and any(node.kind == "WHERE" for node in clauses)):
            if words is _CLAUSES:
                raise reader.expected(
                    ("the end of the statement", "WHERE", "LIMIT", "ORDER", "RETURNING", "FROM", "ON", "SET")
                )
            return clauses
        reader.step()
        clauses.append(_clause(reader, begin, word))
    return clauses


def _clause(reader: Reader, begin: int, word: str) -> Node:
    match word:
        case "WHERE":
            if reader.sees("CURRENT", "OF"):
                start = reader.at
                reader.at += 2
                reader.name("a cursor")
                return reader.node("WHERE", begin, reader.node(Shape.OPAQUE, start, text="CURRENT OF"))
            return reader.node("WHERE", begin, read_expression(reader, _ENDS, "a condition"))
        case "LIMIT":
            if all_rows := reader.clause("ALL"):
                return reader.node("LIMIT", begin, all_rows)
            return reader.node("LIMIT", begin, read_expression(reader, _LIST_ENDS, "a number"), *_offset(reader))
        case "ORDER":
            reader.need("BY")
            return reader.node("ORDER BY", begin, *_ordered(reader))
        case "FROM" | "USING":
            tables = [read_table(reader), *read_joins(reader)]
            while reader.take(","):
                tables += (read_table(reader), *read_joins(reader))
            return reader.node(word, begin, *tables)
        case "RETURNING":
            return reader.node("RETURNING", begin, *_returned(reader))
        case _:
            while not reader.done and reader.word not in _ENDS:
                reader.skip()
            return reader.node(word, begin)


def _offset(reader: Reader) -> list[Node]:
    """MySQL's `LIMIT offset, count`."""
    return [read_expression(reader, _LIST_ENDS, "a number")] if reader.take(",") else []


def _ordered(reader: Reader) -> list[Node]:
    terms: list[Node] = []
    while True:
        terms.append(read_expression(reader, _ORDER_ENDS))
        reader.take_any("ASC", "DESC")
        if nulls := reader.clause("NULLS", "FIRST") or reader.clause("NULLS", "LAST"):
            terms.append(nulls)
        if not reader.take(","):
            return terms


_RETURNED_ENDS: Final = _LIST_ENDS | {"AS"}


def _returned(reader: Reader) -> list[Node]:
    items: list[Node] = []
    while True:
        begin = reader.at
        if star := reader.take("*"):
            items.append(Node("*", star))
        else:
            item = read_expression(reader, _RETURNED_ENDS)
            items.append(reader.node("AS", begin, item, reader.name("an alias")) if reader.take("AS") else item)
        if not reader.take(","):
            return items
