"""The rows that a history is known to have inserted and not deleted since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from kmblint.schema.catalog import KnownRow, KnownRows, Table
from kmblint.schema.changes import DeleteRows, InsertRows, RowChange, Truncate, UpdateRows
from kmblint.schema.domains import ColumnDomains, OnColumn, Semantics
from kmblint.schema.growing import GrowingMap
from kmblint.schema.meaning import Meaning, UnknownMeaningError, plain
from kmblint.schema.parts import Assignment, OnConflict, Row
from kmblint.schema.predicate import And, ColumnRef, Compare, In, OpaqueValue, Predicate, Value, literal_value
from kmblint.schema.types import Family
from kmblint.schema.value_set import Bound, Interval
from kmblint.text import Place, Span

Key: TypeAlias = tuple[object, ...]
KEPT_VALUES: Final = 50
"""So many rows of a table keep their values; of a table with more of them only the keys are known."""


def literals_of(table: Table, change: InsertRows, row: Row) -> dict[str, object]:
    """What an INSERT puts into the columns of one of its rows, as Python compares it."""
    return dict(zip(inserted_columns(table, change), map(literal_value, row.values), strict=False))


def only_value(says: Iterable[OnColumn]) -> tuple[str, Bound] | None:
    """A column that a condition lets have one value alone, and that value; whole where the column's are."""
    for fact in says:
        match fact.values.intervals:
            case (Interval(low=int() | Decimal() | str() as low, high=high),) if low == high:
                return fact.column, low
            case (Interval(low=int() as low, high=int() as high, low_inclusive=True, high_inclusive=False),):
                if high == low + 1:
                    return fact.column, low
    return None


def literal_keys(table: Table, change: InsertRows) -> Iterator[tuple[Key, Span]]:
    """The primary key of each row that is written in literals, and where the row stands."""
    return ((key, row.span) for key, row in literal_rows(table, change))


def literal_rows(table: Table, change: InsertRows) -> tuple[tuple[Key, Row], ...]:
    """The rows whose primary key is written in literals, each with that key.

    They are read once a statement: the replay, the target and the rules all ask for them.
    """
    columns = inserted_columns(table, change)
    asked = (table.primary_key, columns)
    known: tuple[object, tuple[tuple[Key, Row], ...]] | None = change.__dict__.get("literal_rows")
    if known is None or known[0] != asked:
        known = asked, tuple(_literal_rows(table, change, columns))
        change.__dict__["literal_rows"] = known
    return known[1]


def _literal_rows(table: Table, change: InsertRows, columns: tuple[str, ...]) -> Iterator[tuple[Key, Row]]:
    if not table.primary_key or not set(table.primary_key) <= set(columns):
        return
    places = [columns.index(column) for column in table.primary_key]
    for row in change.rows:
        if len(row.values) == len(columns):
            key = tuple(literal_value(row.values[place]) for place in places)
            if NotImplemented not in key and None not in key:
                yield key, row


def inserted_columns(table: Table, change: InsertRows) -> tuple[str, ...]:
    """The columns that the values of an INSERT are for, in order."""
    return table.column_names if change.columns is None else tuple(column.text for column in change.columns)


def rows_after(table: Table, change: RowChange, place: Place) -> KnownRows:
    """The known rows after a data change; a condition that isn't understood may have hit any of them."""
    match change:
        case InsertRows():
            rows, columns = table.rows, inserted_columns(table, change)
            sure = not (table.unseen and (change.ignore or change.on_conflict is not None))
            for key, row in literal_rows(table, change):
                new = dict(zip(columns, row.values, strict=True))
                rows = rows.discard(key) if change.replace else rows
                rows = with_row(rows, key, new, Place(place.file, row.span), change.on_conflict, sure=sure)
            return rows
        case DeleteRows() if not table.rows:
            return table.rows
        case DeleteRows(where=where):
            rows, says = table.rows, says_of_columns(table, change)
            named = None if where is None else keys_named(table, where)
            for key in tuple(rows) if named is None else named:
                known = rows.get(key)
                if known is not None and not spares(says, _known_values(table, key, known)):
                    rows = rows.discard(key)
            return rows
        case Truncate():
            return GrowingMap()
        case UpdateRows(assignments=assignments):
            moves = any(assignment.column.text in table.primary_key for assignment in assignments)
            return GrowingMap() if moves else _updated(table, change)


def leaves_unseen(table: Table, change: RowChange, rows: KnownRows) -> bool:
    """Whether behind a data change that leaves those known rows others of the history may be there."""
    match change:
        case InsertRows(query=query, default_values=default_values):
            is_known = query is None and not default_values and len(literal_rows(table, change)) == len(change.rows)
            return table.unseen or not is_known
        case DeleteRows(where=None) | Truncate():
            return False
        case DeleteRows():
            return table.unseen or not _are_meant(table, change, (key for key in table.rows if key not in rows))
        case UpdateRows():  # no row is known any more where keys are set
            return table.unseen or len(rows) < len(table.rows)


def _are_meant(table: Table, change: DeleteRows, keys: Iterable[Key]) -> bool:
    """Whether a condition surely holds for known rows."""
    gone = {*keys}
    meant = meant_rows(table, change.where) if gone else ()
    return meant is not None and gone.issubset(meant)


def with_row(
    rows: KnownRows, key: Key, new: Mapping[str, Value], place: Place, on_conflict: OnConflict | None, *, sure: bool
) -> KnownRows:
    """With a row that INSERT writes, by column; the one that is there stays, or gets what ON CONFLICT sets.

    Without `sure`, one of which nothing is known may be there and stay, whatever is in it.
    """
    held = rows.get(key)
    if held is None:
        if len(rows) == KEPT_VALUES:
            rows = GrowingMap((each, KnownRow(row.place, None)) for each, row in rows.items())
        is_known = sure and len(rows) < KEPT_VALUES
        return rows.insert(key, KnownRow(place, new if is_known else None))
    if on_conflict is None or held.values is None:
        return rows
    values = held.values
    for assignment in on_conflict.assignments:
        value = assignment.value
        if isinstance(value, ColumnRef):  # EXCLUDED.column
            value = new.get(value.name, value)
        values = {**values, assignment.column.text: value}
    return rows.insert(key, KnownRow(held.place, values))


def _updated(table: Table, change: UpdateRows) -> KnownRows:
    """The rows with what SET writes; of those that it may have met nothing is known in the columns that are set."""
    if not table.rows or len(table.rows) > KEPT_VALUES:
        return table.rows
    rows, says = table.rows, says_of_columns(table, change)
    named = None if change.where is None else keys_named(table, change.where)
    for key in tuple(rows) if named is None else named:
        known = rows.get(key)
        if known is None or known.values is None or spares(says, _known_values(table, key, known)):
            continue
        rows = rows.insert(key, written(known, change.assignments, sure=change.where is None))
    return rows


def written(row: KnownRow, assignments: Iterable[Assignment], *, sure: bool) -> KnownRow:
    """A row with what SET writes; with `sure` False nothing is known of what it may have written."""
    values = row.values
    if values is None:
        return row
    for assignment in assignments:
        unsure = OpaqueValue("a condition that may hold", assignment.span, ())
        values = {**values, assignment.column.text: assignment.value if sure else unsure}
    return KnownRow(row.place, values)


def _known_values(table: Table, key: Key, row: KnownRow) -> dict[str, object]:
    """What the columns of a row hold, as Python compares it, as far as it was written in literals."""
    known = {name: literal_value(value) for name, value in row.values.items()} if row.values is not None else {}
    return known | dict(zip(table.primary_key, key, strict=True))


def says_of_columns(table: Table, change: UpdateRows | DeleteRows) -> tuple[OnColumn, ...]:
    """What each part of a condition says of one column."""
    where = change.where
    facts = ColumnDomains(table, Semantics(), (change.alias,))
    parts = where.parts if isinstance(where, And) else (where,) if where is not None else ()
    return tuple(fact for part in parts if isinstance(fact := facts.of(part), OnColumn))


def spares(says: tuple[OnColumn, ...], row: Mapping[str, object]) -> bool:
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
                values = [_key_value(table, name, value)]
            case In(value=ColumnRef(name=name), items=items, negated=False) if (name,) == table.primary_key:
                values = [_key_value(table, name, item) for item in items]
            case _:
                continue
        if NotImplemented not in values:
            return tuple((value,) for value in values)
    return None


def point_lookup(table: Table, where: Predicate | None) -> Key | None:
    """The one key that a condition asks for, where every key column is compared with a literal by `=`."""
    if where is None or not table.primary_key:
        return None
    wanted: dict[str, object] = {}
    for part in where.parts if isinstance(where, And) else (where,):
        match part:
            case (
                Compare(operator="=", left=ColumnRef(name=name), right=value)
                | Compare(operator="=", left=value, right=ColumnRef(name=name))
            ):
                wanted[name] = literal_value(value)
    key = tuple(wanted.get(name, NotImplemented) for name in table.primary_key)
    return None if NotImplemented in key else key


def meant_rows(table: Table, where: Predicate | None) -> tuple[Key, ...] | None:
    """The known rows that a condition means in SQL; None where that can't be told of one of them."""
    meaning = Meaning({column.name: column.type for column in table.columns})
    keys: list[Key] = []
    for key, row in table.rows.items():
        if row.values is None:
            return None
        try:
            if meaning.holds(where, row.values):
                keys.append(key)
        except UnknownMeaningError:
            return None
    return tuple(keys)


def _key_value(table: Table, name: str, value: Value) -> object:
    """A literal as a key of whole numbers holds it."""
    column = table.column(name)
    if column is None or column.type.family is not Family.INTEGER:
        return literal_value(value)
    try:
        number = plain(value, column.type)
    except UnknownMeaningError:
        return NotImplemented
    return int(number) if isinstance(number, Decimal) and number == int(number) else number
