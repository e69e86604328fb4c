"""The schema before and behind a batch as rows to show: every table and part, what became of it, what isn't kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

from kmblint.replay.review import Review
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.difference import (
    Difference,
    Part,
    PartDifference,
    PartKind,
    Shown,
    TableDifference,
    difference,
)
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import ForeignKey
from kmblint.schema.write import quoted

NOT_KEPT: Final = "written, but the database won't have it"


class State(Enum):
    """What became of a thing; the value is the sign that stands before it."""

    SAME = ""
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


class Row(msgspec.Struct, frozen=True):
    """A column or another part of a table, or an object beside the tables."""

    state: State
    text: str
    """As SQL defines it, its table's name left out."""
    was: str = ""
    """The same before, where it is another."""
    key: bool = False
    """Whether it is a column of the primary key."""
    note: str = ""
    """How what the database keeps is another than what is written; empty where it isn't."""


class TableView(msgspec.Struct, frozen=True):
    """A table of the schema before, behind, or both."""

    name: str
    state: State
    rows: tuple[Row, ...]
    references: tuple[tuple[str, State], ...]
    """Other tables that foreign keys name, kept or not."""
    note: str = ""
    was: str = ""
    """Its name before, where it was renamed."""

    @property
    def differs(self) -> bool:
        """Whether anything of it is another than before."""
        return self.state is not State.SAME or any(row.state is not State.SAME for row in self.rows)


class SchemaView(msgspec.Struct, frozen=True):
    """The whole schema, by name; what is gone is there too."""

    tables: tuple[TableView, ...]
    objects: tuple[Row, ...]
    """Those beside the tables that differ."""

    @property
    def changed(self) -> tuple[TableView, ...]:
        """The tables that aren't as before."""
        return tuple(table for table in self.tables if table.differs)

    def lines(self) -> Iterator[str]:
        """What differs, for a fence of kind `diff`: the sign first, parts below their table."""
        for table in self.changed:
            sign = table.state.value if table.state in (State.ADDED, State.REMOVED) else " "
            yield from _lines(sign, f"table {table.name}", f"table {table.was}" if table.was else "", table.note)
            for row in table.rows:
                if row.state is not State.SAME:
                    yield from _lines(row.state.value, f"    {row.text}", row.was and f"    {row.was}", row.note)
        for row in self.objects:
            yield from _lines(row.state.value, row.text, row.was, row.note)


def _lines(sign: str, text: str, was: str, note: str) -> Iterator[str]:
    told = f"  -- {note}" if note else ""
    if was:
        yield f"- {was}"
    yield f"{'+' if was else sign} {text}{told}"


class Views:
    """The schema around a batch, in three ways."""

    def __init__(self, review: Review) -> None:
        self._review = review

    @cached_property
    def _written(self) -> Difference:
        """All that is meant to be there behind the batch."""
        return _whole(self._review.meant)

    @cached_property
    def _missing(self) -> Mapping[str, TableDifference]:
        """What the database lacks of what is meant, both looked at as written."""
        return {table.name: table for table in difference(self._review.kept, self._review.meant).tables}

    @cached_property
    def before(self) -> SchemaView:
        """What the batch finds."""
        return _view(_whole(self._review.before), _SAME, {}, None)

    @cached_property
    def behind(self) -> SchemaView:
        """What the batch is meant to leave, with what the database won't keep of it."""
        return _view(self._written, _SAME, self._missing, self._review)

    @cached_property
    def compared(self) -> SchemaView:
        """The schema behind the batch against the one before it."""
        between = difference(self._review.before, self._review.meant)
        return _view(self._written, between, self._missing, self._review)


_SAME: Final = Difference((), ())


def _whole(shown: Shown) -> Difference:
    """A schema as what leads to it from an empty one."""
    return difference(replace(shown, catalog=Catalog()), shown)


_Key: TypeAlias = tuple[str, str, str]
"""Kind, name and definition of a part: what it is known by in its table."""


def _view(
    whole: Difference, between: Difference, missing: Mapping[str, TableDifference], review: Review | None
) -> SchemaView:
    by_name = {table.name: table for table in between.tables}
    tables = [
        _table(table, by_name.get(table.name), missing.get(table.name), review)
        for table in whole.tables
        if table.after is not None
    ]
    tables += [_gone(table) for table in between.tables if table.after is None]
    return SchemaView(tuple(sorted(tables, key=lambda table: table.name)), tuple(map(_object, between.objects)))


def _table(
    whole: TableDifference, between: TableDifference | None, missing: TableDifference | None, review: Review | None
) -> TableView:
    """A table that is there behind the batch."""
    table = whole.after
    assert table is not None, "the caller has seen it"
    changes = {_key(each.kind, each.after): each for each in (between.parts if between else ()) if each.after}
    lost = missing is not None and missing.before is None
    absent = {_key(each.kind, each.after) for each in (missing.parts if missing else ()) if each.after}
    rows: list[Row] = []
    new = between is not None and between.before is None
    for differing in whole.parts:
        part = differing.after
        assert part is not None, "it is a part of a table that is there"
        key = _key(differing.kind, part)
        change = changes.get(key)
        if differing.kind is PartKind.PRIMARY_KEY and (change is None or new):
            continue
        state = State.SAME if change is None else State.CHANGED if change.before else State.ADDED
        note = "" if review is None or lost else _note(differing, table, absent=key in absent, review=review)
        was = _text(differing.kind, change.before, table.name) if change and change.before else ""
        is_key = differing.kind is PartKind.COLUMN and part.name in table.primary_key
        rows.append(Row(state, _text(differing.kind, part, table.name), was, is_key, note))
    rows += _removed(between) if between else ()
    former = between.former if between else None
    return TableView(
        table.name,
        State.ADDED if new else State.CHANGED if former or (between and between.remade) else State.SAME,
        tuple(rows),
        tuple(_references(between.before if between else table, table)),
        NOT_KEPT
        if lost and review is not None
        else "made anew: its rows are gone"
        if between and between.remade
        else "",
        former or "",
    )


def _gone(dropped: TableDifference) -> TableView:
    table = dropped.before
    assert table is not None, "a table that is gone was there"
    return TableView(table.name, State.REMOVED, tuple(_removed(dropped)), tuple(_references(table, None)))


def _removed(between: TableDifference) -> Iterator[Row]:
    """The parts that are gone, of a table that is there or isn't."""
    for differing in between.parts:
        if (
            differing.after is None
            and differing.before is not None
            and (between.after or differing.kind is not PartKind.PRIMARY_KEY)
        ):
            is_key = between.before is not None and differing.name in between.before.primary_key
            yield Row(
                State.REMOVED,
                _text(differing.kind, differing.before, between.name),
                key=is_key and differing.kind is PartKind.COLUMN,
            )


def _key(kind: PartKind | ObjectKind, part: Part) -> _Key:
    return kind.value, part.name, part.definition


def _note(differing: PartDifference, table: Table, *, absent: bool, review: Review) -> str:
    """How what the database keeps of a part is another than what is written."""
    kept = review.meant.kept
    if absent or (differing.kind is PartKind.CONSTRAINT and not kept.constraints):
        return NOT_KEPT
    column = table.column(differing.name) if differing.kind is PartKind.COLUMN else None
    if column is None:
        return ""
    stored = kept.stored_type(column.type)
    if stored is not None and stored.canonical != column.type.canonical:
        return f"stored as {stored}"
    return "its default isn't kept" if column.default is not None and not kept.constraints else ""


def _text(kind: PartKind | ObjectKind, part: Part, table: str) -> str:
    """A part on one line, its table's name left out where it goes without saying."""
    text = " ".join(part.definition.split())
    match kind:
        case PartKind.INDEX | PartKind.MASK:
            return text.removeprefix("CREATE ").replace(f" ON {quoted(table)} (", " (", 1)
        case PartKind.MASKING_POLICY:
            return f"{part.name} masked by {part.meaning[0]}"
        case PartKind.CLASSIFICATION:
            return f"{part.name} classified {part.meaning[0]}"
        case ObjectKind():
            return f"{kind} {part.name}"
    return text


def _object(differing: PartDifference) -> Row:
    state = State.ADDED if differing.before is None else State.REMOVED if differing.after is None else State.CHANGED
    return Row(state, f"{differing.kind} {differing.name}")


def _references(was: Table | None, now: Table | None) -> Iterator[tuple[str, State]]:
    old, new = _referred(was), _referred(now)
    for name in (*new, *(gone for gone in old if gone not in new)):
        yield name, State.SAME if name in old and name in new else State.ADDED if name in new else State.REMOVED


def _referred(table: Table | None) -> dict[str, None]:
    constraints = table.constraints if table else ()
    return {
        declared.constraint.table.text: None for declared in constraints if isinstance(declared.constraint, ForeignKey)
    }
