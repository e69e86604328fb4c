"""Replays a history in memory: one `Step` a change, with the catalogue before and after it.

Two truths (what was applied, what is pending) meet here. A pending statement is judged as it was meant: whatever the
runner skips or the engine refuses is replayed as intended, so that nothing behind it cascades. In an applied file,
and where the history is replayed `actual`, it happened as it happened.
"""

from __future__ import annotations

from functools import cached_property

import msgspec

from kmblint.history import History, Migration
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.sql.statement import Statement
from kmblint.targets.verdict import Form, Outcome
from kmblint.text import Place, Span


class Step(msgspec.Struct, frozen=True, dict=True):
    """One change of one statement, the catalogue around it, and what the target makes of it."""

    history: History
    migration: Migration
    statement: Statement
    change: Change
    before: Catalog
    after: Catalog
    form: Form
    outcome: Outcome
    conflicts: tuple[Conflict, ...] = ()
    number: int = 0
    """Which change of its statement, from 0; statement-wide facts are said at the first."""

    def place(self, span: Span) -> Place:
        """A span of this statement's file as a place."""
        return Place(self.migration.file, span)

    def born_here(self, table: str) -> bool:
        """Whether an earlier statement of the same file made the table (and not an earlier file)."""
        found = self.before.table(table)
        return found is not None and found.made.file == self.migration.file

    def populated(self, table: str) -> bool:
        """Whether the table may hold rows.

        Where it is said what was applied, tables made in applied files hold rows (the pending files are one
        deployment); else tables made in an earlier file do. Tables of `[history] baseline` always do.
        """
        found = self.before.table(table)
        return found is not None and self._holds_rows(found)

    def _holds_rows(self, table: Table) -> bool:
        return self.history.populated_at(table.made.file, self.migration)

    def why_populated(self, table: str) -> str:
        """Why it is believed to hold rows: "created in 0002, two migrations earlier"."""
        found = self.before.table(table)
        return "" if found is None else self.history.why_populated(found.made.file, self.migration)

    def from_baseline(self, place: Place) -> bool:
        """Whether a place lies in the schema that existed before the first migration."""
        return place.file == self.history.baseline_file


class Replay(msgspec.Struct, frozen=True, dict=True):
    """A replayed history: every step in order, and the catalogue at its end."""

    history: History
    steps: tuple[Step, ...]
    end: Catalog

    @cached_property
    def by_file(self) -> dict[str, tuple[Step, ...]]:
        """The steps of each migration, by file name."""
        grouped: dict[str, list[Step]] = {}
        for step in self.steps:
            grouped.setdefault(step.migration.file, []).append(step)
        return {file: tuple(steps) for file, steps in grouped.items()}
