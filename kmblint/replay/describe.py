"""What a change does, in a few plain words for a reader of a transcript."""

from __future__ import annotations

from typing import Final

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
from kmblint.wording import counted

NOTHING_CHANGED: Final = ", which changes nothing"
"""What is said behind a change of rows that is taken and idle (`Step.is_idle`)."""


def describe(change: Change) -> str:
    """A clause with a verb: "adds column `phone` to `patients`"."""
    match change:
        case AddTable(table=table, columns=columns):
            return f"adds table `{table}` with {counted(len(columns), 'column')}"
        case DropTable(table=table):
            return f"drops table `{table}`"
        case RenameTable(table=table, new=new):
            return f"renames table `{table}` to `{new}`"
        case Truncate(table=table):
            return f"empties table `{table}`"
        case AddIndex(table=table, parts=parts, name=name):
            columns_text = ", ".join(part.column.text if part.column else "an expression" for part in parts)
            return f"adds index {f'`{name}` ' if name else ''}on `{table}` ({columns_text})"
        case DropIndex(name=name):
            return f"drops index `{name}`"
        case InsertRows(table=table, rows=rows, query=query):
            return f"inserts {counted(len(rows), 'row') if query is None else 'the rows of a query'} into `{table}`"
        case UpdateRows(table=table, assignments=assignments):
            columns_set = ", ".join(f"`{assignment.column}`" for assignment in assignments)
            return f"sets {columns_set} in rows of `{table}`"
        case DeleteRows(table=table):
            return f"deletes rows of `{table}`"
        case Grant(privileges=privileges, roles=roles, revoked=revoked):
            named = ", ".join(f"`{role}`" for role in roles)
            return f"{'revokes' if revoked else 'grants'} {', '.join(privileges)} {'from' if revoked else 'to'} {named}"
        case Transaction(word=word):
            return f"{word}: controls a transaction"
        case Read(word=word):
            return f"{word}: only reads"
        case CreateObject(kind=kind, name=name):
            return f"adds {kind}{f' `{name}`' if name else ''}"
        case DropObject(kind=kind, name=name):
            return f"drops {kind}{f' `{name}`' if name else ''}"
        case AddMask(name=name, table=table, column=masked):
            return f"adds mask `{name}` on `{table}.{masked}`"
        case Comment(kind=kind):
            return f"comments on a {kind.lower()}"
        case Opaque(reason=reason):
            return f"not modelled: {reason}"
    return _describe_part(change)


def _describe_part(change: ColumnChange | ConstraintChange | AttachPolicy | DetachPolicy | SetClassification) -> str:
    match change:
        case AddColumn(table=table, column=column):
            return f"adds column `{column.name}` to `{table}`"
        case DropColumn(table=table, column=name):
            return f"drops column `{name}` of `{table}`"
        case RenameColumn(table=table, column=name, new=new):
            return f"renames column `{table}.{name}` to `{new}`"
        case ChangeType(table=table, column=name, to=to):
            return f"makes `{table}.{name}` a {to}"
        case ChangeNullability(table=table, column=name, nullable=nullable):
            return f"{'lets' if nullable else 'forbids'} NULL in `{table}.{name}`"
        case ChangeDefault(table=table, column=name):
            return f"changes the default of `{table}.{name}`"
        case AddConstraint(table=table, constraint=constraint):
            return f"adds a constraint{f' `{constraint.name}`' if constraint.name else ''} to `{table}`"
        case DropConstraint(table=table, constraint=name):
            return f"drops constraint `{name}` of `{table}`"
        case RenameConstraint(table=table, constraint=name, new=new):
            return f"renames constraint `{name}` of `{table}` to `{new}`"
        case AttachPolicy(table=table, column=name, policy=policy):
            return f"masks `{table}.{name}` by `{policy}`"
        case DetachPolicy(table=table, column=name):
            return f"unmasks `{table}.{name}`"
        case SetClassification(table=table, column=name, classification=word):
            return f"classifies `{table}.{name}` as {word!r}"
