"""What statements that nobody can read were to make: it counts as there, opaquely, until it is made in words."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import Final

from msgspec.structs import replace

from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import AddColumn, AddIndex, AddTable, Change, Opaque, Read, RenameTable
from kmblint.schema.conflict import (
    ColumnExists,
    Conflict,
    ObjectExists,
    TableExists,
    Unknown,
    UnknownColumn,
    UnknownObject,
    UnknownTable,
)
from kmblint.schema.functions import effect_of
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import DEFAULT_SCHEMAS, bare
from kmblint.schema.types import DataType, Family
from kmblint.text import Place
from kmblint.wording import nearest


def left_unread(catalog: Catalog, tables: Iterable[str], names: Iterable[str], place: Place) -> Catalog:
    """With tables whose columns aren't known from here on, those that aren't there made without any."""
    for name in tables:
        table = catalog.table(name) or Table(name, (), place, opaque=place)
        catalog = replace(catalog.put(replace(table, opaque=place)), unread=catalog.unread.insert(name))
    return replace(catalog, unread=catalog.unread.insert_all(names))


def without_dependents(catalog: Catalog) -> Catalog:
    """With doubt about all objects that a CASCADE may have dropped: nobody knows what leans on what."""
    unread = catalog.unread
    for kind in filter(lambda kind: kind.depends, catalog.objects):
        for key, made in catalog.named(kind).items():
            unread = unread.insert(made.name)
            catalog = catalog.without_object(kind, key)
    return replace(catalog, unread=unread)


def without_parts(catalog: Catalog, kind: ObjectKind, name: str) -> Catalog:
    """With doubt about the tables of a schema, or the columns of a type, that is dropped with CASCADE."""
    gone: list[str] = []
    if kind is ObjectKind.SCHEMA:
        within = "" if name in DEFAULT_SCHEMAS else name
        gone = [table for table in catalog.tables if table.rpartition(".")[0] == within]
    elif kind in (ObjectKind.TYPE, ObjectKind.DOMAIN):
        columns = (column for table in catalog.tables.values() for column in table.columns)
        meant = bare(name).casefold()
        gone = [column.name for column in columns if bare(column.type.name).casefold() == meant]
    elif kind is ObjectKind.EXTENSION:  # whose types, and the ways in which it indexes others, nothing here tells
        columns = (column for table in catalog.tables.values() for column in table.columns)
        gone = [column.name for column in columns if _is_of_extension(column.type)]
        gone += catalog.index_names
    return replace(catalog, unread=catalog.unread.insert_all(gone))


def _is_of_extension(declared: DataType) -> bool:
    """Whether a type may be one that an extension brings."""
    return declared.family is Family.OTHER or declared.name == "CITEXT"


MAX_PARTS: Final = 4096
"""Columns, or indexes, that later statements can add to one table: each step holds the table as it is then."""
MAX_FOLLOWING: Final = 100_000
"""Foreign keys and masks that may have followed tables to other names: each table's, as often as one had another."""


def bounded(catalog: Catalog, change: Change | None) -> Change | None:
    """The change, or in the place of one that makes a table too large to be followed, one whose effect isn't known."""
    match change:
        case AddColumn(table=name, span=span):
            table, verb, what = catalog.table(name.text), "ALTER", "columns"
            parts: Sized = table.columns if table else ()
        case AddIndex(table=name, span=span):
            table, verb, what = catalog.table(name.text), "CREATE", "indexes"
            parts = table.indexes if table else ()
        case RenameTable(table=name, new=new, span=span):
            following = sum(1 for _ in catalog.referring(name.text))
            following += sum(mask.table == name.text for mask in catalog.masks.values())
            if following * len(catalog.dropped) <= MAX_FOLLOWING:
                return change
            why = f"{following:,} foreign keys and masks went with tables to other names too often to be followed"
            return Opaque(why, "ALTER", span, (name,), (new.text,))
        case _:
            return change
    if len(parts) < MAX_PARTS:
        return change
    return Opaque(
        f"`{name}` has {MAX_PARTS:,} {what}, and kmblint follows no more of one table", verb, span, (name,), None
    )


def followed(change: Change | None, *, closed_world: bool) -> Change | None:
    """The change, or in the place of a query that may do more than read one whose effect isn't known.

    In a `closed_world` no query does: INTO makes nothing there, and there are no functions but those that compute.
    """
    if closed_world or not isinstance(change, Read):
        return change
    if change.into is not None:
        why = f"which columns `{change.into}` gets from this {change.word} isn't modelled"
        return Opaque(why, change.word, change.span, (), (change.into.text,))
    effect = effect_of(change.calls)
    if effect is None:
        return change
    name, makes = effect
    return Opaque(
        f"what the function `{name}` does isn't modelled", change.word, change.span, (), None if makes else ()
    )


def made_anew(catalog: Catalog, change: Change | None, *, closed_world: bool) -> Catalog:
    """Without the table that a statement makes in words, where only a broken one made it before.

    But for a `closed_world`, it may have been dropped by what can't be followed, and is made anew then as well.
    """
    if not isinstance(change, AddTable) or change.table.text not in catalog.unread:
        return catalog
    table = catalog.table(change.table.text)
    forgotten = replace(catalog, unread=catalog.unread.discard(change.table.text))
    if table is None or (closed_world and table.columns):
        return forgotten
    return forgotten.without(table)


def accounted_for(catalog: Catalog, conflict: Conflict, *, closed_world: bool) -> bool:
    """Whether what isn't there may be there after all, or what is there may be gone.

    That is so where it may come of what nobody can read, which is told of that file or statement; and, but for a
    `closed_world`, of what is no statement of the history, or of one whose effect isn't known.
    """
    if closed_world and isinstance(conflict, UnknownObject) and conflict.kind.is_readable:
        return True  # it has none, and says so of the statement
    if isinstance(conflict, Unknown) and (catalog.lost or not (closed_world or _is_known(catalog, conflict))):
        return True
    match conflict:
        case UnknownTable(table=name) | TableExists(table=name):
            return name.text in catalog.unread
        case (
            UnknownColumn(table=table, column=name)
            | ColumnExists(table=table, column=name)
            | UnknownObject(table=table, name=name)
            | ObjectExists(table=table, name=name)
        ):
            return name.text in catalog.unread or (table is not None and table in catalog.unread)


def _is_known(catalog: Catalog, conflict: Unknown) -> bool:
    """Whether the history says all that there is to say of what isn't there."""
    if isinstance(conflict, UnknownColumn) and catalog.table(conflict.table) is None:
        return True  # of the table that the statement itself makes
    about = conflict.table.text if isinstance(conflict, UnknownTable) else conflict.table
    if catalog.guess(about) is not None:
        return False
    match conflict:
        case UnknownTable(table=name):  # one of that name in another schema may be found: by a search path
            return _is_of_known_schema(catalog, name.text) and not any(catalog.alike(name.text))
        case UnknownObject(kind=ObjectKind.INDEX | ObjectKind.CONSTRAINT) if _is_noted(catalog, conflict):
            return False
        case UnknownColumn(table=table) | UnknownObject(table=str() as table):
            there = catalog.table(table)
            return there is None or there.complete
        case UnknownObject(kind=ObjectKind.ROLE | ObjectKind.USER, name=name):  # roles are a server's, not a schema's
            return catalog.has_had(ObjectKind.ROLE, name.text) or catalog.has_had(ObjectKind.USER, name.text)
        case UnknownObject(kind=kind, name=name) if kind.is_readable:  # of views, other tools make many
            return _is_no_view(catalog, kind, name.text)
        case UnknownObject(name=name):
            return _is_of_known_schema(catalog, name.text)


def _is_no_view(catalog: Catalog, kind: ObjectKind, name: str) -> bool:
    """Whether a name is that of a view which is gone or is a table, or nearly that of one which is there."""
    is_there = any(name in catalog.named(other) for other in ObjectKind if other.is_readable)
    if is_there or not _is_of_known_schema(catalog, name):
        return False
    schema = name.rpartition(".")[0]
    there = [view.name for view in catalog.named(kind).values() if view.name.rpartition(".")[0] == schema]
    return catalog.has_had(kind, name) or catalog.table(name) is not None or nearest(name, there) is not None


def _is_noted(catalog: Catalog, conflict: UnknownObject) -> bool:
    """Whether a table has an index or a constraint of the name without a model of it, or one of the other kind.

    MySQL drops a UNIQUE constraint as an index; PostgreSQL names an EXCLUDE after what it excludes.
    """
    name = conflict.name.text.rpartition(".")[2]
    tables = (catalog.table(conflict.table),) if conflict.table else catalog.tables.values()
    return name.endswith("_excl") or any(t and (name in t.noted or t.constraint_called(name)) for t in tables)


def _is_of_known_schema(catalog: Catalog, name: str) -> bool:
    """Whether a name has no qualifier, or one under which the history has made something."""
    schema, _, own = name.rpartition(".")
    if not schema:
        return not own.startswith(_SYSTEM) and own.casefold().strip("_") not in _OF_RUNNERS
    return catalog.has_had(ObjectKind.SCHEMA, schema)


_SYSTEM: Final = ("pg_", "sqlite_")
"""How PostgreSQL's and SQLite's own tables begin."""
_OF_RUNNERS: Final = frozenset(
    {"alembic_version", "diesel_schema_migrations", "flyway_schema_history", "goose_db_version", "gorp_migrations",
     "knex_migrations", "prisma_migrations", "schema_migration", "schema_migrations", "sqlx_migrations"}
)  # fmt: skip
"""The tables in which migration tools keep what they applied, `_` at their ends left out."""
