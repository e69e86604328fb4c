"""Catalogues from SQL, for tests that are about the schema and not about its reading."""

from __future__ import annotations

from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change
from kmblint.schema.conflict import (
    ColumnExists,
    Conflict,
    ObjectExists,
    TableExists,
    UnknownColumn,
    UnknownObject,
    UnknownTable,
)
from kmblint.schema.conflicts import conflicts
from kmblint.sql.parse import statements
from kmblint.text import Place, Source, Span

FILE = "0001_schema.sql"


def changes(sql: str) -> tuple[Change, ...]:
    """What the statements mean, in order."""
    source = Source(FILE, sql)
    return tuple(change for statement in statements(source, source.everything) for change in statement.changes)


def place(span: Span) -> Place:
    """A span of the SQL as a place."""
    return Place(FILE, span)


def catalog(sql: str, before: Catalog | None = None) -> Catalog:
    """The schema after the statements, each applied as it was meant."""
    after = before or Catalog()
    for change in changes(sql):
        after = apply(after, change, place)
    return after


def held(schema: str, statement: str) -> tuple[Conflict, ...]:
    """What the schema holds against one statement."""
    return tuple(conflict for change in changes(statement) for conflict in conflicts(catalog(schema), change))


def said(conflict: Conflict) -> str:
    """A conflict in a few words, `?` behind it where a guard provides for it."""
    guard = "?" if conflict.guarded else ""
    match conflict:
        case UnknownTable(table=table) | TableExists(table=table):
            return f"{type(conflict).__name__} {table}{guard}"
        case UnknownColumn(table=name, column=column, where=where):
            return f"UnknownColumn {name}.{column} in {where}{guard}"
        case ColumnExists(table=name, column=column):
            return f"ColumnExists {name}.{column}{guard}"
        case UnknownObject(kind=kind, name=named) | ObjectExists(kind=kind, name=named):
            return f"{type(conflict).__name__} {kind} {named}{guard}"
