"""INSERT and REPLACE."""

from __future__ import annotations

from typing import Final

from kmblint.schema.changes import InsertRows
from kmblint.schema.parts import Assignment, Clause, Name, OnConflict, Row
from kmblint.schema.predicate import Query
from kmblint.sql import dialect
from kmblint.sql.lower_predicates import predicate
from kmblint.sql.lower_rows import or_clause, read_assignments, with_clause
from kmblint.sql.lower_values import value
from kmblint.sql.reader import NotSqlError, Reader, items
from kmblint.sql.words import QUERY_WORDS
from kmblint.text import Span

_INSERT_WORDS: Final = ("AS", "DEFAULT", "VALUES", "VALUE", "SELECT", "SET", "OVERRIDING", "WITH", "TABLE")


def insert(reader: Reader, text: str, span: Span) -> InsertRows:
    """Reads INSERT or REPLACE from its first word; raises NotSqlError."""
    clauses = with_clause(reader)
    replace = reader.take("REPLACE") is not None
    ignore = False
    if not replace:
        reader.need("INSERT")
        if noted := or_clause(reader) or _flag(reader):
            clauses.append(noted)
            ignore = noted.keyword in ("OR IGNORE", "IGNORE")
            replace = noted.keyword == "OR REPLACE"
    table = _table(reader)
    at = reader.at
    if reader.take("AS"):
        reader.name("an alias")
        clauses.append(Clause("AS", reader.since(at)))
    columns: tuple[Name, ...] | None = None
    if reader.take("(", ")"):
        columns = ()
    elif reader.sees("(") and reader.peek(1).upper not in QUERY_WORDS:
        columns = reader.names()
    if overriding := reader.take("OVERRIDING", "SYSTEM", "VALUE") or reader.take("OVERRIDING", "USER", "VALUE"):
        clauses.append(Clause("OVERRIDING", overriding))
    rows: tuple[Row, ...] = ()
    query: Query | None = None
    default = reader.take("DEFAULT", "VALUES") is not None
    if default:
        pass
    elif reader.take("VALUES") or reader.take("VALUE"):
        rows = _rows(reader, text)
    elif reader.sees("SET"):
        pairs = read_assignments(reader, text)
        columns = tuple(each.column for each in pairs)
        rows = (Row(tuple(each.value for each in pairs), pairs[0].span.to(pairs[-1].span)),)
    elif reader.peek().upper in ("SELECT", "WITH", "TABLE", "("):
        query = _inserted_query(reader, text)
    else:
        raise reader.expected(("VALUES", "SELECT", "DEFAULT"))
    on_conflict, more = _on_conflict(reader, text)
    clauses += more
    at = reader.at
    if reader.take("RETURNING"):
        reader.rest()
        clauses.append(Clause("RETURNING", reader.since(at)))
    reader.finish("the end of the statement", "ON", "RETURNING")
    return InsertRows(table, columns, rows, span, on_conflict, query, ignore, replace, default, tuple(clauses))


def _flag(reader: Reader) -> Clause | None:
    token = reader.peek()
    return Clause(token.upper, token.span) if reader.take_any("IGNORE", "OVERWRITE") else None


def _table(reader: Reader) -> Name:
    """The table; INTO may be left out, but not misspelt."""
    into = reader.take("INTO")
    table = reader.dotted("a table name")
    if not into and reader.takes_name() and reader.peek().upper not in _INSERT_WORDS:
        reader.at -= 1
        raise reader.expected(("INTO",))
    return table


def _rows(reader: Reader, text: str) -> tuple[Row, ...]:
    rows: list[Row] = []
    while True:
        at = reader.at
        reader.take("ROW")
        inside = reader.group()
        closing = reader.tokens[reader.at - 1].start
        values = tuple(value(item.tokens, text, item.end) for item in items(inside, closing)) if inside else ()
        rows.append(Row(values, reader.since(at)))
        if not reader.take(","):
            return tuple(rows)
        if reader.done:
            reader.at -= 1
            raise NotSqlError("nothing follows this comma", reader.peek().span, "remove the comma")


def _inserted_query(reader: Reader, text: str) -> Query:
    start = reader.at
    depth = 0
    while not reader.done:
        if depth == 0 and (reader.sees("ON", "CONFLICT") or reader.sees("ON", "DUPLICATE") or reader.sees("RETURNING")):
            break
        upper = reader.peek().upper
        depth += (upper == "(") - (upper == ")")
        reader.at += 1
    tokens = reader.tokens[start : reader.at]
    if tokens[0].upper == "TABLE":
        table = Reader(tokens[1:], tokens[0].end).dotted("a table name")
        return Query((table.text,), reader.since(start))
    return dialect.query(tokens, text, reader.since(start))


def _on_conflict(reader: Reader, text: str) -> tuple[OnConflict | None, list[Clause]]:
    start = reader.at
    if reader.take("ON", "DUPLICATE", "KEY", "UPDATE"):
        reader.rest()
        return None, [Clause("ON DUPLICATE KEY UPDATE", reader.since(start))]
    if not reader.take("ON"):
        return None, []
    reader.need("CONFLICT")
    columns: tuple[Name, ...] = ()
    constraint: Name | None = None
    where = False
    if reader.sees("("):
        columns = _target(reader)
        if reader.take("WHERE"):
            where = True
            reader.until("DO")
    elif reader.take("ON", "CONSTRAINT"):
        constraint = reader.name("a constraint name")
    reader.need("DO")
    assignments: tuple[Assignment, ...] = ()
    changes = reader.take("UPDATE") is not None
    if changes:
        assignments = read_assignments(reader, text)
        if reader.take("WHERE"):
            where = True
            tokens = reader.until("RETURNING")
            predicate(tokens, text, reader.peek().start)
    else:
        reader.need("NOTHING")
    return OnConflict(reader.since(start), columns, changes, assignments, constraint, where), []


def _target(reader: Reader) -> tuple[Name, ...]:
    """The columns of ON CONFLICT's target; an expression in it is read past, and no column."""
    inside = reader.group()
    parts = items(inside, reader.tokens[reader.at - 1].start) if inside else []
    return tuple(part.name() for part in parts if part.takes_name() and len(part.tokens) == 1)
