"""INSERT, UPDATE and DELETE, as the engine takes them (areas insert, insert-form, update, delete)."""

from __future__ import annotations

from typing import Final, NoReturn

from kmblint.findings import Applicability
from kmblint.sql.scanner import Kind
from kmblint.targets.kimberlite.expressions import expressions, parse_expression
from kmblint.targets.kimberlite.facts import TABLE_ALIAS_STOPS
from kmblint.targets.kimberlite.forms_where import condition, qualifiers, value
from kmblint.targets.kimberlite.nodes import Node, Shape
from kmblint.targets.kimberlite.tokens import NAMES, Cursor, Named
from kmblint.targets.verdict import (
    Crashes,
    IgnoredGuard,
    IgnoredJoin,
    IgnoredLimit,
    IgnoredOrder,
    IgnoredQualifier,
    QualifiedSet,
    Replacement,
)
from kmblint.text import Span

_JOINS: Final = frozenset({"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS"})
_VALUES_ONLY: Final = "INSERT takes VALUES only"
_PLAIN_TABLE: Final = "the engine keeps the quotes as part of the table's name in INSERT, and finds no such table"


def insert(cursor: Cursor) -> None:
    """What follows INSERT."""
    guard = cursor.here()
    if cursor.take("OR"):
        word = cursor.take_any("IGNORE", "REPLACE", "ROLLBACK", "ABORT", "FAIL") or cursor.expected("IGNORE or REPLACE")
        cursor.hazards.append(
            IgnoredGuard(f"OR {word}", cursor.since(guard), "a row whose key is there is refused all the same")
        )
    if cursor.sees("IGNORE"):
        cursor.refuse(
            "the engine has no INSERT IGNORE", cursor.here(), "write ON CONFLICT (the key) DO NOTHING behind VALUES"
        )
    cursor.take("OVERWRITE")
    cursor.take("INTO")
    cursor.take("LOCAL")
    cursor.take("TABLE")
    table = cursor.object_name("a table")
    if table.quoted:
        plain = table.text.replace(".", "").replace("_", "").isalnum()
        edits = (Replacement(table.span, table.text, "remove the quotes"),) if plain else ()
        cursor.refuse(_PLAIN_TABLE, table.span, "write the table without quotes", edits)
    if cursor.sees("AS"):
        cursor.refuse("INSERT takes no alias for its table", cursor.here(), "leave out the alias")
    if span := cursor.take("DEFAULT", "VALUES"):
        cursor.refuse(_VALUES_ONLY, span, "write the columns and their values")
    if cursor.sees("(") and cursor.word(1) not in {"SELECT", "WITH", "VALUES"}:
        cursor.names()
    if cursor.sees("SET"):
        cursor.refuse("the engine has no INSERT … SET", cursor.here(), "write (column, …) VALUES (value, …)")
    if cursor.word() not in {"VALUES", "VALUE"}:
        _refuse_source(cursor)
    _values(cursor)
    _on_conflict(cursor)
    returning(cursor)
    cursor.finish()


def _refuse_source(cursor: Cursor) -> NoReturn:
    if cursor.word() in {"SELECT", "WITH", "(", "TABLE"}:
        cursor.refuse(_VALUES_ONLY, cursor.here(), "write the rows out as literals, or copy them by a program")
    cursor.expected("`VALUES`")


def _values(cursor: Cursor) -> None:
    cursor.at += 1
    cursor.depth += 1  # VALUES is a query to the parser
    while True:
        cursor.take("ROW")
        cursor.expect("(", what="`(`")
        while True:
            if cursor.sees(")") or cursor.done:
                cursor.expected("an expression")
            node = _quick_literal(cursor) or parse_expression(cursor)
            value(cursor, node, "VALUES")
            if not cursor.take(","):
                break
        cursor.expect(")", what="`,` or `)`")
        if not cursor.take(","):
            break
    if cursor.take("ORDER", "BY"):
        expressions(cursor)
    if cursor.take("LIMIT"):
        parse_expression(cursor)
    cursor.depth -= 1


def _quick_literal(cursor: Cursor) -> Node | None:
    """A lone text, number or NULL followed by `,` or `)`: nearly every value of a long INSERT."""
    if cursor.word(1) not in {",", ")"}:
        return None
    token = cursor.peek()
    if token is None or token.kind not in {Kind.STRING, Kind.NUMBER}:
        return None
    cursor.at += 1
    return Node(Shape.STRING if token.kind is Kind.STRING else Shape.NUMBER, token.span, token.text)


def _on_conflict(cursor: Cursor) -> None:
    start = cursor.here()
    if not cursor.take("ON"):
        return
    if cursor.sees("DUPLICATE"):
        cursor.refuse(
            "the engine has no ON DUPLICATE KEY", cursor.since(start), "write ON CONFLICT (the key) DO UPDATE SET …"
        )
    cursor.expect("CONFLICT", what="`CONFLICT`")
    if span := cursor.take("ON", "CONSTRAINT"):
        cursor.refuse("ON CONFLICT takes no constraint", span, "write ON CONFLICT (the columns of the primary key)")
    if not cursor.sees("("):
        cursor.refuse(
            "ON CONFLICT needs its columns", cursor.since(start), "write ON CONFLICT (the columns of the primary key)"
        )
    cursor.names()
    cursor.expect("DO", what="`DO`")
    if cursor.take("NOTHING"):
        return
    cursor.expect("UPDATE", what="`NOTHING` or `UPDATE SET`")
    cursor.expect("SET", what="`SET`")
    while True:
        _conflict_assignment(cursor)
        if not cursor.take(","):
            break
    if cursor.sees("WHERE"):
        cursor.refuse("ON CONFLICT DO UPDATE takes no WHERE", cursor.here(), "leave out WHERE")


def _conflict_assignment(cursor: Cursor) -> None:
    target = cursor.object_name("a column")
    if target.quoted or target.parts > 1:
        cursor.refuse("DO UPDATE SET takes a bare column, without quotes or a table before it", target.span,
                      f"write `{target.text.rpartition('.')[2]}`")  # fmt: skip
    cursor.expect("=", what="`=`")
    node = parse_expression(cursor)
    if node.shape is Shape.COLUMN and (node.qualifier or "").upper() == "EXCLUDED":
        return
    value(cursor, node, "DO UPDATE SET")


def update(cursor: Cursor) -> None:
    """What follows UPDATE."""
    cursor.take("OR") and cursor.take_any("IGNORE", "REPLACE", "ROLLBACK", "ABORT", "FAIL")
    if cursor.sees("REPLACE"):
        cursor.at += 1
    own = _table_and_joins(cursor)
    if span := cursor.take("FROM"):
        _ignored_tables(cursor, "FROM", span)
    cursor.expect("SET", what="`SET`")
    while True:
        _assignment(cursor)
        if not cursor.take(","):
            break
    if span := cursor.take("FROM"):
        _ignored_tables(cursor, "FROM", span)
    _where(cursor, own)
    returning(cursor)
    if cursor.sees("ORDER"):
        cursor.refuse(
            "UPDATE takes no ORDER BY", cursor.here(), "leave it out; name the rows by a range of keys in WHERE"
        )
    _limit(cursor)
    _refuse_offset(cursor)
    cursor.finish()


def delete(cursor: Cursor) -> None:
    """What follows DELETE."""
    if not cursor.take("FROM"):
        start = cursor.here()
        while cursor.kind() in NAMES and not cursor.sees("FROM"):
            cursor.object_name()
            cursor.take(",")
        if not cursor.take("FROM"):
            cursor.refuse(
                "DELETE needs FROM",
                start,
                "write DELETE FROM",
                (Replacement(Span(start.start, start.start), "FROM ", "add FROM"),),
            )
    own = _table_and_joins(cursor)
    if cursor.sees(","):
        cursor.refuse("DELETE takes one table", cursor.here(), "write a statement for each table")
    if span := cursor.take("USING"):
        _ignored_tables(cursor, "USING", span)
    _where(cursor, own)
    returning(cursor)
    start = cursor.here()
    if cursor.take("ORDER", "BY"):
        while True:
            parse_expression(cursor)
            cursor.take_any("ASC", "DESC")
            if not cursor.take(","):
                break
        cursor.hazards.append(IgnoredOrder(cursor.since(start)))
    _limit(cursor)
    _refuse_offset(cursor)
    cursor.finish()


def _table_and_joins(cursor: Cursor) -> set[str]:
    """A table with its alias and what is joined to it; the qualifiers that mean the table itself."""
    if cursor.sees("("):
        cursor.refuse("UPDATE and DELETE take a plain table", cursor.here(), "write the table's name")
    table = table_factor(cursor)
    while cursor.word() in _JOINS:
        start = cursor.here()
        while cursor.take_any(*_JOINS, "OUTER"):
            pass
        _ignored_tables(cursor, "JOIN", start)
        if cursor.take("ON"):
            parse_expression(cursor)
        elif cursor.take("USING"):
            cursor.names()
    return table


def table_factor(cursor: Cursor) -> set[str]:
    """A table and its alias, by the names that mean it."""
    if cursor.word() in {"TABLE", "LATERAL"} and cursor.word(1) != ".":
        cursor.expected("a table")
    if cursor.sees("ONLY") and cursor.kind(1) in NAMES and cursor.word(1) not in TABLE_ALIAS_STOPS:
        span = Span(cursor.here().start, cursor.tokens[cursor.at + 1].start)
        edits = (Replacement(span, "", "remove `ONLY`"),)
        cursor.refuse("`ONLY` is read as the name of a table here", cursor.here(), "leave out `ONLY`", edits)
    if cursor.sees("("):
        cursor.balanced()
        names: set[str] = set()
    else:
        table = cursor.object_name("a table")
        names = {table.text}
    alias = _alias(cursor)
    return names | {alias.text} if alias else names


def _alias(cursor: Cursor) -> Named | None:
    if cursor.take("AS"):
        return cursor.name("an alias")
    if cursor.kind() is Kind.QUOTED or (cursor.kind() is Kind.WORD and cursor.word() not in TABLE_ALIAS_STOPS):
        return cursor.name("an alias")
    return None


def _ignored_tables(cursor: Cursor, clause: str, span: Span) -> None:
    """Tables beside the statement's own: parsed, and then nothing asks them."""
    while True:
        names = table_factor(cursor)
        cursor.hazards.append(IgnoredJoin(clause, min(names, default=""), cursor.since(span)))
        if not cursor.take(","):
            break
    while cursor.word() in _JOINS:
        start = cursor.here()
        while cursor.take_any(*_JOINS, "OUTER"):
            pass
        names = table_factor(cursor)
        if cursor.take("ON"):
            parse_expression(cursor)
        cursor.hazards.append(IgnoredJoin("JOIN", min(names, default=""), cursor.since(start)))


def _assignment(cursor: Cursor) -> None:
    start = cursor.here()
    if cursor.sees("("):
        cursor.balanced()
        cursor.refuse("SET takes one column at a time, not a row", cursor.since(start), "write `SET a = 1, b = 2`")
    target = cursor.object_name("a column")
    if target.parts > 1:
        column = target.text.rpartition(".")[2]
        cursor.hazards.append(QualifiedSet(
            column, target.span, f"the engine sets a column named `{target.text}`, which isn't there, "
            f"and leaves `{column}` as it is", f"write `{column}` without what stands before it",
        ))  # fmt: skip
    elif target.quoted:
        cursor.hazards.append(QualifiedSet(
            target.text, target.span, "the engine keeps the quotes as part of the name in SET and leaves "
            f"`{target.text}` as it is", f"write `{target.text}` without quotes",
        ))  # fmt: skip
    cursor.expect("=", what="`=`")
    node = parse_expression(cursor)
    value(cursor, node, "SET")
    if _is_fraction(node):
        cursor.hazards.append(
            Crashes("a number with a fraction in SET kills the server", node.span, "as soon as one row matches")
        )


def _is_fraction(node: Node) -> bool:
    inner = node.parts[0] if node.shape is Shape.UNARY else node
    return inner.shape is Shape.NUMBER and "." in inner.name


def _where(cursor: Cursor, own: set[str]) -> None:
    if not cursor.take("WHERE"):
        return
    node = parse_expression(cursor)
    condition(cursor, node)
    for column in qualifiers(node):
        if column.qualifier is not None and column.qualifier not in own:
            cursor.hazards.append(IgnoredQualifier(column.qualifier, column.span))


def returning(cursor: Cursor) -> None:
    """RETURNING of plain columns."""
    if not cursor.take("RETURNING"):
        return
    while True:
        if cursor.sees("*"):
            cursor.refuse(
                "RETURNING takes column names only",
                cursor.here(),
                "leave it out: nobody reads it in a migration",
                (
                    Replacement(
                        Span(cursor.tokens[cursor.at - 1].start, cursor.here().end), "", "remove it", Applicability.SAFE
                    ),
                ),
            )
        node = parse_expression(cursor)
        if node.shape not in {Shape.COLUMN, Shape.COMPOUND} or cursor.sees("AS"):
            cursor.refuse(
                "RETURNING takes column names only", node.span, "leave it out: nobody reads it in a migration"
            )
        if not cursor.take(","):
            break


def _limit(cursor: Cursor) -> None:
    start = cursor.here()
    if cursor.take("LIMIT"):
        cursor.take("ALL") or parse_expression(cursor)
        cursor.hazards.append(IgnoredLimit(cursor.since(start)))


def _refuse_offset(cursor: Cursor) -> None:
    if cursor.sees("OFFSET"):
        cursor.refuse("UPDATE and DELETE take no OFFSET", cursor.here(), "name the rows by a range of keys in WHERE")


__all__ = ["delete", "insert", "returning", "table_factor", "update"]
