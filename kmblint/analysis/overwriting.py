"""What a change takes away or sets anew, and where that was made: whether the earlier work was for nothing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

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
    Comment,
    CreateObject,
    DeleteRows,
    DetachPolicy,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    Grant,
    InsertRows,
    Opaque,
    Read,
    RenameColumn,
    RenameConstraint,
    RenameTable,
    SetClassification,
    Transaction,
    Truncate,
    UpdateRows,
)
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
    match change:  # the most frequent first
        case InsertRows() | UpdateRows() | DeleteRows() | Truncate() | Grant():
            return None
        case AddTable() | RenameTable() | AddColumn() | RenameColumn() | AddConstraint() | RenameConstraint():
            return None
        case ChangeType() | ChangeNullability() | ChangeDefault() | AddIndex() | AttachPolicy() | CreateObject():
            return None
        case DropObject(kind=kind, name=name):
            gone = catalog.named(kind).get(name.text) if name and kind.is_own else None
            return Undone(f"{kind} `{name}`", gone.name, gone.made) if gone else None
        case AddMask(name=name):
            mask = catalog.masks.get(name.text)
            return Undone(f"mask `{name}`", name.text, mask.made, dropped=False) if mask else None
        case DropIndex(name=name):
            owner = next(catalog.with_index(name.text), None)
            index = owner.index(name.text) if owner else None
            return Undone(f"index `{name}`", name.text, index.made) if index else None
        case DropTable() | DropColumn() | DropConstraint() | DetachPolicy() | SetClassification():
            table = catalog.table(change.table.text)
            return _of_table(change, table) if table else None
        case Transaction() | Read() | Comment() | Opaque():
            return None


def _of_table(
    change: DropTable | DropColumn | DropConstraint | DetachPolicy | SetClassification, table: Table
) -> Undone | None:
    match change:
        case DropTable():
            return Undone(f"table `{table.name}`", table.name, table.made)
        case DropConstraint(constraint=name):
            declared = table.constraint(name.text)
            subject = f"{table.name}.{name}"
            return Undone(f"constraint `{name}` of `{table.name}`", subject, declared.made) if declared else None
        case DropColumn(column=name):
            column = table.column(name.text)
            return Undone(f"column `{table.name}.{name}`", f"{table.name}.{name}", column.made) if column else None
        case DetachPolicy(column=name):
            attached = table.policies.get(name.text)
            subject = f"{table.name}.{name}"
            return Undone(f"the masking policy of `{subject}`", subject, attached[1]) if attached else None
        case SetClassification(column=name):
            classified = table.classifications.get(name.text)
            subject = f"{table.name}.{name}"
            what = f"the classification of `{subject}`"
            return Undone(what, subject, classified[1], dropped=False) if classified else None


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
