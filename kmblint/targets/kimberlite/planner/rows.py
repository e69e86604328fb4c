"""The known rows of a table under the engine: which of them a path reaches, and what a change makes of them.

A row stands under the key that it was inserted with, and in an index under what it holds. A change names each row that
it found by the key that the row reads now: where that isn't the one it stands under, the change stops there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

import msgspec

from kmblint.schema.catalog import Former, KnownRow, KnownRows, Table
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.rows import KEPT_VALUES, Key, written
from kmblint.schema.types import Family
from kmblint.targets.kimberlite.facts import Facts, Kind
from kmblint.targets.kimberlite.planner.matching import all_match
from kmblint.targets.kimberlite.planner.path import (
    AccessPath,
    IndexRange,
    KeyRange,
    Point,
    Scan,
)
from kmblint.targets.kimberlite.typed import (
    NULL,
    Json,
    Typed,
    as_json,
    encode,
    indexed,
    of_literal,
    read,
    shown,
)
from kmblint.targets.kimberlite.values import stored_type
from kmblint.targets.outcome import FoundRows


class Cells(Mapping[str, Typed | None]):
    """What the columns of a row read; None is a value that nobody knows or can read."""

    def __init__(self, table: Table, row: KnownRow, facts: Facts) -> None:
        self._facts = facts
        self._table = table
        self._row = row

    def __getitem__(self, name: str) -> Typed | None:
        column = self._table.column(name)
        if column is None:
            raise KeyError(name)
        type_ = stored_type(column.type, self._facts)
        cell = stored_value(self._row, name)
        return None if type_ is None or cell is None else read(cell.json, type_, self._facts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.column_names)

    def __len__(self) -> int:
        return len(self._table.columns)


class Stored(msgspec.Struct, frozen=True):
    """A value as it is stored."""

    json: Json


def stored_value(row: KnownRow, column: str) -> Stored | None:
    """What is stored in a column of a row; None where that isn't known."""
    if row.values is None:
        return None
    value = row.values.get(column)
    literal = NULL if value is None else of_literal(value)
    return None if literal is None else Stored(as_json(literal))


def store_key(key: Key, facts: Facts) -> bytes:
    """The key that a row with these literals stands under."""
    return encode(tuple(_key_part(part) for part in key), facts)


def _key_part(part: object) -> Typed:
    if isinstance(part, bool | int | str):
        return indexed(part)
    text = str(part)
    return indexed(text.replace("-0.", "0.", 1) if text.startswith("-0.") else text)


def reached(table: Table, path: AccessPath, facts: Facts) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """The known rows that a path reaches, in the order in which it does, and those that it may reach.

    A stale index may repeat one.
    """
    sure: list[Key] = []
    unsure: list[Key] = []
    for key in _candidates(table, path, facts):
        met = all_match(Cells(table, table.rows[key], facts), path.residue, facts) if path.residue else True
        if met is not False:
            (sure if met else unsure).append(key)
    return tuple(sure), tuple(unsure)


def _candidates(table: Table, path: AccessPath, facts: Facts) -> Iterator[Key]:
    match path:
        case Point(key=wanted, values=values):
            plain = tuple(value.value for value in values)
            if plain in table.rows and _are_of_key(table, values):
                yield plain
            elif any(isinstance(value.value, str) for value in values):
                yield from (key for key in table.rows if store_key(key, facts) == wanted)
        case KeyRange(range=range_):
            placed = sorted((store_key(key, facts), key) for key in table.rows)
            yield from islice((key for place, key in placed if range_.holds(place)), facts.range_rows)
        case IndexRange():
            placed = sorted(set(_entries(table, path, facts)), key=lambda pair: pair[0])
            within = (key for entry, key in placed if path.range.holds(entry))
            yield from (key for key in islice(within, facts.range_rows) if key in table.rows)
        case Scan():
            if not path.contradiction:
                in_order = sorted(table.rows, key=lambda key: store_key(key, facts))
                yield from islice(in_order, facts.scanned_rows)


def _are_of_key(table: Table, values: tuple[Typed, ...]) -> bool:
    """Whether the values stand so in the key: Python takes a truth for 0 or 1, and 2 for 2.00, the engine doesn't."""
    families = [column.type.family for name in table.primary_key if (column := table.column(name))]
    if Family.DECIMAL in families or any(value.kind is Kind.DECIMAL for value in values):
        return False
    return [each is Family.BOOLEAN for each in families] == [value.kind is Kind.BOOLEAN for value in values]


def _entries(table: Table, path: IndexRange, facts: Facts) -> Iterator[tuple[bytes, Key]]:
    """What stands in an index: the rows, and those of dropped tables of the same name."""
    haunted = (former.rows for former in table.former if former.index.name == path.index.name)
    for rows in (table.rows, *haunted):
        for key, row in rows.items():
            held = [stored_value(row, column) if column else Stored(None) for column in path.index.columns]
            if None not in held:
                values = tuple(indexed(each.json) for each in held if each is not None)
                yield encode(values, facts) + store_key(key, facts), key


def found_rows(table: Table, change: UpdateRows | DeleteRows, path: AccessPath, facts: Facts) -> FoundRows | None:
    """The known rows that a change reaches, and what it makes of them; None in a table of which only keys are known."""
    if len(table.rows) > KEPT_VALUES and not isinstance(path, Point):
        return None
    sure, unsure = reached(table, path, facts)
    rows, former = table.rows, table.former
    names: dict[bytes, Key] = {}
    for number, key in enumerate(sure):
        named = key if (row := rows.get(key)) is None else _named(table, key, row, names, facts)
        if named is None or named not in rows:
            return FoundRows(sure, unsure, rows, former, stopped=number)
        old, rows = rows[named], _with(rows, named, change, sure=True)
        former = tuple(_left(each, named, old, rows.get(named)) for each in former)
    for key in unsure:
        rows = _with(rows, key, change, sure=False)
    return FoundRows(sure, unsure, rows, former)


def _left(former: Former, key: Key, old: KnownRow, new: KnownRow | None) -> Former:
    """What is left of the rows of a dropped table in an index, once a row that stands there too is changed."""
    gone = former.rows.get(key)
    if gone is None:
        return former
    before, was, after = ([stored_value(row, c or "") for c in former.index.columns] for row in (gone, old, new or old))
    changed = new is None or after != was
    return msgspec.structs.replace(former, rows=former.rows.discard(key)) if before == was and changed else former


def _with(rows: KnownRows, key: Key, change: UpdateRows | DeleteRows, *, sure: bool) -> KnownRows:
    if isinstance(change, DeleteRows):
        return rows.discard(key)
    set_here = [each for each in change.assignments if each.qualifier is None and not each.column.quoted]
    return rows.insert(key, written(rows[key], set_here, sure=sure))


def _named(table: Table, key: Key, row: KnownRow, names: dict[bytes, Key], facts: Facts) -> Key | None:
    """The row that a change of this one falls on: the one that stands under the key that this one reads."""
    if _reads_as_written(table, key, row):
        return key
    cells = Cells(table, row, facts)
    parts = [part for name in table.primary_key if (part := cells.get(name)) is not None]
    if row.values is None or len(parts) < len(key):
        return key
    read_back = [shown(part) for part in parts]
    if any(isinstance(part, float) for part in read_back):
        return None
    looked_up = encode(tuple(indexed(part) for part in read_back if not isinstance(part, float)), facts)
    if looked_up == store_key(key, facts):
        return key
    if not names:
        names.update((store_key(each, facts), each) for each in table.rows)
    return names.get(looked_up)


_SHOWN_AS_KEPT: Final = frozenset({Family.INTEGER, Family.TEXT, Family.BOOLEAN, Family.DATE, Family.TIME})
"""Types whose values read as they were written."""


def _reads_as_written(table: Table, key: Key, row: KnownRow) -> bool:
    """Whether a row surely reads the key that it stands under: unset since, and of types that show what they keep."""
    for name, part in zip(table.primary_key, key, strict=True):
        column, held = table.column(name), stored_value(row, name)
        if column is None or column.type.family not in _SHOWN_AS_KEPT or held is None or held.json != part:
            return False
    return True
