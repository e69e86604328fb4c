"""What a change takes away or sets anew, and where that was made: whether the earlier work was for nothing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import (
    AddMask,
    Change,
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    DeleteRows,
    DetachPolicy,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    InsertRows,
    SetClassification,
    UpdateRows,
)
from kmblint.schema.parts import Name
from kmblint.schema.predicate import column_refs
from kmblint.text import Place


class Undone(msgspec.Struct, frozen=True):
    """An object that a change takes away, or sets anew (`dropped` is False), and where it was made or set."""

    what: str
    subject: str
    made: Place
    dropped: bool = True


def taken_away(change: Change, catalog: Catalog) -> Undone | None:
    """What a change takes away from a catalogue, or sets anew; None where it adds, or finds nothing there."""
    match change:
        case DropObject(kind=kind, name=Name() as name) if kind.is_own and (gone := catalog.named(kind).get(name.text)):
            return Undone(f"{kind} `{name}`", name.text, gone.made)
        case AddMask(name=name) if mask := catalog.masks.get(name.text):
            return Undone(f"mask `{name}`", name.text, mask.made, dropped=False)
        case DropIndex(name=name):
            indexes = (table.index(name.text) for table in catalog.tables.values())
            index = next((index for index in indexes if index), None)
            return Undone(f"index `{name}`", name.text, index.made) if index else None
        case DropTable() | DropColumn() | DropConstraint() | DetachPolicy() | SetClassification():
            table = catalog.table(change.table.text)
            return _of_table(change, table) if table else None
        case _:
            return None


def _of_table(change: Change, table: Table) -> Undone | None:
    match change:
        case DropTable():
            return Undone(f"table `{table.name}`", table.name, table.made)
        case DropConstraint(constraint=name) if declared := table.constraint(name.text):
            return Undone(f"constraint `{name}` of `{table.name}`", f"{table.name}.{name}", declared.made)
        case DropColumn(column=name) if column := table.column(name.text):
            return Undone(f"column `{table.name}.{name}`", f"{table.name}.{name}", column.made)
        case DetachPolicy(column=name) if attached := table.policies.get(name.text):
            return Undone(f"the masking policy of `{table.name}.{name}`", f"{table.name}.{name}", attached[1])
        case SetClassification(column=name) if classified := table.classifications.get(name.text):
            subject = f"{table.name}.{name}"
            return Undone(f"the classification of `{subject}`", subject, classified[1], dropped=False)
        case _:
            return None


def reads(change: Change | None) -> Iterator[tuple[str, str | None]]:
    """The tables and columns that a data change reads, in a condition or in the value of another column.

    The column is None where INSERT … SELECT may read any.
    """
    match change:
        case UpdateRows(table=name, assignments=assignments, where=where):
            parts = [*(assignment.value for assignment in assignments), *((where,) if where is not None else ())]
            yield from ((name.text, ref.name) for part in parts for ref in column_refs(part))
        case DeleteRows(table=name, where=where) if where is not None:
            yield from ((name.text, ref.name) for ref in column_refs(where))
        case InsertRows(query=query) if query is not None:
            yield from ((table, None) for table in query.tables)


def overwrites(earlier: Change | None, later: Change | None, *, same: bool) -> bool:
    """Whether a later change leaves nothing of an earlier UPDATE or INSERT, or of an ALTER COLUMN of the same kind.

    `same` says that the two are about the same rows; one without a condition reaches every row.
    """
    if isinstance(earlier, InsertRows):
        return same and isinstance(later, DeleteRows) and earlier.table.text == later.table.text and not later.joined
    if isinstance(earlier, ChangeType | ChangeDefault | ChangeNullability) and type(earlier) is type(later):
        assert isinstance(later, ChangeType | ChangeDefault | ChangeNullability), "of the same type"
        return (earlier.table.text, earlier.column.text) == (later.table.text, later.column.text)
    if not isinstance(earlier, UpdateRows) or not isinstance(later, UpdateRows | DeleteRows):
        return False
    if earlier.table.text != later.table.text or earlier.joined or later.joined or later.limit is not None:
        return False
    written = {assignment.column.text for assignment in earlier.assignments}
    if later.where is not None and (not same or written & {ref.name for ref in column_refs(later.where)}):
        return False
    if isinstance(later, DeleteRows):
        return True
    read = {ref.name for assignment in later.assignments for ref in column_refs(assignment.value)}
    return written <= {assignment.column.text for assignment in later.assignments} and not read & written
