"""UPDATE and DELETE, and the parts that INSERT shares with them."""

from __future__ import annotations

from typing import Final

from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.parts import Assignment, Clause, Name
from kmblint.schema.predicate import Predicate
from kmblint.sql.lower_predicates import predicate
from kmblint.sql.lower_values import value
from kmblint.sql.reader import NotSqlError, Reader
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.words import COMPARISONS
from kmblint.text import Span

_ENDS: Final = frozenset({"WHERE", "FROM", "USING", "ORDER", "LIMIT", "OFFSET", "RETURNING", "FOR", "GROUP", "FETCH"})
_JOINS: Final = ("INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "JOIN")
_BEFORE_OPERANDS: Final = frozenset(
    {"WHERE", "AND", "OR", "NOT", "SET", "BY", "BETWEEN", "LIKE", "IN", "ON", "DISTINCT"}
)


def update(reader: Reader, text: str, span: Span) -> UpdateRows:
    """Reads UPDATE from its first word; raises NotSqlError."""
    clauses = with_clause(reader)
    reader.need("UPDATE")
    clauses += [conflict] if (conflict := or_clause(reader)) else []
    clauses += _flags(reader, "ONLY", "LOW_PRIORITY", "IGNORE", before="SET")
    table = reader.dotted("a table name")
    alias = _alias(reader, "SET", *_JOINS)
    joined = list(_joins(reader, clauses))
    changed = read_assignments(reader, text)
    where, limit, tables = _tail(reader, text, clauses)
    return UpdateRows(table, changed, where, span, alias, limit, (*joined, *tables), tuple(clauses))


def delete(reader: Reader, text: str, span: Span) -> DeleteRows:
    """Reads DELETE from its first word; raises NotSqlError."""
    clauses = with_clause(reader)
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
    return DeleteRows(table, where, span, alias, limit, (*joined, *tables), tuple(clauses))


def _check_from(reader: Reader, named: Name) -> None:
    """Goes back to the name: some databases, and Kimberlite, let FROM be left out, but not with a misspelt FROM."""
    if reader.takes_name() and reader.peek().upper not in _ENDS and reader.peek(1).text not in COMPARISONS:
        reader.at -= 1
        raise reader.expected(("FROM",))
    reader.at = next(index for index, token in enumerate(reader.tokens) if token.start == named.span.start)


def with_clause(reader: Reader) -> list[Clause]:
    """WITH … before the statement, read past."""
    at = reader.at
    if not reader.take("WITH"):
        return []
    reader.until("INSERT", "UPDATE", "DELETE", "REPLACE")
    return [Clause("WITH", reader.since(at))]


def or_clause(reader: Reader) -> Clause | None:
    at = reader.at
    if not reader.take("OR"):
        return None
    word = reader.take_any("IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK")
    if word is None:
        raise reader.expected(("IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK"))
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


def _alias(reader: Reader, *ends: str) -> str | None:
    if reader.take("AS") or (reader.takes_name() and reader.peek().upper not in ends):
        return reader.name("an alias").text
    return None


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


def read_assignments(reader: Reader, text: str) -> tuple[Assignment, ...]:
    reader.need("SET")
    found: list[Assignment] = []
    while True:
        at = reader.at
        if reader.sees("("):
            columns: tuple[Name, ...] = reader.names()
        else:
            columns = (reader.dotted("a column name"),)
        if not (reader.take("=") or reader.take(":=") or reader.take("==")):
            raise reader.expected(("=",))
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
        comma = reader.take(",")
        if not comma:
            return tuple(found)
        if reader.done or (reader.sees("WHERE") and reader.peek(1).text not in ("=", ".")):
            raise NotSqlError("nothing follows this comma", comma, "remove the comma")


def _until_end(reader: Reader, *, comma: bool = False) -> None:
    """Goes to the next clause outside brackets and CASE; a keyword where an operand must stand is a column's name."""
    depth = cases = 0
    first = reader.at
    while not reader.done:
        token = reader.peek()
        upper = token.upper
        operand = reader.at == first or _expects_operand(reader.tokens[reader.at - 1])
        if depth == 0 and cases == 0 and not operand and (upper in _ENDS or (comma and upper == ",")):
            return
        if upper == "CASE" and operand and reader.peek(1).text not in COMPARISONS:
            cases += 1
        elif upper == "END" and cases:
            cases -= 1
        depth += (upper in ("(", "[")) - (upper in (")", "]"))
        reader.at += 1


def _expects_operand(token: Token) -> bool:
    if token.kind is Kind.SYMBOL:
        return token.text not in (")", "]")
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
                raise reader.expected(("a condition",))
            where = predicate(reader.tokens[start : reader.at], text, reader.peek().start)
            continue
        word = reader.peek().upper
        if reader.take("LIMIT"):
            if reader.done:
                raise reader.expected(("a number",))
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
            raise reader.expected(("the end of the statement", "WHERE", "LIMIT", "ORDER", "RETURNING", "FROM"))
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
        raise reader.expected(("a table name",))
    return tuple(found)
