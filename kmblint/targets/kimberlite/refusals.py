"""Which conflicts with the catalogue the engine checks: it refuses those, and takes the rest without a look."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import AddTable, Change, DeleteRows, DetachPolicy, DropTable, InsertRows, UpdateRows
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
from kmblint.schema.parts import Name
from kmblint.targets.capabilities import SYSTEM_PREFIX
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.verdict import CatalogueRefusal


def is_no_op(change: Change, held: tuple[Conflict, ...]) -> bool:
    """Whether the statement's guard makes it do nothing: CREATE TABLE IF NOT EXISTS, DROP TABLE IF EXISTS."""
    guarded = (conflict.guarded for conflict in held if isinstance(conflict, TableExists | UnknownTable))
    return any(guarded) and isinstance(change, AddTable | DropTable)


def catalogue_refusals(
    change: Change, catalog: Catalog, held: tuple[Conflict, ...], facts: Facts
) -> Iterator[CatalogueRefusal]:
    """The conflicts that the engine refuses; a guard counts with tables only."""
    if is_no_op(change, held):
        return
    for conflict in held:
        refusal = _refusal(change, catalog, conflict, facts)
        if refusal is not None:
            yield refusal


def _refusal(change: Change, catalog: Catalog, conflict: Conflict, facts: Facts) -> CatalogueRefusal | None:
    match conflict:
        case UnknownTable(table=table):
            if isinstance(change, UpdateRows | DeleteRows) and table.span != change.table.span:
                return None  # a joined table: nothing asks it
            if not table.text:
                return None  # a sub-query, which the form refuses
            if table.text.startswith(SYSTEM_PREFIX) and (len(catalog.tables) or len(catalog.dropped)):
                return None
            gone = catalog.dropped.get(table.text)
            return CatalogueRefusal(
                f"there is no table `{table.text}`", table.span,
                cause=gone.place if gone else None, cause_note="dropped here" if gone else None,
            )  # fmt: skip
        case UnknownColumn(table=name, column=column, where=where):
            if where in facts.unchecked_columns or _is_attached(change, catalog) or _is_assigned(change, column):
                return None
            table_found = catalog.table(name)
            assert table_found is not None  # else the conflict is about the table
            dropped = table_found.dropped.get(column.text)
            return CatalogueRefusal(
                f"there is no column `{column.text}` in `{name}`", column.span,
                cause=dropped.place if dropped else None, cause_note="dropped here" if dropped else None,
            )  # fmt: skip
        case UnknownObject(kind=kind, name=named):
            if kind in facts.unchecked_kinds or kind is ObjectKind.ROLE:
                return None
            return CatalogueRefusal(f"there is no {kind} `{named.text}`", named.span)
        case TableExists(table=table):
            return _exists(ObjectKind.TABLE, table.text, conflict)
        case ColumnExists(column=column):
            return _exists(ObjectKind.COLUMN, column.text, conflict)
        case ObjectExists(kind=kind, name=named):
            return None if kind in facts.unchecked_kinds else _exists(kind, named.text, conflict)


def _exists(kind: ObjectKind, name: str, conflict: TableExists | ColumnExists | ObjectExists) -> CatalogueRefusal:
    named = conflict.table if isinstance(conflict, TableExists) else (
        conflict.column if isinstance(conflict, ColumnExists) else conflict.name
    )  # fmt: skip
    article = "an" if kind is ObjectKind.INDEX else "a"
    return CatalogueRefusal(
        f"there is {article} {kind} `{name}` already", named.span, cause=conflict.made,
        cause_note="made here",
    )  # fmt: skip


def _is_assigned(change: Change, column: Name) -> bool:
    """Whether it is a column of DO UPDATE SET, which the engine looks at only where a key is there already."""
    if not isinstance(change, InsertRows) or change.on_conflict is None:
        return False
    return any(assignment.column.span == column.span for assignment in change.on_conflict.assignments)


def _is_attached(change: Change, catalog: Catalog) -> bool:
    """A policy can be detached from a column that is gone."""
    if not isinstance(change, DetachPolicy):
        return False
    table = catalog.table(change.table.text)
    return table is not None and change.column.text in table.policies
