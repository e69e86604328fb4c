"""What statements that nobody can read were to make: it counts as there, opaquely, until it is made in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from kmblint.schema.catalog import Catalog, Table, noted
from kmblint.schema.changes import AddColumn, AddIndex, AddTable, Change, Opaque
from kmblint.schema.conflict import Conflict, Unknown, UnknownColumn, UnknownObject, UnknownTable
from kmblint.text import Place


def left_unread(catalog: Catalog, tables: Iterable[str], names: Iterable[str], place: Place) -> Catalog:
    """With tables whose columns aren't known from here on, those that aren't there made without any."""
    unread = catalog.unread
    for name in tables:
        table = catalog.table(name) or Table(name, (), place)
        catalog = catalog.put(replace(table, complete=False, changed=noted(table.changed, place)))
        unread = unread.insert(name)
    for name in names:
        unread = unread.insert(name)
    return replace(catalog, unread=unread)


MAX_PARTS: Final = 4096
"""Columns, or indexes, that later statements can add to one table: each step holds the table as it is then."""


def bounded(catalog: Catalog, change: Change | None) -> Change | None:
    """The change, or in the place of one that makes a table too large to be followed, one whose effect isn't known."""
    if not isinstance(change, AddColumn | AddIndex):
        return change
    table = catalog.table(change.table.text)
    what, parts = (
        ("columns", table.columns if table else ())
        if isinstance(change, AddColumn)
        else ("indexes", table.indexes if table else ())
    )
    if len(parts) < MAX_PARTS:
        return change
    reason = f"`{change.table}` has {MAX_PARTS:,} {what}, and kmblint follows no more of one table"
    return Opaque(reason, "ALTER" if isinstance(change, AddColumn) else "CREATE", change.span, (change.table,))


def made_anew(catalog: Catalog, change: Change | None) -> Catalog:
    """Without the table that a statement makes in words, where only a broken one made it before."""
    if not isinstance(change, AddTable) or change.table.text not in catalog.unread:
        return catalog
    table = catalog.table(change.table.text)
    forgotten = replace(catalog, unread=catalog.unread.discard(change.table.text))
    return forgotten if table is None or table.columns else forgotten.without(table)


def accounted_for(catalog: Catalog, conflict: Conflict) -> bool:
    """Whether what isn't there may come of what nobody can read, which is told of that file or statement."""
    if isinstance(conflict, Unknown) and catalog.lost:
        return True
    match conflict:
        case UnknownTable(table=name):
            return name.text in catalog.unread
        case UnknownColumn(table=table, column=name) | UnknownObject(table=table, name=name):
            return name.text in catalog.unread or (table is not None and table in catalog.unread)
        case _:
            return False
