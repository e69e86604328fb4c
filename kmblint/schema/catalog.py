"""The schema at an instant: immutable nouns that know where they come from.

A clause that the target throws away stays here as *declared, not kept*: the target says which are kept, the catalogue
says what was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, TypeAlias, TypeVar

import msgspec

from kmblint.schema.changes import Change, CreateObject
from kmblint.schema.growing import GrowingMap
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.ordered import OrderedMap, OrderedSet
from kmblint.schema.parts import Check, Constraint, ForeignKey, Unique, default_names
from kmblint.schema.predicate import Value
from kmblint.schema.types import DataType
from kmblint.text import Place
from kmblint.wording import plurals, singulars


def noted(places: tuple[Place, ...], place: Place) -> tuple[Place, ...]:
    """The first of some places and the one that comes last now: all of them in each catalogue would be a square."""
    return (*places[:1], place)


class Column(msgspec.Struct, frozen=True, gc=False):
    """A column of a table."""

    name: str
    type: DataType
    made: Place
    nullable: bool
    default: Value | None
    changed: tuple[Place, ...]
    """Where it was changed first, and where last (`noted`)."""
    generated: bool
    """The database makes its values where it keeps such clauses: IDENTITY, GENERATED, AUTO_INCREMENT, SERIAL."""
    computed: Place | None
    """The clause that says of which other columns it makes them, and how."""


class Index(msgspec.Struct, frozen=True):
    """An index; a part that is an expression, or that the target makes nothing of, is None in `columns`."""

    name: str
    columns: tuple[str | None, ...]
    made: Place
    unique: bool
    partial: bool
    declared: tuple[str | None, ...]
    """The columns as they are written, where the target makes others of them."""
    descending: tuple[bool, ...]
    """Which of its columns are written DESC."""

    @property
    def meant(self) -> tuple[str | None, ...]:
        """The columns that its author meant, whatever the target makes of them."""
        return self.declared or self.columns

    @property
    def order(self) -> tuple[bool, ...]:
        """Which of its columns run against the first one; an index is read in both directions."""
        return tuple(each is not self.descending[0] for each in self.descending)

    def covers(self, columns: tuple[str, ...]) -> bool:
        """Whether it was meant to begin with these columns, in any order."""
        return set(self.meant[: len(columns)]) == set(columns)

    def begins(self, other: Index) -> bool:
        """Whether its columns are meant to be the first columns of the other, in order."""
        return None not in self.meant and other.meant[: len(self.meant)] == self.meant


class Declared(msgspec.Struct, frozen=True):
    """A constraint with its place."""

    constraint: Constraint
    made: Place
    former: tuple[str, ...] = ()
    """The names that a database may have given to it, where it has none, before its table or columns were renamed."""

    @property
    def name(self) -> str | None:
        """The name it was given."""
        return self.constraint.name.text if self.constraint.name else None

    def renaming(self, table: str) -> Declared:
        """Itself, before a column or the table, which is called so, gets another name: it keeps its own."""
        if self.name is not None:
            return self
        names = dict.fromkeys((*self.former, *default_names(table, self.constraint)))
        return msgspec.structs.replace(self, former=tuple(names))


class KnownRow(msgspec.Struct, frozen=True, gc=False):
    """A row that the history inserted: where, and what it wrote since into its columns, by name.

    A column that isn't named was left out of INSERT. `values` is None in a table of more rows than keep theirs, and
    where ON CONFLICT may have met a row that isn't known.
    """

    place: Place
    values: Mapping[str, Value] | None


KnownRows: TypeAlias = "GrowingMap[tuple[object, ...], KnownRow]"


class Former(msgspec.Struct, frozen=True):
    """What a dropped table leaves to the next one of its name: an index that is still registered, and its rows."""

    index: Index
    rows: KnownRows


class Dropped(msgspec.Struct, frozen=True):
    """A table or column that is gone: what it was, and where it was dropped."""

    name: str
    made: Place
    place: Place
    type: DataType | None = None
    """The column's type."""
    renamed_to: str | None = None
    rows: KnownRows = GrowingMap()
    """The table's known rows."""
    former: tuple[Former, ...] = ()
    """What was left to the table by those of its name before it."""


class Poison(msgspec.Struct, frozen=True):
    """A value that makes a table unreadable until its column is dropped."""

    column: str
    value: str
    place: Place
    row: tuple[object, ...] | None
    """The key of the row that holds it, where that is known: other rows can still be found by their key."""


class Table(msgspec.Struct, frozen=True, gc=False):
    """A table, its parts, and what remains of parts that were dropped."""

    name: str
    columns: tuple[Column, ...]
    made: Place
    opaque: Place | None
    """The last statement that left a part of it unknown (CREATE TABLE AS, an opaque statement); None where all is."""
    primary_key: tuple[str, ...] = ()
    constraints: tuple[Declared, ...] = ()
    indexes: tuple[Index, ...] = ()
    dropped: OrderedMap[str, Dropped] = OrderedMap()
    """Columns that are gone, by name."""
    policies: OrderedMap[str, tuple[str, Place]] = OrderedMap()
    """Column → the masking policy attached to it, and where it was."""
    classifications: OrderedMap[str, tuple[str, Place]] = OrderedMap()
    """Column → its classification, and where it was set."""
    poisons: tuple[Poison, ...] = ()
    ghosts: OrderedMap[str, Value] = OrderedMap()
    """What was set last in columns that aren't there: it appears when one of that name is added."""
    rows: KnownRows = GrowingMap()
    """The rows that are known to be there, by the literals of their key."""
    unseen: bool = False
    """Whether the history may have put or left other rows there: of a key that isn't known, or by a condition."""
    former: tuple[Former, ...] = ()
    """What dropped tables of that name have left behind."""
    noted: tuple[str, ...] = ()
    """The names of its indexes and constraints of which no more is known: MySQL's KEY, PostgreSQL's EXCLUDE."""

    def column(self, name: str) -> Column | None:
        """The column of exactly that name."""
        if len(self.columns) > _WIDE and (known := _known(self.columns)) is not None:
            return known[1].get(name)
        for column in self.columns:  # a plain loop: it is called some ten times a value
            if column.name == name:
                return column
        return None

    def index(self, name: str) -> Index | None:
        """The index of exactly that name."""
        return next((index for index in self.indexes if index.name == name), None)

    @property
    def complete(self) -> bool:
        """Whether every part of it is known: findings on another are less sure."""
        return self.opaque is None

    @property
    def column_names(self) -> tuple[str, ...]:
        """In the order of their definition."""
        if len(self.columns) > _WIDE and (known := _known(self.columns)) is not None:
            return known[0]
        return tuple([column.name for column in self.columns])  # a list first: it is asked some ten times a statement

    def has_index_on(self, column: str) -> bool:
        """Whether an index or the primary key begins with the column."""
        return self.primary_key[:1] == (column,) or any(index.columns[:1] == (column,) for index in self.indexes)

    def searchable_by(self, columns: tuple[str, ...], *, unique: bool = False, partial: bool = True) -> bool:
        """Whether an index or the primary key is meant to begin with these columns, in any order.

        With `unique`, the keys declared UNIQUE count as well; without `partial`, indexes of some rows don't.
        """
        keys = self.unique_keys if unique else (self.primary_key,)
        return any(set(key[: len(columns)]) == set(columns) for key in keys) or any(
            index.covers(columns) for index in self.indexes if partial or not index.partial
        )

    @property
    def unreadable_for(self) -> tuple[Poison, ...]:
        """The values that keep the table from being read now: those whose column is there."""
        return tuple(poison for poison in self.poisons if self.column(poison.column) is not None)

    @property
    def key_is_known(self) -> bool:
        """Whether it is known what its primary key is, or that it has none."""
        return self.complete or bool(self.primary_key)

    def key_fits(self, column: Column) -> bool:
        """Whether a column holds what the last column of the primary key holds."""
        key = self.column(self.primary_key[-1]) if self.primary_key else None
        return key is not None and key.type.family is column.type.family

    def finds_references(self, column: str, to: Table, *, partial: bool) -> bool:
        """Whether an index or the primary key finds the rows that refer by a column to one row of another table.

        Where the key of the other has several columns, the others may stand before it: `(tenant_id, owner_id)`.
        Without `partial`, indexes of some rows don't count.
        """
        beside = {name for name in to.primary_key if name != column}
        indexes = (index for index in self.indexes if partial or not index.partial)
        keys = (self.primary_key, *(index.meant for index in indexes))
        return any(column in key and beside.issuperset(key[: key.index(column)]) for key in keys)

    @property
    def foreign_keys(self) -> tuple[tuple[ForeignKey, Place], ...]:
        """The declared references, with their places."""
        return tuple((c.constraint, c.made) for c in self.constraints if isinstance(c.constraint, ForeignKey))

    @property
    def unique_keys(self) -> tuple[tuple[str, ...], ...]:
        """The column sets declared UNIQUE, by a constraint or by an index, the primary key first."""
        declared = tuple(
            tuple(column.text for column in c.constraint.columns)
            for c in self.constraints
            if isinstance(c.constraint, Unique)
        )
        indexed = tuple(
            tuple(column for column in index.columns if column)
            for index in self.indexes
            if index.unique and not index.partial and None not in index.columns
        )
        return ((self.primary_key,) if self.primary_key else ()) + declared + indexed

    def constraint(self, name: str) -> Declared | None:
        """The constraint of exactly that name."""
        return next((declared for declared in self.constraints if declared.name == name), None)

    def constraint_called(self, name: str) -> Declared | None:
        """The constraint of that name, or one without that a database calls so; no CHECK, which it numbers."""
        given = self.constraint(name) or self.given_names.get(name)
        return None if given is None or (given.name is None and isinstance(given.constraint, Check)) else given

    @property
    def given_names(self) -> dict[str, Declared]:
        """The names that a database may have given to constraints without one, each with the first, a CHECK last."""
        held = _given.get(id(self.constraints))
        if held is None or held[1] != self.name:
            if len(_given) >= _KEPT:
                _given.clear()
            names: dict[str, Declared] = {}
            unnamed = [declared for declared in self.constraints if declared.name is None]
            for declared in sorted(unnamed, key=lambda each: isinstance(each.constraint, Check)):
                for name in (*default_names(self.name, declared.constraint), *declared.former):
                    names.setdefault(name, declared)
            held = _given[id(self.constraints)] = self.constraints, self.name, names
        return held[2]


_WIDE: Final = 64
"""Columns of a table over which they are looked up by name and not one after the other."""
_KEPT: Final = 8
_given: dict[int, tuple[tuple[Declared, ...], str, dict[str, Declared]]] = {}
"""What `Table.given_names` says of the last constraints, by their identity, and the name of their table."""
_Wide: TypeAlias = tuple[tuple[str, ...], dict[str, Column]]
_wide: dict[int, tuple[tuple[Column, ...], _Wide | None]] = {}
"""What `_known` says of the last wide tables, by the identity of their columns, which is held so that no others get it:
all versions of a table share these that another statement than one on its columns makes."""


def _known(columns: tuple[Column, ...]) -> _Wide | None:
    """The names of columns in order, and the columns by name, the first of each; None where they are asked of first.

    Each of a thousand statements that add a column makes other ones: what is known of those before is gone on with.
    """
    held = _wide.get(id(columns))
    if held is not None and held[1] is not None:
        return held[1]
    known = _continued(columns)
    if known is None and held is not None:
        names = tuple([column.name for column in columns])
        known = names, {column.name: column for column in reversed(columns)}
    if held is None and len(_wide) >= _KEPT:
        _wide.clear()
    _wide[id(columns)] = columns, known
    return known


def _continued(columns: tuple[Column, ...]) -> _Wide | None:
    """What is known of columns that begin with others of which it is, and have one more."""
    for before, known in _wide.values():
        if known is not None and len(before) + 1 == len(columns) and columns[:-1] == before:
            name = columns[-1].name
            return (*known[0], name), {name: columns[-1], **known[1]}
    return None


class Object(msgspec.Struct, frozen=True):
    """An object that is neither a table nor a part of one."""

    name: str
    made: Place
    strategy: str
    """Of a masking policy or a mask."""
    table_made: Place | None
    """Where the table was made that it belongs to, and with which it goes."""

    @property
    def definition(self) -> str:
        """All that is known of it beside its name, in words."""
        return self.strategy


class Mask(Object, frozen=True, kw_only=True):
    """A mask on a column."""

    table: str
    column: str

    @property
    def definition(self) -> str:
        """How it masks what."""
        return f"{self.strategy} on {self.table}.{self.column}"


_Names: TypeAlias = OrderedMap[str, OrderedSet[str]]
_NONE: OrderedSet[str] = OrderedSet()
_Objects: TypeAlias = OrderedMap[str, Object]
_NO_OBJECTS: _Objects = OrderedMap()
_ELSEWHERE = frozenset({"external", "foreign", "legacy", "remote", "source", "upstream"})
"""Roles of keys that are kept in another system."""


class Catalog(msgspec.Struct, frozen=True, dict=True):
    """The schema at an instant; every name is exact, as Kimberlite compares them."""

    tables: OrderedMap[str, Table] = OrderedMap()
    dropped: OrderedMap[str, Dropped] = OrderedMap()
    """Tables that are gone, by name; the newest drop of a name."""
    registered: OrderedMap[str, OrderedMap[str, Index]] = OrderedMap()
    """Table → every index ever made on that name, which Kimberlite keeps registered when table or column is dropped.
    Stale is the one that its table no longer has."""
    attachments: OrderedMap[tuple[str, str], tuple[str, Place]] = OrderedMap()
    """(table, column) → the masking policy that was attached there and never detached, and where; tables that are gone
    too, because Kimberlite keeps it."""
    masks: OrderedMap[str, Mask] = OrderedMap()
    objects: OrderedMap[ObjectKind, _Objects] = OrderedMap()
    """The other objects by kind, then by name."""
    opaque: Place | None = None
    """The last statement whose effect isn't known: what may exist because of it, or of one before, is less sure."""
    settled: OrderedSet[str] = OrderedSet()
    """Tables that were made or dropped in words behind it: it can't have touched them."""
    lost: bool = False
    """Whether a file before this instant can't be read: what isn't known may have been made there."""
    unread: OrderedSet[str] = OrderedSet()
    """Names under which nobody knows what is there: what statements that can't be followed may have made, changed or
    dropped. Of a table of such a name, the columns aren't known."""
    _folded: _Names = OrderedMap()
    """Table names by what they are in lower case, schema left out."""
    _referrers: _Names = OrderedMap()
    """Table → the tables whose foreign keys name it."""
    _spellings: OrderedMap[tuple[ObjectKind, str], OrderedSet[str]] = OrderedMap()
    """Kind and name in lower case → the names that objects of the kind have, or had."""
    _indexed: _Names = OrderedMap()
    """Index → the tables that have one of the name, or had."""
    _ending: _Names = OrderedMap()
    """The last word of the thing that a column called `…_id` names → the tables that have such a column, or had."""

    def table(self, name: str) -> Table | None:
        """The table of exactly that name."""
        return self.tables.get(name)

    def table_of(self, change: Change) -> Table | None:
        """The table that a change is of, where it names one that is there."""
        return self.table(change.table.text) if change.table else None

    def named(self, kind: ObjectKind) -> OrderedMap[str, Object] | OrderedMap[str, Mask]:
        """The objects of a kind by name: masks, policies, views … but neither tables nor their parts."""
        return self.masks if kind is ObjectKind.MASK else self.objects.get(kind, _NO_OBJECTS)

    def in_the_way(self, change: CreateObject) -> Object | None:
        """The object that has the name of one that is to be made; None where the new one may come beside or behind it.

        One of a table is in the way only where its table is known, and still the same.
        """
        made = None if change.replace or change.kind.is_repeatable else self.named(change.kind).get(change.key)
        if made is None or change.on is None:
            return made
        table = self.table(change.on.text)
        return made if table is not None and table.made == made.table_made else None

    def is_readable(self, name: str) -> bool:
        """Whether a query can read from what has that name: a table, a view and the like."""
        return name in self.tables or any(name in objects for kind, objects in self.objects.items() if kind.is_readable)

    def guess(self, table: str | None) -> Place | None:
        """The last statement that may have changed what is known of a table, or of any; None where there is none."""
        return None if table is not None and table in self.settled else self.opaque

    def settle(self, *names: str) -> Catalog:
        """With tables of which the history says all from here on, where some statement left doubt about it."""
        if self.opaque is None:
            return self
        return msgspec.structs.replace(self, settled=self.settled.insert_all(names))

    @cached_property
    def in_order(self) -> tuple[Table, ...]:
        """The tables by name, whatever the hash seed."""
        return tuple(table for _, table in sorted(self.tables.items()))

    def named_by(self, column: Column) -> Table | None:
        """The table that a column called `{table}_id` names, in the singular or plural and in any case.

        A role may stand before the table (`home_branch_id`, `reported_by_tenant_id`) where the column can hold its key.
        """
        stem = column.name.casefold().removesuffix("_id")
        if not stem or stem == column.name.casefold():
            return None
        named = self._called(stem)
        while named is None and "_" in stem:
            role, _, stem = stem.partition("_")
            if role in _ELSEWHERE:
                return None
            named = self._called(stem)
            if named is not None and not named.key_fits(column):
                named = None
        return named

    def may_name(self, table: str) -> Iterator[Table]:
        """The tables that may have a column called `{table}_id`, and some others, by their names."""
        found = {name for word in singulars(_last_word(_folded(table))) for name in self._ending.get(word, _NONE)}
        return (there for name in sorted(found) if (there := self.tables.get(name)) is not None)

    def _called(self, thing: str) -> Table | None:
        names = (name for each in plurals(thing) for name in self.alike(each))
        return self.tables.get(min(names, default=""))

    def alike(self, name: str) -> Iterable[str]:
        """The tables of that name in any case, schemas left out."""
        return self._folded.get(_folded(name), _NONE)

    def referring(self, table: str) -> Iterator[tuple[Table, ForeignKey, Place]]:
        """The foreign keys that name a table, by the name of the table that they belong to."""
        for name in sorted(self._referrers.get(table, _NONE)):
            other = self.tables[name]
            for key, place in other.foreign_keys:
                if key.table.text == table:
                    yield other, key, place

    def with_index(self, name: str) -> Iterator[Table]:
        """The tables that have an index of that name, by their own names."""
        tables = (self.tables.get(each) for each in sorted(self._indexed.get(name, _NONE)))
        return (table for table in tables if table is not None and table.index(name) is not None)

    @cached_property
    def index_names(self) -> tuple[str, ...]:
        """The names of all indexes."""
        return tuple(index.name for table in self.tables.values() for index in table.indexes)

    def spelt_alike(self, kind: ObjectKind, name: str) -> Iterator[Object | Mask]:
        """The objects of a kind (not tables and their parts) of that name in any case."""
        named = self.named(kind)
        spellings = self._spellings.get((kind, name.casefold()), _NONE)
        return (made for each in spellings if (made := named.get(each)) is not None)

    def with_object(self, kind: ObjectKind, made: Object, key: str) -> Catalog:
        """With the object in place of the one of its kind and key, which is its name where names are unique."""
        objects = self.objects.get(kind, _NO_OBJECTS).insert(key, made)
        spellings = self._spelling(kind, made.name)
        return msgspec.structs.replace(self, objects=self.objects.insert(kind, objects), _spellings=spellings)

    def with_mask(self, mask: Mask) -> Catalog:
        """With the mask in place of the one of its name."""
        spellings = self._spelling(ObjectKind.MASK, mask.name)
        return msgspec.structs.replace(self, masks=self.masks.insert(mask.name, mask), _spellings=spellings)

    def _spelling(self, kind: ObjectKind, name: str) -> OrderedMap[tuple[ObjectKind, str], OrderedSet[str]]:
        key = kind, name.casefold()
        return self._spellings.insert(key, self._spellings.get(key, _NONE).insert(name))

    def without_object(self, kind: ObjectKind, name: str) -> Catalog:
        """Without the object or mask; the same where it isn't there."""
        if kind is ObjectKind.MASK:
            return msgspec.structs.replace(self, masks=self.masks.discard(name))
        objects = self.objects.get(kind, _NO_OBJECTS).discard(name)
        return msgspec.structs.replace(self, objects=self.objects.insert(kind, objects))

    def has_had(self, kind: ObjectKind, name: str) -> bool:
        """Whether an object of the kind had that name in any case before, or has it; of a schema, whether a table was
        made in it."""
        return (kind, name.casefold()) in self._spellings

    def put(self, table: Table) -> Catalog:
        """With the table in place of the one of its name."""
        old = self.tables.get(table.name)
        if old is table:
            return self
        indexed, ending = self._indexed, self._ending
        for index in _fresh(old.indexes if old else (), table.indexes):
            indexed = _joined(indexed, index.name, table.name)
        for column in _fresh(old.columns if old else (), table.columns):
            thing = column.name.casefold()
            if thing.endswith("_id"):
                ending = _joined(ending, _last_word(thing.removesuffix("_id")), table.name)
        replaced = msgspec.structs.replace(
            self, tables=self.tables.insert(table.name, table), _indexed=indexed, _ending=ending
        )
        if old is not None and old.constraints is table.constraints:
            return replaced
        folded = self._folded if old else _joined(self._folded, _folded(table.name), table.name)
        schema = table.name.rpartition(".")[0]
        spellings = self._spelling(ObjectKind.SCHEMA, schema) if schema and old is None else self._spellings
        referrers = self._referring_instead(table.name, old, table)
        return msgspec.structs.replace(replaced, _folded=folded, _referrers=referrers, _spellings=spellings)

    def stale_indexes(self, table: str) -> tuple[Index, ...]:
        """The indexes that are registered on a table's name, and that the table no longer has."""
        known = self.registered.get(table)
        if known is None:
            return ()
        owner = self.tables.get(table)
        there = {index.name for index in owner.indexes} if owner is not None else set()
        return tuple(known[name] for name in sorted({*known} - there))

    def without(self, table: Table) -> Catalog:
        """Without the table."""
        return msgspec.structs.replace(
            self,
            tables=self.tables.remove(table.name),
            _folded=_parted(self._folded, _folded(table.name), table.name),
            _referrers=self._referring_instead(table.name, table, None),
        )

    def _referring_instead(self, table: str, old: Table | None, new: Table | None) -> _Names:
        """With the references of one table in place of those of the other, which has its name."""
        referrers = self._referrers
        gone = dict.fromkeys(key.table.text for key, _ in old.foreign_keys) if old else {}
        come = dict.fromkeys(key.table.text for key, _ in new.foreign_keys) if new else {}
        for to in gone:
            if to not in come:
                referrers = _parted(referrers, to, table)
        for to in come:
            if to not in gone:
                referrers = _joined(referrers, to, table)
        return referrers


_Part = TypeVar("_Part")


def _fresh(old: tuple[_Part, ...], new: tuple[_Part, ...]) -> Iterable[_Part]:
    """The parts of a table that it hasn't had before, and some that it had; one change never adds and takes away."""
    if old is new or len(new) < len(old):
        return ()
    if len(new) > len(old):
        return new[len(old) :] if new[: len(old)] == old else new
    return (each for here, each in zip(old, new, strict=False) if here is not each)


def _folded(name: str) -> str:
    return name.casefold().rpartition(".")[2]


def _last_word(name: str) -> str:
    """What stands behind the last `_` of a name without its schema."""
    return _folded(name.rpartition("_")[2])


def _joined(names: _Names, key: str, name: str) -> _Names:
    return names.insert(key, names.get(key, _NONE).insert(name))


def _parted(names: _Names, key: str, name: str) -> _Names:
    return names.insert(key, names.get(key, _NONE).discard(name))
