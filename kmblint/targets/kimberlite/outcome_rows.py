"""INSERT, UPDATE and DELETE on a catalogue: what is refused for its values, and what it does to the table."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import DeleteRows, InsertRows, Read, UpdateRows
from kmblint.schema.parts import Assignment, OnConflict, Row
from kmblint.schema.predicate import (
    And,
    Between,
    Boolean,
    ColumnRef,
    Compare,
    Constant,
    In,
    IsNull,
    Like,
    Not,
    Null,
    Number,
    OpaquePredicate,
    Or,
    Predicate,
    Text,
    Value,
    conditions,
    literal_value,
)
from kmblint.schema.rows import Key, inserted_columns, literal_rows
from kmblint.schema.write import literal_text
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.keys import frozen_rows
from kmblint.targets.kimberlite.outcome_sizes import row_too_long, upsert_too_long
from kmblint.targets.kimberlite.planner.conditions import conditions_of
from kmblint.targets.kimberlite.planner.path import Point, access_path
from kmblint.targets.kimberlite.values import (
    Fate,
    insert_fate,
    insertable,
    instead,
    kept_digits,
    loses_sign,
    no_fraction,
    stored_type,
    update_fate,
    way_in,
)
from kmblint.targets.outcome import InsertedRow, InsertedRows
from kmblint.targets.verdict import (
    CatalogueRefusal,
    CutDigits,
    GhostColumn,
    Hazard,
    KeyDamage,
    PoisonedTableRefusal,
    Poisons,
    Refusal,
    RepeatedKey,
    RowShapeRefusal,
    UncheckedNull,
    UnsupportedForm,
    ValueRefusal,
)
from kmblint.text import Place


def judge_insert(table: Table, change: InsertRows, facts: Facts) -> InsertedRows:
    """Each row up to the first that is refused; rows before that one are in. Of a table that isn't known none is."""
    columns = inserted_columns(table, change)
    refusal = _conflict_refusal(table, change) if table.complete else None
    if refusal is not None:
        return InsertedRows(columns, (), refusal)
    conflict = change.on_conflict
    missing = [name for name in table.primary_key if name not in columns]
    keys = {row.span: key for key, row in literal_rows(table, change)}
    inserted: set[Key] = set()
    judged: list[InsertedRow] = []
    for row in change.rows:
        key = keys.get(row.span)
        is_known = key is not None and key in table.rows
        if table.complete:
            taken = is_known or (key is not None and key in inserted)
            refusal = _row_refusal(table, columns, row, missing, facts)
            if refusal is None and taken and key is not None and conflict is None:
                held = table.rows.get(key)
                refusal = _repeated(table, row, key, held.place if held else None)
            if refusal is None and taken and conflict is not None:
                refusal = _unknown_update(table, columns, conflict)
            if refusal is None and (not taken or conflict is None):
                refusal = row_too_long(table, columns, row, facts.pages)
            if refusal is None and taken and conflict is not None and conflict.update:
                refusal = upsert_too_long(table, columns, row, conflict, facts.pages)
            if refusal is not None:
                break
            if key is not None:
                inserted.add(key)
        skipped = is_known and conflict is not None and not conflict.update
        judged.append(InsertedRow(row, key, () if skipped else tuple(_row_hazards(table, columns, row, facts))))
    return InsertedRows(columns, tuple(judged), refusal)


def _conflict_refusal(table: Table, change: InsertRows) -> Refusal | None:
    """A target of ON CONFLICT that isn't the primary key."""
    conflict = change.on_conflict
    names = [name.text for name in conflict.columns] if conflict else []
    if not conflict or not names or (len(names) == len(table.primary_key) and set(names) <= set(table.primary_key)):
        return None
    key = ", ".join(table.primary_key)
    return UnsupportedForm(
        f"ON CONFLICT takes exactly the primary key, `({key})`", conflict.span, f"write `ON CONFLICT ({key})`"
    )


def _unknown_update(table: Table, columns: tuple[str, ...], conflict: OnConflict) -> Refusal | None:
    """What DO UPDATE SET can't set or read; looked at only where the key is there."""
    for assignment in conflict.assignments:
        name = assignment.column
        if table.column(name.text) is None:
            return CatalogueRefusal(f"there is no column `{name.text}` in `{table.name}`", name.span)
        value = assignment.value
        if isinstance(value, ColumnRef) and value.name not in columns:
            return RowShapeRefusal(
                f"EXCLUDED has no `{value.name}`: INSERT gives no value for it",
                value.span,
                f"add `{value.name}` to the columns of INSERT",
            )
    return None


def where_refusal(table: Table, where: Predicate) -> Refusal | None:
    """A column that isn't there and is looked up; one that is computed with isn't looked at."""
    for part in conditions(where):
        ref = _looked_up(part)
        if ref is not None and table.column(ref.name) is None:
            return CatalogueRefusal(f"there is no column `{ref.name}` in `{table.name}`", ref.span)
    return None


def _looked_up(part: Predicate) -> ColumnRef | None:
    """The column that a comparison looks up in the table, rather than in each row."""
    match part:
        case Compare(operator=operator, left=ColumnRef() as ref, right=Number() | Text() | Boolean() | Null()):
            return None if operator == "<>" else ref
        case In(value=ColumnRef() as ref) | Between(value=ColumnRef() as ref) | IsNull(value=ColumnRef() as ref):
            return ref
        case Like(value=ColumnRef() as ref):
            return ref
        case Compare() | In() | Between() | IsNull() | Like():
            return None
        case And() | Or() | Not() | Constant() | OpaquePredicate():
            return None


def _row_refusal(table: Table, columns: tuple[str, ...], row: Row, missing: list[str], facts: Facts) -> Refusal | None:
    if len(row.values) != len(columns):
        return RowShapeRefusal(
            f"{len(columns)} columns want a value and {len(row.values)} are given", row.span,
            help="write one value for each column",
        )  # fmt: skip
    for name, value in zip(columns, row.values, strict=True):
        column = table.column(name)
        if column is None:
            continue
        if isinstance(value, Null) and (not column.nullable or name in table.primary_key):
            kind = "part of the key" if name in table.primary_key else "NOT NULL"
            return ValueRefusal(f"`{name}` is {kind} and takes no NULL", value.span)
        stored = stored_type(column.type, facts)
        if stored is not None and insert_fate(stored, value, facts) is Fate.REFUSED:
            return ValueRefusal(
                f"`{name}` is {stored} and doesn't take {literal_text(value)}",
                value.span,
                way_in(stored, value, column.name, facts, nullable=column.nullable),
            )
    if missing:
        return RowShapeRefusal(
            f"the key needs `{missing[0]}`, which no value is given for", row.span, "give every key column a value",
        )  # fmt: skip
    return None


def _repeated(table: Table, row: Row, key: Key, place: Place | None) -> Refusal:
    shown = ", ".join(repr(part) if isinstance(part, str) else str(part) for part in key)
    return RepeatedKey(
        f"a row with the key ({shown}) is in `{table.name}` already", row.span,
        f"write ON CONFLICT ({', '.join(table.primary_key)}) DO NOTHING", cause=place,
        cause_note="inserted here" if place else None,
    )  # fmt: skip


def insert_hazards(table: Table, change: InsertRows, inserted: InsertedRows, facts: Facts) -> Iterator[Hazard]:
    """What the rows that go in do to the table; one poison a column."""
    by_column: dict[tuple[str, type], list[Poisons | CutDigits]] = {}
    for judged in inserted.rows:
        for hazard in judged.hazards:
            by_column.setdefault((hazard.column, type(hazard)), []).append(hazard)
    for first, *others in by_column.values():
        alike = tuple((each.span, each.instead) for each in others if isinstance(each, Poisons))
        yield replace(first, alike=alike) if alike else first
    yield from frozen_rows(table, inserted.columns, tuple(judged.row for judged in inserted.rows), facts)
    if change.on_conflict and change.on_conflict.update:
        for assignment in change.on_conflict.assignments:
            yield from _value_hazards(table, assignment.column.text, assignment.value, facts, update=True)
    if change.columns is not None:
        for column in table.columns:
            if not column.nullable and column.name not in inserted.columns and column.name not in table.primary_key:
                stored = stored_type(column.type, facts)
                unwritable = str(stored) if stored is not None and not insertable(stored, facts) else None
                yield UncheckedNull(column.name, change.span, left_out=True, unwritable=unwritable)


def _row_hazards(table: Table, columns: tuple[str, ...], row: Row, facts: Facts) -> Iterator[Poisons | CutDigits]:
    """What each value of a row does to its column."""
    for name, value in zip(columns, row.values, strict=False):
        yield from _value_hazards(table, name, value, facts, update=False)


def _value_hazards(
    table: Table, name: str, value: Value, facts: Facts, *, update: bool
) -> Iterator[Poisons | CutDigits]:
    column = table.column(name)
    stored = stored_type(column.type, facts) if column else None
    if column is None or stored is None or literal_value(value) is NotImplemented:
        return
    fate = update_fate(stored, value, facts) if update else insert_fate(stored, value, facts)
    if fate is Fate.POISONS:
        yield Poisons(
            table.name, name, str(column.type), literal_text(value), value.span,
            instead(stored, value, facts, update=update),
            name in table.primary_key, no_fraction(stored, value, facts),
        )  # fmt: skip
    elif fate is Fate.CUT:
        kept = kept_digits(stored, value)
        quoted = f"'{literal_text(value)}'" if loses_sign(value) and name not in table.primary_key else None
        yield CutDigits(name, str(column.type), literal_text(value), kept, value.span, quoted)


def set_hazards(table: Table, assignment: Assignment, facts: Facts, *, nothing: bool) -> Iterator[Hazard]:
    """What an assignment of SET does to the table, save the crash that the form knows.

    `nothing` says that WHERE finds no row.
    """
    if assignment.qualifier is not None or assignment.column.quoted:
        return
    name = assignment.column.text
    column = table.column(name)
    if column is None:
        if not table.complete:
            return
        yield GhostColumn(
            name,
            assignment.column.span,
            f"`{table.name}` has no column `{name}`: the value is stored unseen until one of that name is added",
        )
        return
    if name in table.primary_key:
        yield KeyDamage(name, assignment.span)
    elif isinstance(assignment.value, Null) and not column.nullable:
        yield UncheckedNull(name, assignment.span, left_out=False)
    is_fraction = isinstance(assignment.value, Number) and not assignment.value.is_whole
    if not nothing and not is_fraction:
        yield from _value_hazards(table, name, assignment.value, facts, update=True)


def poisoned_refusal(catalog: Catalog, change: UpdateRows | DeleteRows | Read, facts: Facts) -> Refusal | None:
    """Whether the statement reads a value that can't be read; a lookup by another key doesn't, and no SHOW does."""
    if isinstance(change, Read) and change.word == "SHOW":
        return None
    tables = change.tables if isinstance(change, Read) else (change.table,)
    for name in tables:
        table = catalog.table(name.text)
        if table is None or not table.poisons:
            continue
        looked_up = None if isinstance(change, Read) else key_looked_up(table, change.where, facts)
        for poison in table.unreadable_for:
            if looked_up is not None and poison.row is not None and looked_up != poison.row:
                continue
            return PoisonedTableRefusal(
                f"`{name.text}` can't be read any more: `{poison.column}` holds {poison.value}", name.span,
                f"drop the column first: ALTER TABLE {name.text} DROP COLUMN {poison.column}; or write the row anew by "
                "INSERT … ON CONFLICT (the key) DO UPDATE SET", cause=poison.place,
                cause_note="from here on only other rows can be read, by their key",
            )  # fmt: skip
    return None


def key_looked_up(table: Table, where: Predicate | None, facts: Facts) -> Key | None:
    """The one key that the engine looks up for a condition; None where it goes another way."""
    path = access_path(table, conditions_of(where), (), facts)
    return tuple(value.value for value in path.values) if isinstance(path, Point) else None
