"""The life of a table or of one of its columns: every statement that made it, changed it, filled it or leant on it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kmblint.replay.describe import NOTHING_CHANGED, describe
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import (
    AddColumn,
    AddIndex,
    AddTable,
    Change,
    ColumnChange,
    DropIndex,
    DropObject,
    Grant,
    InsertRows,
    Opaque,
    Protection,
    Read,
    RenameColumn,
    RenameTable,
    RowChange,
    UpdateRows,
)
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import ForeignKey
from kmblint.targets.verdict import Verdict
from kmblint.text import Place
from kmblint.wording import counted


class Event(msgspec.Struct, frozen=True):
    """Statements of one file that say the same of it; mostly one."""

    place: Place
    """Of the first of them."""
    what: str
    """A clause with a verb, without its subject."""
    verdict: Verdict
    reason: str = ""
    """Why it doesn't happen, as the target says it; a clause."""
    count: int = 1

    @property
    def told(self) -> str:
        """All of it in a line."""
        again = f" ({counted(self.count, 'statement')})" if self.count > 1 else ""
        ending = "" if self.verdict is Verdict.TAKEN else f" — {self.verdict.value}"
        return f"{self.what}{again}{ending}{f': {self.reason}' if self.reason else ''}"

    def is_like(self, other: Event) -> bool:
        """Whether another of the same file says the same."""
        mine = self.place.file, self.what, self.verdict, self.reason
        return mine == (other.place.file, other.what, other.verdict, other.reason)


def life(replay: Replay, table: str, column: str | None = None) -> tuple[Event, ...]:
    """What happened to a table, or to one of its columns, in order; what it was called before counts too.

    A name that was renamed away ends there: its story goes on under the new one. Of a column that no statement makes,
    nothing happened.
    """
    events: list[tuple[Step, str]] = []
    known = column is None
    for step in reversed(replay.steps):
        change = step.change
        if change is None:
            continue
        what = _about(step, change, table, column)
        if what:
            events.append((step, what + NOTHING_CHANGED if step.is_idle else what))
        known |= any(each.subject == f"{table}.{column}" for each in change.introduces())
        known |= isinstance(change, AddTable) and change.table.text == table and change.borrows
        if isinstance(change, RenameTable) and change.new.text == table and step.after.table(table):
            table = change.table.text
        if isinstance(change, RenameColumn) and (change.table.text, change.new.text) == (table, column):
            column = change.column.text
    return tuple(_joined(reversed(events))) if known else ()


def _about(step: Step, change: Change, table: str, column: str | None) -> str:
    """What a change does to the table or column, as a clause; empty where that is nothing."""
    if isinstance(change, Read):
        return ""
    if isinstance(change, RenameTable) and change.new.text == table:
        return describe(change)
    if isinstance(change, DropIndex | DropObject):
        return describe(change) if _drops_a_part(change, step.before, table, column) else ""
    if change.table is None or change.table.text != table:
        names = [name.text for name in change.touches()]
        if table not in names:
            return ""
        keys = [each for each in change.declares() if isinstance(each, ForeignKey) and each.table.text == table]
        if column is not None and not _refers(keys, step.before, table, column):
            return ""
        if isinstance(change, Grant):
            return f"{describe(change)} on it"
        return f"{describe(change)}, which {'refers to' if keys else 'reads'} it"
    return describe(change) if column is None or _names(change, column) else ""


def _refers(keys: list[ForeignKey], before: Catalog, table: str, column: str) -> bool:
    there = before.table(table)
    targets = [[name.text for name in key.targets] or list(there.primary_key if there else ()) for key in keys]
    return any(column in names for names in targets)


def _drops_a_part(change: DropIndex | DropObject, before: Catalog, table: str, column: str | None) -> bool:
    there = before.table(table)
    if there is None or change.name is None:
        return False
    if isinstance(change, DropIndex):
        index = there.index(change.name.text)
        return index is not None and (column is None or column in index.meant)
    mask = before.masks.get(change.name.text) if change.kind is ObjectKind.MASK else None
    return mask is not None and mask.table == table and column in (None, mask.column)


def _names(change: Change, column: str) -> bool:
    """Whether a change of its table is one of the column too."""
    match change:
        case AddTable(columns=columns):
            return any(each.name.text == column for each in columns)
        case AddColumn(column=added):
            return added.name.text == column
        case AddIndex(parts=parts):
            return any(part.column is not None and part.column.text == column for part in parts)
        case InsertRows(columns=named):
            return named is None or any(name.text == column for name in named)
        case UpdateRows(assignments=assignments):
            return any(each.column.text == column for each in assignments)
        case RenameColumn(column=old, new=new):
            return column in (old.text, new.text)
        case _ if isinstance(change, ColumnChange | Protection):
            return change.column.text == column
    constraints = [*change.declares()]
    if constraints:
        return any(name.text == column for each in constraints for name in each.columns)
    return not isinstance(change, Opaque)


def _joined(deeds: Iterator[tuple[Step, str]]) -> Iterator[Event]:
    """The events, changes of rows that say the same one behind the other as one."""
    waiting: Event | None = None
    rows = False
    for step, what in deeds:
        refusals = step.outcome.refusals
        place, reason = step.place(step.statement.span), refusals[0].reason if refusals else ""
        event = Event(place, what, step.outcome.verdict, reason)
        if waiting is not None and rows and isinstance(step.change, RowChange) and waiting.is_like(event):
            waiting = msgspec.structs.replace(waiting, count=waiting.count + 1)
            continue
        if waiting is not None:
            yield waiting
        waiting, rows = event, isinstance(step.change, RowChange)
    if waiting is not None:
        yield waiting
