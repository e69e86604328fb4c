"""Applies a change to a catalogue, as it was meant: clauses that a target throws away are declared here all the same.

What can't be applied (a table that isn't there, a name that is taken) leaves the catalogue as it was; `conflicts` says
why. What a target's quirks leave behind is the target's to add (`Target.aftermath`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from kmblint.schema.catalog import Catalog, Column, Declared, Dropped, Index, Mask, Policy, Principal, Table
from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AddMask,
    AddPolicy,
    AddRole,
    AddTable,
    AddUser,
    AttachPolicy,
    Change,
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    ColumnDefinition,
    Constraint,
    CreateOther,
    DeleteRows,
    DetachPolicy,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropMask,
    DropOther,
    DropPolicy,
    DropRole,
    DropTable,
    ForeignKey,
    InsertRows,
    Name,
    Opaque,
    PrimaryKey,
    RenameColumn,
    RenameConstraint,
    RenameTable,
    SetClassification,
    Truncate,
    UpdateRows,
)
from kmblint.text import Place, Span

PlaceOf: TypeAlias = Callable[[Span], Place]
_BORROWED_SHAPE = frozenset({"AS SELECT", "AS", "LIKE", "INHERITS", "PARTITION OF", "CLONE"})


def apply(catalog: Catalog, change: Change, place_of: PlaceOf) -> Catalog:
    """The catalogue after the change; the same one where the change has no effect or can't have any."""
    match change:
        case AddTable():
            return _add_table(catalog, change, place_of)
        case DropTable() | RenameTable():
            return _drop_or_rename_table(catalog, change, place_of)
        case AddPolicy() | DropPolicy() | AddMask() | DropMask() | AddRole() | DropRole() | AddUser():
            return _principals_and_masks(catalog, change, place_of)
        case CreateOther(kind=kind, name=Name() as name):
            return replace(catalog, others=catalog.others.insert((kind, name.text), place_of(change.span)))
        case DropOther(kind=kind, name=Name() as name):
            return replace(catalog, others=catalog.others.discard((kind, name.text)))
        case Opaque():
            return _opaque(catalog, change, place_of)
        case DropIndex(table=None):
            owner = next((t for t in catalog.tables.values() if t.index(change.name.text)), None)
            return catalog.put(_drop_index(owner, change)) if owner else catalog
        case _:
            table_name = getattr(change, "table", None)
            table = catalog.table(table_name.text) if isinstance(table_name, Name) else None
            return catalog if table is None else catalog.put(_alter(table, change, place_of))


def _add_table(catalog: Catalog, change: AddTable, place_of: PlaceOf) -> Catalog:
    if catalog.table(change.table.text):
        return catalog
    inline = [(constraint, definition.span) for definition in change.columns for constraint in definition.constraints]
    constraints = [*inline, *((constraint, constraint.span) for constraint in change.constraints)]
    key = next((names(c.columns) for c, _ in constraints if isinstance(c, PrimaryKey)), ())
    columns: dict[str, Column] = {}
    for definition in change.columns:
        columns.setdefault(definition.name.text, column_of(definition, place_of(definition.span), key))
    table = Table(
        name=change.table.text,
        columns=tuple(columns.values()),
        made=place_of(change.span),
        primary_key=key,
        constraints=tuple(Declared(constraint, place_of(span)) for constraint, span in constraints),
        complete=not change.query and not any(clause.keyword in _BORROWED_SHAPE for clause in change.clauses),
    )
    return catalog.put(table)


def column_of(definition: ColumnDefinition, made: Place, key: tuple[str, ...] = ()) -> Column:
    """The column that a definition makes; key columns are never NULL."""
    return Column(
        name=definition.name.text,
        type=definition.type,
        made=made,
        nullable=definition.nullable is not False and not definition.is_key and definition.name.text not in key,
        default=definition.default,
    )


def names(columns: tuple[Name, ...]) -> tuple[str, ...]:
    """The texts of some names."""
    return tuple(column.text for column in columns)


def _drop_or_rename_table(catalog: Catalog, change: DropTable | RenameTable, place_of: PlaceOf) -> Catalog:
    table = catalog.table(change.table.text)
    if table is None:
        return catalog
    gone = Dropped(table.name, table.made, place_of(change.span))
    if isinstance(change, DropTable):
        return replace(
            catalog,
            tables=catalog.tables.remove(table.name),
            dropped=catalog.dropped.insert(table.name, gone),
        )
    if catalog.table(change.new.text):
        return catalog
    renamed = replace(table, name=change.new.text, changed=(*table.changed, place_of(change.span)))
    moved = replace(
        catalog,
        tables=catalog.tables.remove(table.name).insert(renamed.name, renamed),
        dropped=catalog.dropped.insert(table.name, replace(gone, renamed_to=renamed.name)),
    )
    for other in tuple(moved.tables.values()):
        if any(key.table.text == table.name for key, _ in other.foreign_keys):
            moved = moved.put(
                replace(other, constraints=tuple(_retarget(c, table.name, renamed.name) for c in other.constraints))
            )
    return moved


def _retarget(declared: Declared, old: str, new: str) -> Declared:
    constraint = declared.constraint
    if isinstance(constraint, ForeignKey) and constraint.table.text == old:
        return replace(declared, constraint=replace(constraint, table=replace(constraint.table, text=new)))
    return declared


def _principals_and_masks(
    catalog: Catalog,
    change: AddPolicy | DropPolicy | AddMask | DropMask | AddRole | DropRole | AddUser,
    place_of: PlaceOf,
) -> Catalog:
    name, made = change.name.text, place_of(change.span)
    match change:
        case AddPolicy():
            kept = catalog.policies.get(name) or Policy(name, change.strategy, made)
            return replace(catalog, policies=catalog.policies.insert(name, kept))
        case DropPolicy():
            return replace(catalog, policies=catalog.policies.discard(name))
        case AddMask():
            mask = Mask(name, change.table.text, change.column.text, change.strategy, made)
            return replace(catalog, masks=catalog.masks.insert(name, mask))
        case DropMask():
            return replace(catalog, masks=catalog.masks.discard(name))
        case AddRole():
            return replace(catalog, roles=catalog.roles.insert(name, catalog.roles.get(name) or Principal(name, made)))
        case DropRole():
            return replace(catalog, roles=catalog.roles.discard(name))
        case AddUser():
            return replace(catalog, users=catalog.users.insert(name, catalog.users.get(name) or Principal(name, made)))


def _opaque(catalog: Catalog, change: Opaque, place_of: PlaceOf) -> Catalog:
    for name in change.tables:
        table = catalog.table(name.text)
        if table is not None:
            changed = (*table.changed, place_of(change.span))
            catalog = catalog.put(replace(table, complete=False, changed=changed))
    return replace(catalog, opaque=(*catalog.opaque, place_of(change.span)))


def _alter(table: Table, change: Change, place_of: PlaceOf) -> Table:
    match change:
        case AddColumn() | DropColumn() | RenameColumn() | ChangeType() | ChangeNullability() | ChangeDefault():
            return _alter_column(table, change, place_of)
        case AddConstraint() | DropConstraint() | RenameConstraint():
            return _alter_constraint(table, change, place_of)
        case AddIndex():
            return _add_index(table, change, place_of)
        case DropIndex():
            return _drop_index(table, change)
        case InsertRows() | UpdateRows() | DeleteRows() | Truncate():
            return replace(table, written=place_of(change.span))
        case AttachPolicy(column=column, policy=policy):
            attached = (policy.text, place_of(change.span))
            return replace(table, policies=table.policies.insert(column.text, attached))
        case DetachPolicy(column=column):
            return replace(table, policies=table.policies.discard(column.text))
        case SetClassification(column=column, classification=word):
            return replace(
                table, classifications=table.classifications.insert(column.text, (word, place_of(change.span)))
            )
        case _:
            return table


def _alter_column(
    table: Table,
    change: AddColumn | DropColumn | RenameColumn | ChangeType | ChangeNullability | ChangeDefault,
    place_of: PlaceOf,
) -> Table:
    place = place_of(change.span)
    if isinstance(change, AddColumn):
        return _add_column(table, change, place_of)
    column = table.column(change.column.text)
    if column is None:
        return table
    if isinstance(change, DropColumn):
        return _drop_column(table, column, place)
    if isinstance(change, RenameColumn):
        return table if table.column(change.new.text) else _rename_column(table, column, change.new.text, place)
    changed = replace(column, changed=(*column.changed, place))
    match change:
        case ChangeType(to=to):
            changed = replace(changed, type=to)
        case ChangeNullability(nullable=nullable):
            changed = replace(changed, nullable=nullable)
        case ChangeDefault(default=default):
            changed = replace(changed, default=default)
    return replace(table, columns=tuple(changed if c is column else c for c in table.columns))


def _add_column(table: Table, change: AddColumn, place_of: PlaceOf) -> Table:
    definition = change.column
    if table.column(definition.name.text):
        return table
    place = place_of(definition.span)
    declared = tuple(Declared(constraint, place) for constraint in definition.constraints)
    key = next((names(d.constraint.columns) for d in declared if isinstance(d.constraint, PrimaryKey)), ())
    return replace(
        table,
        columns=(*table.columns, column_of(definition, place)),
        primary_key=table.primary_key or key,
        constraints=(*table.constraints, *declared),
        changed=(*table.changed, place_of(change.span)),
        dropped=table.dropped.discard(definition.name.text),
    )


def _drop_column(table: Table, column: Column, place: Place) -> Table:
    name = column.name
    return replace(
        table,
        columns=tuple(c for c in table.columns if c is not column),
        constraints=tuple(d for d in table.constraints if name not in _columns_of(d.constraint)),
        indexes=tuple(index for index in table.indexes if name not in index.columns),
        changed=(*table.changed, place),
        dropped=table.dropped.insert(name, Dropped(name, column.made, place, column.type)),
    )


def _columns_of(constraint: Constraint) -> tuple[str, ...]:
    return names(getattr(constraint, "columns", ()))


def _rename_column(table: Table, column: Column, new: str, place: Place) -> Table:
    old = column.name

    def renamed(name: str | None) -> str | None:
        return new if name == old else name

    def in_constraint(declared: Declared) -> Declared:
        constraint = declared.constraint
        if old not in _columns_of(constraint):
            return declared
        columns = tuple(replace(c, text=new) if c.text == old else c for c in getattr(constraint, "columns", ()))
        return replace(declared, constraint=replace(constraint, columns=columns))

    return replace(
        table,
        columns=tuple(replace(c, name=new, changed=(*c.changed, place)) if c is column else c for c in table.columns),
        primary_key=tuple(new if name == old else name for name in table.primary_key),
        indexes=tuple(replace(i, columns=tuple(renamed(c) for c in i.columns)) for i in table.indexes),
        constraints=tuple(in_constraint(declared) for declared in table.constraints),
        changed=(*table.changed, place),
        dropped=table.dropped.insert(old, Dropped(old, column.made, place, column.type, renamed_to=new)),
    )


def _alter_constraint(
    table: Table, change: AddConstraint | DropConstraint | RenameConstraint, place_of: PlaceOf
) -> Table:
    place = place_of(change.span)
    changed = (*table.changed, place)
    match change:
        case AddConstraint(constraint=constraint):
            if constraint.name and table.constraint(constraint.name.text):
                return table
            key = names(constraint.columns) if isinstance(constraint, PrimaryKey) else ()
            return replace(
                table,
                constraints=(*table.constraints, Declared(constraint, place)),
                primary_key=table.primary_key or key,
                changed=changed,
            )
        case DropConstraint(constraint=name):
            kept = tuple(d for d in table.constraints if d.name != name.text)
            gone = [d for d in table.constraints if d.name == name.text]
            drops_key = any(isinstance(d.constraint, PrimaryKey) for d in gone)
            return replace(table, constraints=kept, primary_key=() if drops_key else table.primary_key, changed=changed)
        case RenameConstraint(constraint=old, new=new):
            constraints = tuple(
                replace(d, constraint=replace(d.constraint, name=new)) if d.name == old.text else d
                for d in table.constraints
            )
            return replace(table, constraints=constraints, changed=changed)


def _add_index(table: Table, change: AddIndex, place_of: PlaceOf) -> Table:
    columns = tuple(part.column.text if part.column else None for part in change.parts)
    name = change.name.text if change.name else "_".join((table.name, *(c or "expr" for c in columns), "idx"))
    if table.index(name):
        return table
    index = Index(name, columns, place_of(change.span), change.unique, change.where is not None)
    return replace(table, indexes=(*table.indexes, index))


def _drop_index(table: Table, change: DropIndex) -> Table:
    return replace(table, indexes=tuple(index for index in table.indexes if index.name != change.name.text))
