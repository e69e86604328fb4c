"""What a database makes of a statement, never whether a parser could read it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from kmblint.schema.apply import PlaceOf
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.sql.statement import Statement
from kmblint.targets.traits import GUIDE, Traits
from kmblint.targets.verdict import Form, Outcome, Verdict
from kmblint.text import Source


@runtime_checkable
class Target(Protocol):
    """A database and its runner."""

    @property
    def name(self) -> str:
        """How configuration calls it."""

    @property
    def runner(self) -> bool:
        """Whether Kimberlite's runner cuts and skips."""

    @property
    def traits(self) -> Traits:
        """What holds of its every table."""

    def form(self, statement: Statement, source: Source) -> Form:
        """What it says of the words alone."""

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        """What it says on a catalogue."""

    def aftermath(self, catalog: Catalog, change: Change, outcome: Outcome, place_of: PlaceOf) -> Catalog:
        """What stays behind."""


class Guide:
    """The contract alone."""

    name = "guide"
    runner = False
    traits = GUIDE

    def form(self, statement: Statement, source: Source) -> Form:
        """Everything that is SQL is taken."""
        return Form()

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        """Only the catalogue refuses."""
        return Outcome(Verdict.TAKEN)

    def aftermath(self, catalog: Catalog, change: Change, outcome: Outcome, place_of: PlaceOf) -> Catalog:
        """Nothing."""
        return catalog


def get(name: str, engine: str = "0.9.1") -> Target:
    """The target of a name."""
    if name == "guide":
        return Guide()
    from kmblint.targets.kimberlite import Kimberlite

    return Kimberlite()
