"""INSERT, UPDATE and DELETE as changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.schema.changes import DeleteRows, InsertRows, UpdateRows
from kmblint.schema.parts import Assignment, Clause, Name, OnConflict, Row
from kmblint.schema.predicate import OpaqueValue, column_refs
from kmblint.sql.lower_values import common_names, condition, query, tables_of, value
from kmblint.sql.tree import Node, Shape
from kmblint.text import Span

_SOURCES: Final = frozenset({"VALUES", "DEFAULT VALUES", "SET", Shape.QUERY})
_MODELLED: Final = _SOURCES | {Shape.NAME, "columns", "ON CONFLICT", "LOCAL", "TABLE"}


def insert(root: Node) -> InsertRows:
    """The rows of an INSERT or REPLACE."""
    table = next(root.all(Shape.NAME)).name
    listed = root.child("columns")
    columns = tuple(_column(part) for part in listed.parts) if listed else None
    source = next(root.all(*_SOURCES))
    rows: tuple[Row, ...] = ()
    selected = None
    if source.kind == "VALUES":
        rows = tuple(Row(tuple(map(value, row.parts)), row.span) for row in source.parts)
        if listed and columns and listed.has("element"):
            columns, rows = _whole(columns, rows)
    elif source.kind == "SET":
        pairs = tuple(_assignments(source))
        columns = tuple(each.column for each in pairs)
        rows = (Row(tuple(each.value for each in pairs), pairs[0].span.to(pairs[-1].span)),)
    elif source.kind is Shape.QUERY:
        selected = query(source, source.span, common_names(root))
    conflict = root.child("ON CONFLICT")
    replace = root.kind == "REPLACE" or root.has("OR REPLACE")
    return InsertRows(
        table, columns, rows, root.span, _on_conflict(conflict) if conflict else None, selected,
        root.has("OR IGNORE") or root.has("IGNORE"), replace, source.kind == "DEFAULT VALUES", _clauses(root),
        _read(root, *((source,) if selected else ())), _limit(root),
    )  # fmt: skip


def _column(node: Node) -> Name:
    return node.parts[0].name if node.kind == "element" else node.name


def _whole(columns: tuple[Name, ...], rows: tuple[Row, ...]) -> tuple[tuple[Name, ...], tuple[Row, ...]]:
    """Columns and rows with each column once: of one whose parts are set, its first part stands for the whole."""
    first = {column.text: index for index, column in reversed([*enumerate(columns)])}
    kept = sorted(first.values())
    short = tuple(
        Row(tuple(row.values[index] for index in kept if index < len(row.values)), row.span)
        if len(row.values) == len(columns)
        else row
        for row in rows
    )
    return tuple(columns[index] for index in kept), short


def _clauses(root: Node) -> tuple[Clause, ...]:
    return tuple(Clause(part.kind, part.span) for part in root.parts if part.kind not in _MODELLED)


def _read(root: Node, *joined: Node) -> tuple[Name, ...]:
    """The tables that sub-queries of a statement read, those of its own clauses left out."""
    if not (root.has("WITH") or any(map(_asks, root.all("VALUES", "SET", "WHERE", "ON CONFLICT", "LIMIT")))):
        return ()
    own = {name.span for name in tables_of(*joined)}
    return tuple(name for name in tables_of(root) if name.span not in own and name.span != _target(root).span)


def _asks(node: Node) -> bool:
    """Whether a sub-query stands in it."""
    return any(part.kind is Shape.QUERY or (part.parts != () and _asks(part)) for part in node.parts)


def _target(root: Node) -> Name:
    table = root.child("table")
    return (table.parts[0] if table else next(root.all(Shape.NAME))).name


def _on_conflict(node: Node) -> OnConflict:
    columns = next(node.all("columns"), None)
    names = (part for part in (columns.parts if columns else ()) if part.kind is Shape.COLUMN)
    assignments = tuple(each for part in node.all("SET") for each in _assignments(part))
    constraint = node.child("ON CONSTRAINT")
    for where in node.all("WHERE"):
        _ = condition(where.parts[0]) if where.parts else None
    return OnConflict(
        node.span, tuple(name.name for name in names), node.text == "UPDATE", assignments,
        constraint.parts[0].name if constraint else None, node.has("WHERE"),
    )  # fmt: skip


def _assignments(node: Node) -> Iterator[Assignment]:
    for pair in node.parts:
        target, written = pair.parts
        read = value(written)
        if target.kind == "element":
            read = OpaqueValue("a part of what a column holds", written.span, tuple(column_refs(read)))
        for column in target.parts if target.kind in ("columns", "element") else (target,):
            last = Span(column.span.end - len(column.text), column.span.end)
            inner = last if column.qualifier and not column.quoted else column.span
            yield Assignment(Name(column.text, inner, column.quoted), read, pair.span, column.qualifier)


def update(root: Node) -> UpdateRows:
    """The rows that an UPDATE changes, and how."""
    assignments = tuple(_assignments(next(root.all("SET"))))
    table, alias = _table(root)
    where = root.child("WHERE")
    predicate = condition(where.parts[0]) if where else None
    reads = _read(root, *_beside(root))
    return UpdateRows(
        table, assignments, predicate, root.span, alias, _limit(root), _joined(root), _behind(root), reads
    )


def delete(root: Node) -> DeleteRows:
    """The rows that a DELETE takes away."""
    table, alias = _table(root)
    where = root.child("WHERE")
    predicate = condition(where.parts[0]) if where else None
    reads = _read(root, *_beside(root))
    return DeleteRows(table, predicate, root.span, alias, _limit(root), _joined(root), _behind(root), reads)


def _table(root: Node) -> tuple[Name, str | None]:
    table = next(root.all("table"))
    alias = table.child("alias")
    return table.parts[0].name, alias.text if alias else None


def _limit(root: Node) -> int | None:
    limit = root.child("LIMIT")
    return int(limit.parts[0].text) if limit and limit.parts[0].text.isdecimal() else None


def _beside(root: Node) -> tuple[Node, ...]:
    """The clauses that name further tables: FROM, USING and JOIN."""
    return tuple(part for part in root.parts if part.kind in ("FROM", "USING", "JOIN") and part.parts)


def _joined(root: Node) -> tuple[Name, ...]:
    """The tables beside the statement's own, common table expressions left out."""
    common = common_names(root)
    return tuple(
        node.parts[0].name
        for clause in _beside(root)
        for node in _tables(clause)
        if node.parts[0].kind is Shape.NAME and node.parts[0].name.text not in common
    )


def _tables(node: Node) -> Iterator[Node]:
    for part in node.parts:
        if part.kind == "table":
            yield part
        elif part.kind == "JOIN":
            yield from _tables(part)


def _behind(root: Node) -> tuple[Clause, ...]:
    """Every clause beside the model's own fields; FROM with tables too."""
    own = next(root.all("table"))
    return tuple(
        Clause(part.kind, part.span)
        for part in (*root.parts, *own.all("ONLY"))
        if part.kind not in ("table", "target", "SET", "WHERE") and not (part.kind == "FROM" and not part.parts)
    )
