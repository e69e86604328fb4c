"""The lives of the rows that migrations write themselves: how full the page of each is, and where it overflows.

Only what is sure is counted: a change whose condition names the row's key or has no WHERE. A row dies after some ninety
changes at the latest, so the work is bounded by the rows that are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import AddTable, DeleteRows, DropTable, InsertRows, UpdateRows
from kmblint.schema.predicate import And, ColumnRef, Predicate, Value
from kmblint.schema.rows import Key, inserted_columns, keys_named, point_lookup
from kmblint.schema.types import DataType
from kmblint.targets import Target
from kmblint.targets.capabilities import Pages
from kmblint.targets.pages import (
    as_json,
    field_bytes,
    key_bytes,
    row_bytes,
)
from kmblint.targets.verdict import Verdict
from kmblint.text import Place


class Life(msgspec.Struct):
    """A row: the bytes of its columns, of its key and of all its versions, and who wrote them."""

    fields: dict[str, int]
    key: int
    versions: int
    pages: Pages
    writes: list[Place]
    """Each statement that added a version, the first first."""
    there: bool = True
    """False once it is deleted: a row that is inserted anew under its key goes on in its page."""

    @property
    def size(self) -> int:
        """The bytes of the row as it is now."""
        return row_bytes(self.fields.values())

    @property
    def left(self) -> int:
        """How many more changes it stands."""
        return self.pages.updates_left(self.size, self.key, self.versions)


class Death(msgspec.Struct, frozen=True):
    """The write that a row's page has no room for."""

    step: Step
    table: str
    row: Key
    life: Life


def lives(replay: Replay, pages: Pages) -> tuple[list[Death], dict[tuple[str, Place], dict[Key, Life]]]:
    """Every death, in order, and the rows that are left at the end, by table (its name, where it was made) and key."""
    deaths: list[Death] = []
    tables: dict[tuple[str, Place], dict[Key, Life]] = {}
    for name, steps in _by_table(replay).items():
        rows: dict[Key, Life] = {}
        for step in steps:
            if isinstance(step.change, AddTable | DropTable):
                if step.outcome.verdict is Verdict.TAKEN:
                    rows = {}
                continue
            table = step.before.table(name)
            if table is None or not table.primary_key:
                continue
            tables[name, table.made] = rows
            for key in _written(step, table, rows, pages):
                life = rows[key]
                life.versions += pages.version(life.size)
                life.writes.append(step.place(step.statement.span))
                if pages.left(life.key, life.versions) < 0:
                    deaths.append(Death(step, name, key, rows.pop(key)))
    return deaths, tables


def _by_table(replay: Replay) -> dict[str, list[Step]]:
    """The steps that make, drop or write each table, of those tables that get a row."""
    written = {step.subject for step in replay.all_of(InsertRows)}
    steps_of: dict[str, list[Step]] = {}
    for step in replay.all_of(AddTable, DropTable, InsertRows, UpdateRows, DeleteRows) if written else ():
        if step.subject in written:
            steps_of.setdefault(step.subject, []).append(step)
    return steps_of


def _written(step: Step, table: Table, rows: dict[Key, Life], pages: Pages) -> Iterator[Key]:
    """The keys of which the step writes a version, their fields brought up to date."""
    match step.change:
        case InsertRows() as change:
            yield from _inserted(step, change, table, rows, pages)
        case UpdateRows(assignments=assignments, where=where) if step.outcome.verdict is Verdict.TAKEN:
            changed = {each.column.text: field_bytes(each.column.text, as_json(each.value)) for each in assignments}
            for key in [*(_met(table, where, rows) or ())]:
                if rows[key].there:
                    rows[key].fields.update(changed)
                    yield key
        case DeleteRows(where=where) if step.outcome.verdict is Verdict.TAKEN:
            met = _met(table, where, rows)
            for key in rows if met is None else met:  # a condition that isn't understood may have hit any of them
                rows[key].there = False


def _met(table: Table, where: Predicate | None, rows: dict[Key, Life]) -> Iterable[Key] | None:
    """The known rows that a condition meets; None where that isn't sure."""
    if where is None:
        return rows
    if isinstance(where, And):
        key = point_lookup(table, where)
        named: Sequence[Key] | None = None if key is None or len(where.parts) > len(table.primary_key) else (key,)
    else:
        named = keys_named(table, where)
    return None if named is None else [key for key in named if key in rows]


def _inserted(step: Step, change: InsertRows, table: Table, rows: dict[Key, Life], pages: Pages) -> Iterator[Key]:
    columns = inserted_columns(table, change)
    refused = step.outcome.verdict is Verdict.REFUSED
    if not set(table.primary_key) <= set(columns):
        return
    for row in change.rows:
        if len(row.values) != len(columns) or (refused and row.span.end > _refused_at(step)):
            return
        given = dict(zip(columns, row.values, strict=True))
        values = {name: as_json(value) for name, value in given.items()}
        key = tuple(values[name] for name in table.primary_key)
        life = rows.get(key)
        if life is not None and life.there:
            if change.on_conflict is None:
                return
            if not change.on_conflict.update:
                continue
            for assignment in change.on_conflict.assignments:
                name, value = assignment.column.text, assignment.value
                written: Value | None = given.get(value.name) if isinstance(value, ColumnRef) else value
                life.fields[name] = field_bytes(name, None if written is None else as_json(written))
        else:
            fields = {name: field_bytes(name, value) for name, value in values.items()}
            if life is None:
                rows[key] = Life(fields, key_bytes(key), 0, pages, [])
            else:
                life.fields, life.there = fields, True
        yield key


def _refused_at(step: Step) -> int:
    """Where the statement is refused: the rows before it are in."""
    return min((refusal.span.start for refusal in step.outcome.refusals), default=step.statement.span.start)


def left_of_rewritten(table: Table, times: int, pages: Pages) -> tuple[int, int]:
    """The bytes of the smallest row that sets every column, and how many changes it stands after so many."""
    size = row_bytes(field_bytes(column.name, None) for column in table.columns)
    return size, pages.updates_left(size, versions=pages.version(size) * (times + 1))


def too_long_for_a_key(text: str, table: Table, column: str, pages: Pages) -> bool:
    """Whether a text breaks the tree of the table's key, or of an index, once there are some dozens."""
    beside = 0 if column in table.primary_key else 9 * len(table.primary_key)
    return len(text) * 4 > pages.most_text and key_bytes((text,)) + beside > pages.most_key


def declared_length(declared: DataType, target: Target) -> int:
    """The length that a text was declared with; 0 where none was, and of what is stored as something else."""
    if not declared.arguments:
        return 0
    stored = target.stored_type(declared)
    return declared.arguments[0] if stored is not None and stored.name == "TEXT" else 0
