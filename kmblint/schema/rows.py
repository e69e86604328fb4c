"""The literal keys of rows that a history is known to have inserted and not deleted since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

from kmblint.schema.catalog import Table
from kmblint.schema.changes import Change, DeleteRows, InsertRows, Truncate, UpdateRows
from kmblint.schema.domains import ColumnDomains, OnColumn, Semantics
from kmblint.schema.ordered import OrderedMap
from kmblint.schema.predicate import And, ColumnRef, Compare, In, Predicate, literal_value
from kmblint.text import Place, Span

Key: TypeAlias = tuple[object, ...]


def clears(table: Table, change: Change, rows: InsertRows) -> bool:
    """Whether a change before an INSERT takes away the rows that it puts in, so that both can be run again."""
    if isinstance(change, Truncate):
        return True
    if not isinstance(change, DeleteRows):
        return False
    columns = table.column_names if rows.columns is None else tuple(column.text for column in rows.columns)
    says = _says(table, change)
    return not any(_spares(says, dict(zip(columns, map(literal_value, row.values), strict=False))) for row in rows.rows)


def literal_keys(table: Table, change: InsertRows) -> Iterator[tuple[Key, Span]]:
    """The primary key of each row that is written in literals, and where the row stands."""
    columns = table.column_names if change.columns is None else tuple(column.text for column in change.columns)
    if not table.primary_key or not set(table.primary_key) <= set(columns):
        return
    places = [columns.index(column) for column in table.primary_key]
    for row in change.rows:
        if len(row.values) == len(columns):
            key = tuple(literal_value(row.values[place]) for place in places)
            if NotImplemented not in key and None not in key:
                yield key, row.span


def rows_after(table: Table, change: Change, place: Place) -> OrderedMap[Key, Place]:
    """The known keys after a data change; a condition that isn't understood may have hit any of them."""
    match change:
        case InsertRows():
            rows = table.rows
            for key, span in literal_keys(table, change):
                if key not in rows:
                    rows = rows.insert(key, Place(place.file, span))
            return rows
        case DeleteRows(where=where):
            rows, says = table.rows, _says(table, change)
            by_key = where is not None and any((fact.column,) == table.primary_key for fact in says)
            named = keys_named(table, where) if where is not None and by_key else None
            for key in tuple(rows) if named is None else named:
                if not _spares(says, dict(zip(table.primary_key, key, strict=True))):
                    rows = rows.discard(key)
            return rows
        case Truncate():
            return OrderedMap()
        case UpdateRows(assignments=assignments):
            moves = any(assignment.column.text in table.primary_key for assignment in assignments)
            return OrderedMap() if moves else table.rows
        case _:
            return table.rows


def _says(table: Table, change: DeleteRows) -> tuple[OnColumn, ...]:
    """What each part of a DELETE's condition says of one column."""
    where = change.where
    facts = ColumnDomains(
        table, Semantics(strict_literals=True), (change.alias,)
    )  # what another type finds differs by target
    parts = where.parts if isinstance(where, And) else (where,) if where is not None else ()
    return tuple(fact for part in parts if isinstance(fact := facts.of(part), OnColumn))


def _spares(says: tuple[OnColumn, ...], row: Mapping[str, object]) -> bool:
    """Whether a condition surely leaves out a row of which these literals are known."""
    for fact in says:
        value = row.get(fact.column)
        if isinstance(value, int | Decimal | str) and not fact.values.holds(value):
            return True
    return False


def keys_named(table: Table, where: Predicate) -> tuple[Key, ...] | None:
    """The keys that a condition names (`id = 1`, `id IN (1, 2)`, perhaps beside others); None where it names none."""
    for part in where.parts if isinstance(where, And) else (where,):
        match part:
            case Compare(operator="=", left=ColumnRef(name=name), right=value) if (name,) == table.primary_key:
                values = [literal_value(value)]
            case In(value=ColumnRef(name=name), items=items, negated=False) if (name,) == table.primary_key:
                values = [literal_value(item) for item in items]
            case _:
                continue
        if NotImplemented not in values:
            return tuple((value,) for value in values)
    return None
