"""Applies a change to one table: its columns, constraints, indexes, rows, policies and classifications."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from kmblint.schema.catalog import Column, Declared, Dropped, Index, Table, noted
from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AttachPolicy,
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    ColumnChange,
    ConstraintChange,
    DeleteRows,
    DetachPolicy,
    DropColumn,
    DropConstraint,
    DropIndex,
    IndexChange,
    InsertRows,
    RenameColumn,
    RenameConstraint,
    RowChange,
    SetClassification,
    Truncate,
    UpdateRows,
)
from kmblint.schema.ordered import OrderedMap
from kmblint.schema.parts import Check, ColumnDefinition, Name, PrimaryKey, named_in
from kmblint.schema.rows import leaves_unseen, rows_after
from kmblint.text import Place, Span

PlaceOf: TypeAlias = Callable[[Span], Place]


def alter(
    table: Table,
    change: ColumnChange | ConstraintChange | IndexChange | RowChange | AttachPolicy | DetachPolicy | SetClassification,
    place_of: PlaceOf,
) -> Table:
    """The table after a change of it; the same one where the change can't have any effect."""
    match change:  # the most frequent first
        case InsertRows() | UpdateRows() | DeleteRows() | Truncate():
            rows = rows_after(table, change, place_of(change.span))
            unseen = leaves_unseen(table, change, rows)
            is_same = rows is table.rows and unseen == table.unseen
            return table if is_same else replace(table, rows=rows, unseen=unseen)
        case AddIndex():
            return _add_index(table, change, place_of)
        case AddColumn() | DropColumn() | RenameColumn() | ChangeType() | ChangeNullability() | ChangeDefault():
            return _alter_column(table, change, place_of)
        case AddConstraint() | DropConstraint() | RenameConstraint():
            return _alter_constraint(table, change, place_of)
        case DropIndex():
            return drop_index(table, change)
        case AttachPolicy(column=column, policy=policy):
            attached = (policy.text, place_of(change.span))
            return replace(table, policies=table.policies.insert(column.text, attached))
        case DetachPolicy(column=column):
            return replace(table, policies=table.policies.discard(column.text))
        case SetClassification(column=column, classification=word):
            return replace(
                table, classifications=table.classifications.insert(column.text, (word, place_of(change.span)))
            )


def column_of(definition: ColumnDefinition, made: Place, key: tuple[str, ...] = ()) -> Column:
    """The column that a definition makes; key columns are never NULL, and a second PRIMARY KEY makes no other key."""
    is_key = definition.name.text in key if key else definition.is_key
    return Column(
        name=definition.name.text,
        type=definition.type,
        made=made,
        nullable=definition.nullable is not False and not is_key,
        default=definition.default,
        changed=(),
        generated=definition.type.serial or any(clause.keyword in _GENERATING for clause in definition.clauses),
        computed=next(
            (Place(made.file, each.span) for each in definition.clauses if each.keyword == "GENERATED"), None
        ),
    )


_GENERATING = frozenset({"GENERATED", "IDENTITY", "AUTO_INCREMENT"})


def names(columns: tuple[Name, ...]) -> tuple[str, ...]:
    """The texts of some names."""
    return tuple(column.text for column in columns)


def _alter_column(
    table: Table,
    change: ColumnChange,
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
    changed = replace(column, changed=noted(column.changed, place))
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
        dropped=table.dropped.discard(definition.name.text),
    )


def _drop_column(table: Table, column: Column, place: Place) -> Table:
    """With the column go the constraints that name it, a CHECK among them (PostgreSQL, ALTER TABLE … DROP COLUMN)."""
    name = column.name
    return replace(
        table,
        columns=tuple(c for c in table.columns if c is not column),
        primary_key=() if name in table.primary_key else table.primary_key,
        constraints=tuple(d for d in table.constraints if name not in named_in(d.constraint)),
        indexes=tuple(index for index in table.indexes if name not in index.columns),
        dropped=table.dropped.insert(name, Dropped(name, column.made, place, column.type)),
    )


def _rename_column(table: Table, column: Column, new: str, place: Place) -> Table:
    old = column.name

    def renamed(name: str | None) -> str | None:
        return new if name == old else name

    def in_constraint(declared: Declared) -> Declared:
        constraint = declared.constraint
        if isinstance(constraint, Check):
            return declared.renaming(table.name) if old in named_in(constraint) else declared
        if old not in names(constraint.columns):
            return declared
        columns = tuple(replace(c, text=new) if c.text == old else c for c in constraint.columns)
        return replace(declared.renaming(table.name), constraint=replace(constraint, columns=columns))

    return replace(
        table,
        columns=tuple(
            replace(c, name=new, changed=noted(c.changed, place)) if c is column else c for c in table.columns
        ),
        primary_key=tuple(new if name == old else name for name in table.primary_key),
        indexes=tuple(replace(i, columns=tuple(renamed(c) for c in i.columns)) for i in table.indexes),
        constraints=tuple(in_constraint(declared) for declared in table.constraints),
        policies=_moved(table.policies, old, new),
        classifications=_moved(table.classifications, old, new),
        dropped=table.dropped.insert(old, Dropped(old, column.made, place, column.type, renamed_to=new)),
    )


def _moved(by_column: OrderedMap[str, tuple[str, Place]], old: str, new: str) -> OrderedMap[str, tuple[str, Place]]:
    return by_column.remove(old).insert(new, by_column[old]) if old in by_column else by_column


def _alter_constraint(
    table: Table, change: AddConstraint | DropConstraint | RenameConstraint, place_of: PlaceOf
) -> Table:
    place = place_of(change.span)
    match change:
        case AddConstraint(constraint=constraint):
            if constraint.name and table.constraint(constraint.name.text):
                return table
            key = names(constraint.columns) if isinstance(constraint, PrimaryKey) else ()
            return replace(
                table,
                constraints=(*table.constraints, Declared(constraint, place)),
                primary_key=table.primary_key or key,
            )
        case DropConstraint(constraint=name):
            gone = table.constraint_called(name.text)
            if gone is None:
                return table
            kept = tuple(d for d in table.constraints if d is not gone and (d.name is None or d.name != gone.name))
            drops_key = isinstance(gone.constraint, PrimaryKey)
            return replace(table, constraints=kept, primary_key=() if drops_key else table.primary_key)
        case RenameConstraint(constraint=old, new=new):
            named = table.constraint_called(old.text)
            constraints = tuple(
                replace(d, constraint=replace(d.constraint, name=new)) if d is named else d for d in table.constraints
            )
            return replace(table, constraints=constraints)


def _add_index(table: Table, change: AddIndex, place_of: PlaceOf) -> Table:
    columns = tuple(part.column.text if part.column else None for part in change.parts)
    name = change.name.text if change.name else "_".join((table.name, *(c or "expr" for c in columns), "idx"))
    if table.index(name):
        return table
    index = Index(
        name,
        columns,
        place_of(change.span),
        change.unique,
        change.where is not None,
        declared=(),
        descending=tuple(part.descending for part in change.parts),
    )
    return replace(table, indexes=(*table.indexes, index))


def drop_index(table: Table, change: DropIndex) -> Table:
    return replace(table, indexes=tuple(index for index in table.indexes if index.name != change.name.text))
