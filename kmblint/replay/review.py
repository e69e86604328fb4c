"""What a reviewer of pending migrations asks of a history: what the batch does, what is for ever, and what was before.

The transcript says what the database makes of each statement; the schema behind the batch is told twice, as it was
meant and as the database will keep it, because that is what a reviewer compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property

import msgspec

from kmblint.history.files import History, Migration
from kmblint.replay.describe import NOTHING_CHANGED, describe
from kmblint.replay.keeping import kept_by
from kmblint.replay.leaks import unsaid
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay
from kmblint.replay.transcript import Ending, Transcript, transcribe
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AddMask,
    AddTable,
    AttachPolicy,
    Change,
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
    SetClassification,
    Truncate,
    UpdateRows,
)
from kmblint.schema.difference import Shown
from kmblint.schema.kinds import ObjectKind
from kmblint.targets import Target
from kmblint.targets.capabilities import Capabilities
from kmblint.targets.verdict import Verdict
from kmblint.text import Place


class Effect(Enum):
    """What kind of thing a change does, in the order in which a reviewer is told."""

    TABLES = "Tables made"
    COLUMNS = "Columns added"
    DROPS = "Dropped"
    ROWS_CHANGED = "Rows changed or deleted"
    ROWS_WRITTEN = "Rows written"
    INDEXES = "Indexes and constraints"
    PROTECTION = "Protection and access"
    OTHER = "Anything else"


class Deed(msgspec.Struct, frozen=True):
    """One change of one statement, told to a reader."""

    migration: Migration
    place: Place
    """The statement's."""
    line: int
    effect: Effect
    text: str
    """A clause with a verb: "adds table `wards` with 3 columns"."""
    lasting: str
    """Why it can't be taken back, as a clause; empty where it can."""
    tables: tuple[str, ...]
    """Those that it names in whatever clause."""
    verdict: Verdict


class Review(msgspec.Struct, frozen=True, dict=True):
    """A history as its reviewer needs it; files are called by their names in the folder."""

    history: History
    batch: tuple[Migration, ...]
    """The files under review: the pending ones, of those that were asked for."""
    transcript: Transcript
    """Of the whole history, as the database will live it."""
    deeds: tuple[Deed, ...]
    """Of the whole history, in order; what doesn't happen is among them, with its verdict."""
    before: Shown
    """What is there when the batch begins."""
    meant: Shown
    """What is there behind it if all of it does what it says."""
    kept: Shown
    """What of that will be there as the database lives it, as if no stop ended the run."""
    secrets: tuple[Place, ...]
    """Literals that nobody should read; no text of the three schemas holds one."""

    @cached_property
    def endings(self) -> Mapping[str, Ending]:
        """How each file ends, by its name."""
        return {ending.migration.file: ending for ending in self.transcript.endings}

    @property
    def files(self) -> frozenset[str]:
        """The names of the batch."""
        return frozenset(migration.file for migration in self.batch)

    @property
    def of_batch(self) -> tuple[Deed, ...]:
        """What the batch does."""
        files = self.files
        return tuple(deed for deed in self.deeds if deed.migration.file in files)

    @property
    def taken(self) -> tuple[Deed, ...]:
        """What of that happens, once nothing stops the run."""
        return tuple(deed for deed in self.of_batch if deed.verdict is Verdict.TAKEN)

    @property
    def stories(self) -> Mapping[str, tuple[Deed, ...]]:
        """Each table that the batch touches, with all that the history ever did to it."""
        told: dict[str, list[Deed]] = {
            name: [] for deed in self.of_batch for name in deed.tables if self._is_known(name)
        }
        for deed in self.deeds:
            for name in deed.tables:
                if name in told:
                    told[name].append(deed)
        return {name: tuple(deeds) for name, deeds in told.items()}

    def _is_known(self, table: str) -> bool:
        return any(
            table in shown.catalog.tables or table in shown.catalog.dropped for shown in (self.before, self.meant)
        )


def review(history: History, target: Target, shown: frozenset[str] | None = None) -> Review:
    """Replays a history for its reviewer; `shown` are the files whose findings are wanted (None: all)."""
    meant, actual = replay(history, target), replay(history, target, actual=True)
    batch = tuple(
        migration
        for migration in history.replayed
        if not migration.applied and (shown is None or migration.file in shown)
    )
    files = frozenset(migration.file for migration in batch)
    secrets = tuple(_secrets(meant))
    kept = kept_by(target, meant, actual=False)
    return Review(
        history=history,
        batch=batch,
        transcript=transcribe(actual, target.capabilities),
        deeds=tuple(_deeds(actual, target.capabilities)),
        before=Shown(_before(actual, files), kept),
        meant=Shown(_behind(meant, files), kept),
        kept=Shown(_behind(actual, files), kept),
        secrets=secrets,
    )


def _before(replayed: Replay, batch: frozenset[str]) -> Catalog:
    """The catalogue before the first file of the batch; the last one where it has none."""
    return next((part.before for part in replayed.parts if part.migration.file in batch), replayed.end)


def _behind(replayed: Replay, batch: frozenset[str]) -> Catalog:
    """The catalogue behind the last file of the batch."""
    return next((part.after for part in reversed(replayed.parts) if part.migration.file in batch), replayed.end)


def _deeds(replayed: Replay, capabilities: Capabilities) -> Iterator[Deed]:
    for step in replayed.steps:
        change = step.change
        if change is None or step.migration is replayed.history.baseline:
            continue
        span = step.statement.span
        yield Deed(
            migration=step.migration,
            place=step.place(span),
            line=step.migration.source.position(span.start).line,
            effect=_effect(change),
            text=f"{describe(change)}{NOTHING_CHANGED if step.is_idle else ''}",
            lasting="" if step.is_idle else _lasting(change, capabilities),
            tables=tuple(dict.fromkeys(name.text for name in change.touches())),
            verdict=step.outcome.verdict,
        )


def _effect(change: Change) -> Effect:
    match change:
        case AddTable():
            return Effect.TABLES
        case AddColumn():
            return Effect.COLUMNS
        case DropTable() | DropColumn() | DropIndex() | DropConstraint():
            return Effect.DROPS
        case UpdateRows() | DeleteRows() | Truncate():
            return Effect.ROWS_CHANGED
        case InsertRows():
            return Effect.ROWS_WRITTEN
        case AddIndex() | AddConstraint():
            return Effect.INDEXES
        case AddMask() | AttachPolicy() | DetachPolicy() | SetClassification() | Grant() | DropObject():
            return Effect.PROTECTION
        case CreateObject(kind=kind) if kind.is_own:
            return Effect.PROTECTION
    return Effect.OTHER


def _lasting(change: Change, capabilities: Capabilities) -> str:
    match change:
        case DropTable():
            return "no migration brings its rows back"
        case DropColumn():
            return "no migration brings its values back"
        case Truncate() | DeleteRows():
            return "no migration brings the rows back"
        case UpdateRows():
            return "no migration brings the old values back"
        case InsertRows() if capabilities.append_only:
            return "the rows stay in the log, deleted or not"
        case AddIndex() if not capabilities.drops_every_object:
            return "an index can't be dropped"
        case CreateObject(kind=ObjectKind.ROLE | ObjectKind.USER as kind) if not capabilities.drops_every_object:
            return f"a {kind} can't be dropped"
    return ""


def _secrets(replayed: Replay) -> Iterator[Place]:
    for part in replayed.parts:
        yield from map(part.migration.place, unsaid(part.migration, part, replayed.history))
