"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from typing import Final

from kmblint.schema.changes import Assignment, Clause, DeleteRows, InsertRows, Name, OnConflict, Row, UpdateRows
from kmblint.schema.predicate import Predicate, Query
from kmblint.sql import dialect
from kmblint.sql.lower_values import predicate, value
from kmblint.sql.reader import NotSql, Reader, items
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.words import COMPARISONS, QUERY_WORDS
from kmblint.text import Span

_ENDS: Final = frozenset({"WHERE", "FROM", "USING", "ORDER", "LIMIT", "OFFSET", "RETURNING", "FOR", "GROUP", "FETCH"})
_JOINS: Final = ("INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "JOIN")
_BEFORE_OPERANDS: Final = frozenset(
    {"WHERE", "AND", "OR", "NOT", "SET", "BY", "BETWEEN", "LIKE", "IN", "ON", "DISTINCT"}
)


def insert(reader: Reader, text: str, span: Span) -> InsertRows:
    """Reads INSERT or REPLACE from its first word; raises NotSql."""
    clauses = _with(reader)
    replace = reader.take("REPLACE") is not None
    ignore = False
    if not replace:
        reader.need("INSERT")
        if conflict := _or(reader):
            ignore, replace = conflict.keyword == "OR IGNORE", conflict.keyword == "OR REPLACE"
            clauses.append(conflict)
        elif ignoring := reader.take("IGNORE"):
            ignore = True
            clauses.append(Clause("IGNORE", ignoring))
        elif overwriting := reader.take("OVERWRITE"):
            clauses.append(Clause("OVERWRITE", overwriting))
    reader.take("INTO")
    table = reader.dotted("a table name")
    if alias := _alias(reader, "DEFAULT", "VALUES", "SELECT", "SET", "OVERRIDING", "WITH", "VALUE"):
        clauses.append(Clause("AS", alias[1]))
    columns: tuple[Name, ...] | None = None
    if reader.take("(", ")"):
        columns = ()
    elif reader.sees("(") and reader.peek(1).upper not in QUERY_WORDS:
        columns = reader.names()
    if overriding := reader.take("OVERRIDING", "SYSTEM", "VALUE") or reader.take("OVERRIDING", "USER", "VALUE"):
        clauses.append(Clause("OVERRIDING", overriding))
    rows: tuple[Row, ...] = ()
    query: Query | None = None
    default = False
    if reader.take("DEFAULT", "VALUES"):
        default = True
    elif reader.take("VALUES") or reader.take("VALUE"):
        rows = _rows(reader, text)
    elif reader.sees("SET"):
        assignments = _set(reader, text)
        columns = tuple(each.column for each in assignments)
        rows = (Row(tuple(each.value for each in assignments), assignments[0].span.to(assignments[-1].span)),)
    elif reader.peek().upper in ("SELECT", "WITH", "TABLE", "("):
        query = _inserted_query(reader, text)
    else:
        reader.fail(("VALUES", "SELECT", "DEFAULT"))
    on_conflict, more = _on_conflict(reader, text)
    clauses += more
    while not reader.done:
        at = reader.at
        if not reader.take("RETURNING"):
            reader.fail(("`,`", "the end of the statement", "ON", "RETURNING"))
        reader.rest()
        clauses.append(Clause("RETURNING", reader.since(at)))
    return InsertRows(table, columns, rows, span, on_conflict, query, ignore, replace, default, tuple(clauses))


def update(reader: Reader, text: str, span: Span) -> UpdateRows:
    """Reads UPDATE from its first word; raises NotSql."""
    clauses = _with(reader)
    reader.need("UPDATE")
    clauses += [conflict] if (conflict := _or(reader)) else []
    clauses += _flags(reader, "ONLY", "LOW_PRIORITY", "IGNORE", before="SET")
    table = reader.dotted("a table name")
    alias = _alias(reader, "SET", *_JOINS)
    joined = list(_joins(reader, clauses))
    assignments = _set(reader, text)
    where, limit, tables = _tail(reader, text, clauses)
    return UpdateRows(
        table, assignments, where, span, alias[0] if alias else None, limit, (*joined, *tables), tuple(clauses)
    )


def delete(reader: Reader, text: str, span: Span) -> DeleteRows:
    """Reads DELETE from its first word; raises NotSql."""
    clauses = _with(reader)
    reader.need("DELETE")
    clauses += _flags(reader, "LOW_PRIORITY", "QUICK", "IGNORE", before="FROM")
    named: Name | None = None
    if not reader.sees("FROM"):
        named = reader.dotted("FROM")
        if reader.done or not reader.sees("FROM"):
            _check_from(reader, named)
    reader.take("FROM")
    clauses += _flags(reader, "ONLY", before="")
    table = reader.dotted("a table name")
    alias = _alias(reader, *_ENDS, *_JOINS)
    joined = list(_joins(reader, clauses))
    where, limit, tables = _tail(reader, text, clauses)
    return DeleteRows(table, where, span, alias[0] if alias else None, limit, (*joined, *tables), tuple(clauses))


def _check_from(reader: Reader, named: Name) -> None:
    """Goes back to the name: some databases, and Kimberlite, let FROM be left out, but not with a misspelt FROM."""
    if reader.takes_name() and reader.peek().upper not in _ENDS and reader.peek(1).text not in COMPARISONS:
        reader.at -= 1
        reader.fail(("FROM",))
    reader.at = next(index for index, token in enumerate(reader.tokens) if token.start == named.span.start)


def _with(reader: Reader) -> list[Clause]:
    """WITH … before the statement, read past."""
    at = reader.at
    if not reader.take("WITH"):
        return []
    reader.until("INSERT", "UPDATE", "DELETE", "REPLACE")
    return [Clause("WITH", reader.since(at))]


def _or(reader: Reader) -> Clause | None:
    at = reader.at
    if not reader.take("OR"):
        return None
    word = reader.take_any("IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK")
    if word is None:
        reader.fail(("IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK"))
    return Clause(f"OR {word}", reader.since(at))


def _flags(reader: Reader, *words: str, before: str) -> list[Clause]:
    """Flag words that a table's name follows; a table of that name itself is left alone."""
    found: list[Clause] = []
    while reader.peek().upper in words and reader.takes_name(1) and reader.peek(1).upper not in ("SET", "WHERE", "AS"):
        token = reader.step()
        found.append(Clause(token.upper, token.span))
    if before == "FROM" and reader.peek().upper in words and reader.sees("FROM", ahead=1):
        token = reader.step()
        found.append(Clause(token.upper, token.span))
    return found


def _alias(reader: Reader, *ends: str) -> tuple[str, Span] | None:
    at = reader.at
    if reader.take("AS"):
        return reader.name("an alias").text, reader.since(at)
    token = reader.peek()
    if not reader.takes_name() or token.upper in ends:
        return None
    reader.step()
    return token.value, token.span


def _joins(reader: Reader, clauses: list[Clause]) -> tuple[Name, ...]:
    """JOIN … ON … before SET or WHERE, and MySQL's further tables; each becomes a clause."""
    found: list[Name] = []
    while reader.sees(",") or reader.peek().upper in _JOINS:
        at = reader.at
        while reader.take_any(*_JOINS, "OUTER") or reader.take(","):
            pass
        found.append(reader.dotted("a table name"))
        reader.until("SET", "WHERE", ",", *_JOINS, "ORDER", "LIMIT", "RETURNING")
        clauses.append(Clause("JOIN", reader.since(at)))
    return tuple(found)


def _set(reader: Reader, text: str) -> tuple[Assignment, ...]:
    reader.need("SET")
    found: list[Assignment] = []
    while True:
        at = reader.at
        if reader.sees("("):
            columns: tuple[Name, ...] = reader.names()
        else:
            columns = (reader.dotted("a column name"),)
        if not (reader.take("=") or reader.take(":=") or reader.take("==")):
            reader.fail(("`=`",))
        start = reader.at
        _until_end(reader, comma=True)
        tokens = reader.tokens[start : reader.at]
        read = value(tokens, text, reader.peek().start)
        for column in columns:
            qualifier, _, last = column.text.rpartition(".")
            inner = (
                Span(column.span.end - len(last), column.span.end) if qualifier and not column.quoted else column.span
            )
            found.append(Assignment(Name(last, inner, column.quoted), read, reader.since(at), qualifier or None))
        if not reader.take(","):
            return tuple(found)


def _until_end(reader: Reader, *, comma: bool = False) -> None:
    """Goes to the next clause outside brackets and CASE; a keyword where an operand must stand is a column's name."""
    depth = cases = 0
    first = reader.at
    while not reader.done:
        token = reader.peek()
        upper = token.upper
        operand = reader.at == first or _expects_operand(reader.tokens[reader.at - 1])
        if depth == 0 and cases == 0 and not operand and (upper in _ENDS or (comma and upper == ",")):
            if not (upper in _ENDS and reader.at > first and reader.tokens[reader.at - 1].upper == "DISTINCT"):
                return
        if upper == "CASE" and operand and reader.peek(1).text not in COMPARISONS:
            cases += 1
        elif upper == "END" and cases:
            cases -= 1
        depth += (upper in ("(", "[")) - (upper in (")", "]"))
        reader.at += 1


def _expects_operand(token: Token) -> bool:
    if token.kind is Kind.SYMBOL:
        return token.text not in (")", "]", "*") or token.text == "*"
    return token.upper in _BEFORE_OPERANDS


def _tail(reader: Reader, text: str, clauses: list[Clause]) -> tuple[Predicate | None, int | None, tuple[Name, ...]]:
    """What follows SET or the table: WHERE, and the clauses beside it in any order."""
    where: Predicate | None = None
    limit: int | None = None
    joined: list[Name] = []
    while not reader.done:
        at = reader.at
        if where is None and reader.take("WHERE"):
            start = reader.at
            _until_end(reader)
            if start == reader.at:
                reader.fail(("a condition",))
            where = predicate(reader.tokens[start : reader.at], text, reader.peek().start)
            continue
        word = reader.peek().upper
        if reader.take("LIMIT"):
            if reader.done:
                reader.fail(("a number",))
            token = reader.peek()
            limit = int(token.text) if token.text.isdecimal() else None
            _until_end(reader)
            keyword = "LIMIT"
        elif reader.take("ORDER"):
            reader.need("BY")
            _until_end(reader)
            keyword = "ORDER BY"
        elif reader.take_any("FROM", "USING"):
            keyword = word
            joined += _from(reader)
        elif word in _JOINS:
            joined += _joins(reader, clauses)
            continue
        elif word in _ENDS and word != "WHERE":
            reader.step()
            _until_end(reader)
            keyword = word
        else:
            reader.fail(("the end of the statement", "WHERE", "LIMIT", "ORDER", "RETURNING", "FROM"))
        clauses.append(Clause(keyword, reader.since(at)))
    return where, limit, tuple(joined)


def _from(reader: Reader) -> tuple[Name, ...]:
    """The tables of FROM or USING, whatever joins them."""
    found: list[Name] = []
    expects = True
    while not reader.done and reader.peek().upper not in ("WHERE", "RETURNING", "ORDER", "LIMIT"):
        if expects and reader.sees("("):
            reader.group()
            expects = False
        elif expects:
            reader.take_any("ONLY", "LATERAL")
            found.append(reader.dotted("a table name"))
            expects = False
        elif reader.sees("("):
            reader.group()
        else:
            token = reader.step()
            expects = token.upper in (",", "JOIN")
    if expects:
        reader.fail(("a table name",))
    return tuple(found)


def _rows(reader: Reader, text: str) -> tuple[Row, ...]:
    rows: list[Row] = []
    while True:
        at = reader.at
        reader.take("ROW")
        inside = reader.group()
        closing = reader.tokens[reader.at - 1].start
        values = tuple(value(item.tokens, text, item_end(item)) for item in items(inside, closing)) if inside else ()
        rows.append(Row(values, reader.since(at)))
        if not reader.take(","):
            return tuple(rows)
        if reader.done:
            reader.at -= 1
            raise NotSql("nothing follows this comma", reader.peek().span, "remove the comma")


def item_end(item: Reader) -> int:
    """The offset behind a part."""
    return item.peek(len(item.tokens)).end


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
        table = Reader(tokens[1:]).dotted("a table name")
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
        assignments = _set(reader, text)
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
