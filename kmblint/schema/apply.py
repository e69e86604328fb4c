"""Applies a change to a catalogue, as it was meant: clauses that a target throws away are declared here all the same.

What can't be applied (a table that isn't there, a name that is taken) leaves the catalogue as it was; `conflicts` says
why. What a target's quirks leave behind is the target's to add (`Target.side_effects`).
"""

from __future__ import annotations

from msgspec.structs import replace

from kmblint.schema.alter import PlaceOf, alter, column_of, drop_index, names
from kmblint.schema.catalog import Catalog, Column, Declared, Dropped, Mask, Object, Table
from kmblint.schema.changes import (
    AddMask,
    AddTable,
    Change,
    Comment,
    CreateObject,
    DropColumn,
    DropIndex,
    DropObject,
    DropTable,
    Grant,
    Opaque,
    Read,
    RenameColumn,
    RenameTable,
    Transaction,
    object_key,
)
from kmblint.schema.ordered import OrderedSet
from kmblint.schema.parts import ForeignKey, PrimaryKey
from kmblint.schema.unread import left_unread, without_dependents, without_parts
from kmblint.text import Place


def apply(catalog: Catalog, change: Change, place_of: PlaceOf) -> Catalog:
    """The catalogue after the change; the same one where the change has no effect or can't have any."""
    match change:
        case AddTable():
            return _add_table(catalog, change, place_of)
        case DropTable() | RenameTable():
            return _drop_or_rename_table(catalog, change, place_of)
        case AddMask(name=name, table=on, column=column, strategy=strategy):
            mask = Mask(name.text, place_of(change.span), strategy, None, table=on.text, column=column.text)
            return catalog.with_mask(mask)
        case CreateObject():
            return _create_object(catalog, change, place_of(change.span))
        case DropObject():
            return _drop_object(catalog, change)
        case Grant() | Transaction() | Read() | Comment():
            return catalog
        case Opaque():
            return _opaque(catalog, change, place_of)
        case DropIndex(table=None):
            owner = next(catalog.with_index(change.name.text), None)
            return catalog if owner is None else catalog.put(drop_index(owner, change))
    table = catalog.table(change.about.text)
    if table is None:
        return catalog
    if isinstance(change, DropColumn) and change.cascade:
        catalog = without_dependents(catalog)
    altered = alter(table, change, place_of)
    if isinstance(change, RenameColumn) and altered is not table:
        return _rename_referred_column(catalog.put(altered), change)
    return catalog.put(altered)


def _add_table(catalog: Catalog, change: AddTable, place_of: PlaceOf) -> Catalog:
    if catalog.table(change.table.text):
        return catalog
    constraints = change.constraints_with_places
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
        opaque=place_of(change.span) if change.borrows else None,
        noted=names(change.noted),
    )
    return catalog.put(table).settle(table.name)


def _drop_or_rename_table(catalog: Catalog, change: DropTable | RenameTable, place_of: PlaceOf) -> Catalog:
    table = catalog.table(change.table.text)
    if table is None:
        return catalog.settle(change.table.text) if isinstance(change, DropTable) else catalog
    gone = Dropped(table.name, table.made, place_of(change.span))
    if isinstance(change, DropTable):
        if change.cascade:
            catalog = without_dependents(catalog)
        gone = replace(gone, rows=table.rows, former=table.former)
        catalog = catalog.settle(table.name)
        return replace(catalog.without(table), dropped=catalog.dropped.insert(table.name, gone))
    if catalog.table(change.new.text):
        return catalog
    renamed = replace(
        table,
        name=change.new.text,
        constraints=tuple(declared.renaming(table.name) for declared in table.constraints),
    )
    moved = replace(
        catalog.without(table).put(renamed),
        dropped=catalog.dropped.insert(table.name, replace(gone, renamed_to=renamed.name)),
    )
    for other in {other.name: other for other, _, _ in moved.referring(table.name)}.values():
        constraints = tuple(_retarget(c, table.name, renamed.name) for c in other.constraints)
        moved = moved.put(replace(other, constraints=constraints))
    masks = moved.masks
    for mask in tuple(masks.values()):
        if mask.table == table.name:
            masks = masks.insert(mask.name, replace(mask, table=renamed.name))
    settled = (table.name, renamed.name) if table.name in catalog.settled else (table.name,)
    return replace(moved, masks=masks).settle(*settled)


def _retarget(declared: Declared, old: str, new: str) -> Declared:
    constraint = declared.constraint
    if isinstance(constraint, ForeignKey) and constraint.table.text == old:
        return replace(declared, constraint=replace(constraint, table=replace(constraint.table, text=new)))
    return declared


def _rename_referred_column(catalog: Catalog, change: RenameColumn) -> Catalog:
    """With masks and foreign keys of other tables following a column to its new name."""
    table, old, new = change.table.text, change.column.text, change.new.text
    referring = {other.name: other for other, key, _ in catalog.referring(table) if old in names(key.targets)}
    for other in referring.values():
        declared = tuple(_retarget_column(each, table, old, new) for each in other.constraints)
        catalog = catalog.put(replace(other, constraints=declared))
    masks = catalog.masks
    for mask in tuple(masks.values()):
        if (mask.table, mask.column) == (table, old):
            masks = masks.insert(mask.name, replace(mask, column=new))
    return replace(catalog, masks=masks)


def _retarget_column(declared: Declared, table: str, old: str, new: str) -> Declared:
    constraint = declared.constraint
    if isinstance(constraint, ForeignKey) and constraint.table.text == table:
        targets = tuple(replace(c, text=new) if c.text == old else c for c in constraint.targets)
        return replace(declared, constraint=replace(constraint, targets=targets))
    return declared


def _create_object(catalog: Catalog, change: CreateObject, made: Place) -> Catalog:
    name = change.name
    if change.makes is None:
        catalog = replace(catalog, opaque=made, settled=OrderedSet())
    elif change.makes:
        catalog = left_unread(catalog, (), change.makes, made)
    if name is None:
        return catalog
    if catalog.in_the_way(change) is not None:
        return catalog
    table = catalog.table(change.on.text) if change.on else None
    table_made = table.made if table else None
    return catalog.with_object(change.kind, Object(name.text, made, change.strategy, table_made), change.key)


def _drop_object(catalog: Catalog, change: DropObject) -> Catalog:
    """Without the object; where its table or its arguments aren't written, without any of that name."""
    kind, name = change.kind, change.name
    if name is None:
        return catalog
    if change.cascade:
        catalog = without_parts(without_dependents(catalog), kind, name.text)
    if change.on is not None or not kind.shares_names:
        return catalog.without_object(kind, object_key(name.text, change.on, ""))
    for key in [key for key, made in catalog.named(kind).items() if made.name == name.text]:
        catalog = catalog.without_object(kind, key)
    return catalog


def _opaque(catalog: Catalog, change: Opaque, place_of: PlaceOf) -> Catalog:
    for name in change.tables:
        table = catalog.table(name.text)
        if table is not None:
            catalog = catalog.put(replace(table, opaque=place_of(change.span)))
    if change.names:
        return left_unread(catalog, (), change.names, place_of(change.span))
    if change.tables or change.makes_nothing:
        return catalog
    return replace(catalog, opaque=place_of(change.span), settled=OrderedSet())
