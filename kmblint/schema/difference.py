"""What stands between two schemas: the tables, their parts and the other objects that were added, removed or changed.

The two may be those of one history at two instants, or of two histories. Places play no part in the comparison, and two
spellings of one type (`INT`, `INTEGER`) are one; a renamed table or column is known by the RENAME that the later
schema remembers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from kmblint.schema.catalog import Catalog, Column, Declared, Dropped, Index, Mask, Table
from kmblint.schema.definition import (
    classification_definition,
    column_definition,
    constraint_definition,
    index_definition,
    mask_definition,
    policy_definition,
)
from kmblint.schema.kept import Kept
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.ordered import OrderedMap
from kmblint.schema.parts import Check, ForeignKey
from kmblint.schema.write import column_list, value_text
from kmblint.text import Place

_Made = TypeVar("_Made", Table, Column)


class PartKind(StrEnum):
    """What a part of a table is, as messages say it."""

    COLUMN = "column"
    PRIMARY_KEY = "primary key"
    CONSTRAINT = "constraint"
    INDEX = "index"
    MASKING_POLICY = "masking policy"
    MASK = "mask"
    CLASSIFICATION = "classification"


class Shown(msgspec.Struct, frozen=True):
    """A schema, and what of it is looked at."""

    catalog: Catalog
    kept: Kept


class Part(msgspec.Struct, frozen=True):
    """A part of a table, or an object beside the tables, on one side of a difference."""

    name: str
    """Of what guards a column, the column; empty for a primary key, and for a constraint without one."""
    definition: str
    """As SQL defines it: a clause for columns, keys and constraints, else a statement without its `;`."""
    made: Place
    meaning: tuple[object, ...]
    """What is compared."""


class PartDifference(msgspec.Struct, frozen=True):
    """A part or object that one side has and the other hasn't, or has otherwise."""

    kind: PartKind | ObjectKind
    before: Part | None
    after: Part | None

    @property
    def name(self) -> str:
        """What it is called now, or was called last."""
        part = self.after or self.before
        assert part is not None, "a difference has a side"
        return part.name

    @property
    def former(self) -> str | None:
        """What it was called before, where it was renamed."""
        return self.before.name if self.before and self.after and self.before.name != self.after.name else None


class TableDifference(msgspec.Struct, frozen=True):
    """A table that one side has and the other hasn't, or has otherwise."""

    before: Table | None
    after: Table | None
    parts: tuple[PartDifference, ...]
    """Columns in their order, key, constraints, indexes, what guards a column; all of a table that is new or gone."""
    remade: bool
    """Whether it was dropped in between and another made under its name: no row of the first is in it."""
    reordered: bool
    """Whether the columns that both sides have stand in another order."""

    @property
    def name(self) -> str:
        """What it is called now, or was called last."""
        table = self.after or self.before
        assert table is not None, "a difference has a side"
        return table.name

    @property
    def former(self) -> str | None:
        """What it was called before, where it was renamed."""
        return self.before.name if self.before and self.after and self.before.name != self.after.name else None


class Difference(msgspec.Struct, frozen=True):
    """What leads from one schema to another; false where nothing does."""

    tables: tuple[TableDifference, ...]
    """By name."""
    objects: tuple[PartDifference, ...]
    """By kind and name: roles, masking policies and the other objects beside the tables."""

    def __bool__(self) -> bool:
        return bool(self.tables or self.objects)


def difference(before: Shown, after: Shown) -> Difference:
    """What was added, removed and changed from one schema to the other; renames are found in either direction."""
    old, new = before.catalog, after.catalog
    renamed = _renames((old.tables, old.dropped), (new.tables, new.dropped))
    columns = {
        name: _column_renames(table, new.tables[renamed.get(name, name)])
        for name, table in old.tables.items()
        if renamed.get(name, name) in new.tables
    }
    mine, theirs = _Side(before, _Renames(renamed, columns)), _Side(after, _Renames({}, {}))
    arrived = set(renamed.values())
    pairs: list[tuple[Table | None, Table | None]]
    pairs = [(table, new.tables.get(renamed.get(name, name))) for name, table in old.tables.items()]
    pairs += [(None, table) for name, table in new.tables.items() if name not in old.tables and name not in arrived]
    differences = (_table_difference(table, now, mine, theirs) for table, now in pairs)
    tables = sorted((each for each in differences if each is not None), key=lambda each: each.name)
    objects = sorted(_differing(_beside(before), _beside(after)), key=lambda each: (each.kind, each.name))
    return Difference(tuple(tables), tuple(objects))


class _Renames(msgspec.Struct, frozen=True):
    """What the names of one side are on the other."""

    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    """Table, as this side calls it → its columns."""

    def table(self, name: str) -> str:
        return self.tables.get(name, name)

    def column(self, table: str, name: str) -> str:
        return self.columns.get(table, {}).get(name, name)


_Named = Mapping[str, _Made] | OrderedMap[str, _Made]


def _renames(
    before: tuple[_Named[_Made], OrderedMap[str, Dropped]], after: tuple[_Named[_Made], OrderedMap[str, Dropped]]
) -> dict[str, str]:
    """Name on the one side → on the other, of what a RENAME gave another name; each side: what is there, what is gone.

    A later schema remembers what was renamed, whichever of the two it is.
    """
    renames: dict[str, str] = {}
    for (there, _), (now, gone), forwards in ((before, after, True), (after, before, False)):
        for name, made in there.items():
            other = _renamed_to(name, made.made, gone, now)
            if other is not None and other not in there and name not in now:
                renames.setdefault(*(name, other) if forwards else (other, name))
    return renames


def _renamed_to(name: str, made: Place, gone: OrderedMap[str, Dropped], there: _Named[_Made]) -> str | None:
    """The name that what was made at a place came to have; None where it wasn't renamed, or isn't there."""
    seen = {name}
    while (dropped := gone.get(name)) is not None and dropped.renamed_to is not None and dropped.made == made:
        name = dropped.renamed_to
        now = there.get(name)
        if name in seen or (now is not None and now.made == made):
            return None if name in seen else name
        seen.add(name)
    return None


def _column_renames(old: Table, new: Table) -> dict[str, str]:
    before = {column.name: column for column in old.columns}
    after = {column.name: column for column in new.columns}
    return _renames((before, old.dropped), (after, new.dropped))


def _table_difference(old: Table | None, new: Table | None, before: _Side, after: _Side) -> TableDifference | None:
    parts = tuple(_differing(before.parts(old) if old else (), after.parts(new) if new else ()))
    if old is None or new is None:
        return TableDifference(old, new, parts, remade=False, reordered=False)
    dropped = after.shown.catalog.dropped.get(old.name)
    remade = old.made != new.made and dropped is not None and dropped.renamed_to is None and dropped.made == old.made
    mine = [before.renames.column(old.name, name) for name in old.column_names]
    kept = [name for name in mine if new.column(name)]
    reordered = kept != [name for name in new.column_names if name in set(mine)]
    table = TableDifference(old, new, parts, remade, reordered)
    return table if parts or remade or reordered or table.former else None


_Found = tuple[PartKind | ObjectKind, str, Part]
"""A part, and what the later side calls it."""


def _differing(before: Iterable[_Found], after: Iterable[_Found]) -> Iterator[PartDifference]:
    """The parts that differ, kind by kind, in the order of the later side; what is gone stands last."""
    old = {(kind, name): part for kind, name, part in before}
    new = {(kind, name): part for kind, name, part in after}
    for key in sorted({**new, **old}, key=lambda key: _ORDER.get(key[0], len(_ORDER))):
        mine, theirs = old.get(key), new.get(key)
        if mine is None or theirs is None or mine.meaning != theirs.meaning or mine.name != theirs.name:
            yield PartDifference(key[0], mine, theirs)


_ORDER: Final[dict[PartKind | ObjectKind, int]] = {kind: number for number, kind in enumerate(PartKind)}


class _Side:
    """The parts of one side's tables, which mean what they do by the names of the other."""

    def __init__(self, shown: Shown, renames: _Renames) -> None:
        self.shown = shown
        self.kept = shown.kept
        self.renames = renames
        self._masks: dict[str, list[Mask]] = {}
        for mask in shown.catalog.masks.values():
            self._masks.setdefault(mask.table, []).append(mask)

    def parts(self, table: Table) -> Iterator[_Found]:
        """The parts of a table that are looked at."""
        for column in table.columns:
            yield PartKind.COLUMN, self.renames.column(table.name, column.name), self._column(table, column)
        if table.primary_key:
            key = f"PRIMARY KEY ({column_list(table.primary_key)})"
            yield PartKind.PRIMARY_KEY, "", Part("", key, table.made, self._columns(table.name, table.primary_key))
        for declared in self.kept.shown(table):
            meaning = self._constraint(table, declared)
            part = Part(declared.name or "", constraint_definition(declared, self.kept), declared.made, meaning)
            yield PartKind.CONSTRAINT, declared.name or repr(meaning), part
        for index in table.indexes:
            definition = index_definition(table, index, self.kept)
            yield PartKind.INDEX, index.name, Part(index.name, definition, index.made, self._index(table, index))
        for name, (policy, place) in table.policies.items():
            part = Part(name, policy_definition(table, name, policy), place, (policy,))
            yield PartKind.MASKING_POLICY, self.renames.column(table.name, name), part
        for mask in self._masks.get(table.name, ()):
            meaning = (self.renames.column(table.name, mask.column), mask.strategy)
            yield PartKind.MASK, mask.name, Part(mask.name, mask_definition(mask), mask.made, meaning)
        for name, (word, place) in table.classifications.items():
            part = Part(name, classification_definition(table, name, word), place, (word,))
            yield PartKind.CLASSIFICATION, self.renames.column(table.name, name), part

    def _column(self, table: Table, column: Column) -> Part:
        kept = self.kept
        default: tuple[object, ...] = ()
        if kept.declarations:
            computed = column.computed and _words(kept.written(column.computed))
            default = (
                column.generated,
                computed,
                column.default is None,
                column.default and value_text(column.default),
            )
        meaning = (kept.type(column).canonical, kept.nullable(table, column), *default)
        return Part(column.name, column_definition(table, column, kept), column.made, meaning)

    def _constraint(self, table: Table, declared: Declared) -> tuple[object, ...]:
        constraint = declared.constraint
        if isinstance(constraint, Check):
            return _words(constraint_definition(declared, msgspec.structs.replace(self.kept, text=self.kept.written)))
        columns = self._columns(table.name, (column.text for column in constraint.columns))
        if not isinstance(constraint, ForeignKey):
            return ("unique", *columns)
        to = constraint.table.text
        targets = self._columns(to, (column.text for column in constraint.targets))
        return columns, self.renames.table(to), targets, constraint.on_delete

    def _index(self, table: Table, index: Index) -> tuple[object, ...]:
        columns = self.kept.columns(index)
        if None in columns or (index.partial and self.kept.declarations):
            return _words(self.kept.written(index.made))
        named = self._columns(table.name, (column for column in columns if column is not None))
        return named, index.unique and self.kept.declarations

    def _columns(self, table: str, columns: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.renames.column(table, column) for column in columns)


def _beside(shown: Shown) -> Iterator[_Found]:
    """The objects beside the tables, and masks on tables that aren't there.

    Of a user, no more than the name: its password is nobody's business.
    """
    for kind, objects in shown.catalog.objects.items():
        for name, made in objects.items():
            user = f"CREATE USER {name}" if kind is ObjectKind.USER else None
            text, written = (user or of(made.made) for of in (shown.kept.text, shown.kept.written))
            yield kind, name, Part(name, text, made.made, _words(written))
    for mask in shown.catalog.masks.values():
        if mask.table not in shown.catalog.tables:
            meaning = (mask.table, mask.column, mask.strategy)
            yield ObjectKind.MASK, mask.name, Part(mask.name, mask_definition(mask), mask.made, meaning)


def _words(definition: str) -> tuple[str, ...]:
    return tuple(definition.split())
