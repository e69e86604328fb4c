"""Kimberlite: its engine and its runner."""

from __future__ import annotations

from collections.abc import Sequence

from kmblint.schema.alter import PlaceOf
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.schema.types import DataType
from kmblint.sql.statement import Statement
from kmblint.targets.capabilities import Capabilities
from kmblint.targets.kimberlite import runner
from kmblint.targets.kimberlite.capabilities import capabilities_of
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.forms import judge
from kmblint.targets.kimberlite.outcome import judge_change
from kmblint.targets.kimberlite.side_effects import after
from kmblint.targets.kimberlite.values import stored_type
from kmblint.targets.layout import Piece
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.verdict import Verdict
from kmblint.text import Source


class Kimberlite:
    """The engine of one release behind its runner."""

    name = "kimberlite"

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.capabilities: Capabilities = capabilities_of(facts)

    def fate(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> Verdict | None:
        """What the runner makes of a statement."""
        return runner.fate(statement, source, pieces)

    def fails_split(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> bool:
        """Whether the run stops at a statement that the runner cuts."""
        return runner.fails_split(statement, source, pieces)

    def form(self, statement: Statement, source: Source) -> Form:
        """What the engine says of the words alone."""
        return judge(statement, source, self.facts)

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        """What the engine says on a catalogue."""
        return judge_change(form, change, catalog, conflicts, self.facts)

    def side_effects(self, catalog: Catalog, change: Change, outcome: Outcome, place_of: PlaceOf) -> Catalog:
        """What stays behind."""
        return after(catalog, change, outcome, place_of, self.facts)

    def stored_type(self, declared: DataType) -> DataType | None:
        """The type that the engine keeps of a declared one."""
        return stored_type(declared, self.facts)
