"""What the catalogue holds against a change, before any target is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias, assert_never

from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AddMask,
    AddTable,
    AttachPolicy,
    Change,
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    ColumnChange,
    Comment,
    ConstraintChange,
    CreateObject,
    DeleteRows,
    DetachPolicy,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    Grant,
    IndexChange,
    InsertRows,
    Opaque,
    Protection,
    Read,
    RenameColumn,
    RenameConstraint,
    RenameTable,
    RowChange,
    SetClassification,
    Transaction,
    Truncate,
    UpdateRows,
)
from kmblint.schema.conflict import (
    ColumnExists,
    Conflict,
    ObjectExists,
    TableExists,
    UnknownColumn,
    UnknownObject,
    UnknownTable,
)
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Check, Constraint, ForeignKey, Name, PrimaryKey, Unique
from kmblint.schema.predicate import ColumnRef, Predicate, column_refs


def conflicts(catalog: Catalog, change: Change) -> tuple[Conflict, ...]:
    """Every conflict of a change, in the order of the text; those under a guard (IF EXISTS …) are marked `guarded`.

    A table that isn't there is said once, and nothing is said of its columns. What a foreign key refers to is left to
    the rule that judges references.
    """
    match change:
        case AddTable():
            return tuple(_add_table(catalog, change))
        case CreateObject():
            return tuple(_create_object(catalog, change))
        case DropObject():
            return tuple(_drop_object(catalog, change))
        case Grant():
            tables = (
                UnknownObject(ObjectKind.TABLE, t, None) for t in change.tables if not catalog.is_readable(t.text)
            )
            grantees = {*catalog.named(ObjectKind.ROLE), *catalog.named(ObjectKind.USER), "PUBLIC", "public"}
            roles = (UnknownObject(ObjectKind.ROLE, role, None) for role in change.roles if role.text not in grantees)
            return (*tables, *roles)
        case Read(tables=tables):
            return tuple(_unknown_tables(catalog, tables))
        case DropIndex(table=None):
            owner = next(catalog.with_index(change.name.text), None)
            return () if owner else (UnknownObject(ObjectKind.INDEX, change.name, None, guarded=change.if_exists),)
        case Transaction() | Comment() | Opaque():
            return ()
    return tuple(_on_table(catalog, change))


def without_owner(catalog: Catalog, change: Change) -> tuple[UnknownTable, ...]:
    """That the table of a trigger, a policy or a rule isn't there, for databases that have such objects."""
    on = change.on if isinstance(change, CreateObject) else None
    if on is None or catalog.is_readable(on.text) or (not on.quoted and on.text.upper() in _NO_TABLES):
        return ()
    return (UnknownTable(on),)


_NO_TABLES: Final = frozenset({"ALL", "DATABASE", "SCHEMA"})
"""What triggers of other databases are on: ON ALL SERVER, ON DATABASE, ON SCHEMA (SQL Server, Oracle)."""


def _create_object(catalog: Catalog, change: CreateObject) -> Iterator[Conflict]:
    kind, name = change.kind, change.name
    if kind is ObjectKind.USER:
        roles = catalog.named(ObjectKind.ROLE)
        yield from (UnknownObject(ObjectKind.ROLE, role, None) for role in change.roles if role.text not in roles)
    there = catalog.in_the_way(change)
    if name and there:
        on = change.on.text if change.on else None
        yield ObjectExists(kind, name, there.made, on, guarded=change.if_not_exists)


def _drop_object(catalog: Catalog, change: DropObject) -> Iterator[Conflict]:
    kind, name = change.kind, change.name
    is_told = kind.is_accounted_for or kind.is_readable
    if name and is_told and name.text not in catalog.named(kind):
        yield UnknownObject(kind, name, None, guarded=change.if_exists)


def _unknown_tables(catalog: Catalog, read: Iterable[Name]) -> Iterator[Conflict]:
    said: set[str] = set()
    for name in read:
        if name.text not in said and not catalog.is_readable(name.text):
            said.add(name.text)
            yield UnknownTable(name)


def _add_table(catalog: Catalog, change: AddTable) -> Iterator[Conflict]:
    existing = catalog.table(change.table.text)
    if existing:
        yield TableExists(change.table, existing.made, guarded=change.if_not_exists)
        return
    if change.borrows:
        return
    known = {definition.name.text for definition in change.columns}
    for constraint in change.constraints:
        yield from _unknown_in_constraint(change.table.text, known, constraint)
    for definition in change.columns:
        for constraint in definition.constraints:
            if isinstance(constraint, Check):
                yield from _unknown_in_constraint(change.table.text, known, constraint)


def _unknown_in_constraint(table: str, known: Iterable[str], constraint: Constraint) -> Iterator[Conflict]:
    match constraint:
        case PrimaryKey(columns=columns):
            yield from _unknown(table, known, columns, "PRIMARY KEY")
        case Unique(columns=columns):
            yield from _unknown(table, known, columns, "UNIQUE")
        case ForeignKey(columns=columns):
            yield from _unknown(table, known, columns, "FOREIGN KEY")
        case Check(condition=condition):
            yield from _unknown_refs(table, known, column_refs(condition), "CHECK")


def _unknown(table: str, known: Iterable[str], columns: Iterable[Name], where: str) -> Iterator[Conflict]:
    there: set[str] | None = None
    for column in columns:
        there = set(known) if there is None else there
        if column.text not in there:
            there.add(column.text)
            yield UnknownColumn(table, column, where)


def _unknown_refs(table: str, known: Iterable[str], refs: Iterable[ColumnRef], where: str) -> Iterator[Conflict]:
    yield from _unknown(table, known, (Name(ref.name, ref.span, quoted=False) for ref in refs), where)


_OnTable: TypeAlias = (
    DropTable | RenameTable | ColumnChange | ConstraintChange | IndexChange | RowChange | Protection
)  # fmt: skip
"""What is about a table that must be there."""


def _on_table(catalog: Catalog, change: _OnTable) -> Iterator[Conflict]:
    name = change.about
    table = catalog.table(name.text)
    if table is None:
        if not catalog.is_readable(name.text):
            yield UnknownTable(name, guarded=_guards_table(change))
        return
    match change:
        case InsertRows() | UpdateRows() | DeleteRows():
            yield from _read(catalog, change)
            yield from _rows(table, change)
        case AddIndex():
            yield from _add_index(table, change)
        case DropTable() | Truncate():
            return
        case RenameTable(new=new):
            existing = catalog.table(new.text)
            if existing:
                yield TableExists(new, existing.made)
        case AddConstraint() | DropConstraint() | RenameConstraint():
            yield from _constraint(table, change)
        case DropIndex(name=index):
            if not table.index(index.text):
                yield UnknownObject(ObjectKind.INDEX, index, table.name, guarded=change.if_exists)
        case AddMask(column=column):
            yield from _unknown(table.name, table.column_names, (column,), "CREATE MASK")
        case SetClassification(column=column):
            yield from _unknown(table.name, table.column_names, (column,), "SET CLASSIFICATION")
        case DetachPolicy(column=column):
            yield from _unknown(table.name, table.column_names, (column,), "ALTER COLUMN")
        case AttachPolicy(column=column, policy=policy):
            yield from _unknown(table.name, table.column_names, (column,), "ALTER COLUMN")
            if policy.text not in catalog.named(ObjectKind.MASKING_POLICY):
                yield UnknownObject(ObjectKind.MASKING_POLICY, policy, None)
        case column_change:
            yield from _column(table, column_change)


def _read(catalog: Catalog, change: InsertRows | UpdateRows | DeleteRows) -> Iterator[Conflict]:
    """The other tables that it reads and that aren't there."""
    if isinstance(change, InsertRows):
        query = change.query
        yield from _unknown_tables(
            catalog, (Name(table, query.span, quoted=False) for table in query.tables) if query else ()
        )
    else:
        yield from _unknown_tables(catalog, (joined for joined in change.joined if joined.text != change.alias))
    yield from _unknown_tables(catalog, change.reads)


def _guards_table(change: _OnTable) -> bool:
    """Whether the statement provides for a table that isn't there."""
    if isinstance(change, DropTable | DropIndex):
        return change.if_exists
    return isinstance(change, AddColumn | DropColumn) and change.table_guard


def _column(table: Table, change: ColumnChange) -> Iterator[Conflict]:
    match change:
        case AddColumn(column=definition, if_not_exists=guarded):
            existing = table.column(definition.name.text)
            if existing:
                yield ColumnExists(table.name, definition.name, existing.made, guarded=guarded)
            for constraint in definition.constraints:
                if isinstance(constraint, Check):
                    known = (*table.column_names, definition.name.text)
                    yield from _unknown_in_constraint(table.name, known, constraint)
        case DropColumn(column=column, if_exists=guarded):
            if table.column(column.text) is None:
                yield UnknownColumn(table.name, column, "DROP COLUMN", guarded=guarded)
        case RenameColumn(column=column, new=new):
            yield from _unknown(table.name, table.column_names, (column,), "RENAME COLUMN")
            taken = table.column(new.text)
            if taken:
                yield ColumnExists(table.name, new, taken.made)
        case ChangeType(column=column) | ChangeNullability(column=column) | ChangeDefault(column=column):
            yield from _unknown(table.name, table.column_names, (column,), "ALTER COLUMN")
        case never:
            assert_never(never)


def _constraint(table: Table, change: ConstraintChange) -> Iterator[Conflict]:
    match change:
        case AddConstraint(constraint=constraint):
            yield from _unknown_in_constraint(table.name, table.column_names, constraint)
            declared = table.constraint(constraint.name.text) if constraint.name else None
            if declared and constraint.name:
                yield ObjectExists(ObjectKind.CONSTRAINT, constraint.name, declared.made, table.name)
        case DropConstraint() | RenameConstraint():
            guarded = isinstance(change, DropConstraint) and change.if_exists
            if not table.constraint(change.constraint.text) and not _implicit(table, change.constraint.text):
                yield UnknownObject(ObjectKind.CONSTRAINT, change.constraint, table.name, guarded=guarded)


def _implicit(table: Table, name: str) -> bool:
    """Whether a constraint without a name would have been given this one, a number behind it."""
    bare = name.rstrip("0123456789")
    if bare.endswith("_not_null"):
        return True  # PostgreSQL 18 names these too, after what the table was called when the column was made
    return bare in table.given_names


def _add_index(table: Table, change: AddIndex) -> Iterator[Conflict]:
    columns = (part.column for part in change.parts if part.column)
    yield from _unknown(table.name, table.column_names, columns, "CREATE INDEX")
    for part in change.parts:
        if part.column is None:
            refs = (Name(ref, part.span, quoted=False) for ref in part.refs)
            yield from _unknown(table.name, table.column_names, refs, "CREATE INDEX")
    if change.where is not None:
        yield from _unknown_refs(table.name, table.column_names, column_refs(change.where), "WHERE")
    existing = table.index(change.name.text) if change.name else None
    if existing and change.name:
        yield ObjectExists(ObjectKind.INDEX, change.name, existing.made, table.name, guarded=change.if_not_exists)


def _rows(table: Table, change: InsertRows | UpdateRows | DeleteRows) -> Iterator[Conflict]:
    match change:
        case InsertRows():
            yield from _unknown(table.name, table.column_names, change.columns or (), "INSERT")
            if change.on_conflict:
                targets = (*change.on_conflict.columns, *(a.column for a in change.on_conflict.assignments))
                yield from _unknown(table.name, table.column_names, targets, "ON CONFLICT")
        case UpdateRows():
            known = table.column_names
            own = (None, change.table.text, change.alias)
            set_columns = [  # without those that set a part of a column: `SET place.city = …`
                each.column for each in change.assignments if each.qualifier in own or each.qualifier not in known
            ]
            yield from _unknown(table.name, known, set_columns, "SET")
            read = [ref for a in change.assignments for ref in column_refs(a.value)]
            yield from _unknown_refs(table.name, known, _own(change, read), "SET")
            yield from _where(table, change, change.where)
        case DeleteRows():
            yield from _where(table, change, change.where)


def _where(table: Table, change: UpdateRows | DeleteRows, where: Predicate | None) -> Iterator[Conflict]:
    if where is not None:
        yield from _unknown_refs(table.name, table.column_names, _own(change, column_refs(where)), "WHERE")


def _own(change: UpdateRows | DeleteRows, refs: Iterable[ColumnRef]) -> Iterator[ColumnRef]:
    """The references to the statement's own table: by its name or alias, or without one where nothing is joined."""
    own = {change.table.text, change.alias}
    beside = any(clause.keyword in ("FROM", "USING", "JOIN") for clause in change.clauses)  # a sub-query too
    for ref in refs:
        if ref.qualifier in own if ref.qualifier else not (change.joined or beside):
            yield ref
