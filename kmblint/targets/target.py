"""What the rest of the program asks of a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from kmblint.schema.alter import PlaceOf
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.schema.types import DataType
from kmblint.sql.statement import Statement
from kmblint.targets.capabilities import Capabilities
from kmblint.targets.layout import Piece
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.verdict import Verdict
from kmblint.text import Source


@runtime_checkable
class Target(Protocol):
    """A database and its runner."""

    @property
    def name(self) -> str:
        """How configuration calls it."""

    @property
    def capabilities(self) -> Capabilities:
        """What holds of every table and every file."""

    def fate(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> Verdict | None:
        """What its runner makes of a statement before the engine sees it; None where it is sent whole."""

    def fails_split(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> bool:
        """Whether the run stops at a statement that the runner sends in pieces."""

    def form(self, statement: Statement, source: Source) -> Form:
        """What it says of the words alone."""

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        """What it makes of a change on the catalogue before it; the form counts with the statement's first change."""

    def side_effects(self, catalog: Catalog, change: Change, outcome: Outcome, place_of: PlaceOf) -> Catalog:
        """What its quirks leave behind; `catalog` is the one that the generic `apply` made."""

    def stored_type(self, declared: DataType) -> DataType | None:
        """What it keeps of a declared type; None where it refuses the type."""


class TargetWrapper:
    """A target that passes on what it is asked; a subclass answers some of it itself."""

    def __init__(self, target: Target) -> None:
        self._target = target

    @property
    def name(self) -> str:
        """The target's."""
        return self._target.name

    @property
    def capabilities(self) -> Capabilities:
        """The target's."""
        return self._target.capabilities

    def fate(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> Verdict | None:
        """The target's."""
        return self._target.fate(statement, source, pieces)

    def fails_split(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> bool:
        """The target's."""
        return self._target.fails_split(statement, source, pieces)

    def form(self, statement: Statement, source: Source) -> Form:
        """The target's."""
        return self._target.form(statement, source)

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        """The target's."""
        return self._target.outcome(form, change, catalog, conflicts)

    def side_effects(self, catalog: Catalog, change: Change, outcome: Outcome, place_of: PlaceOf) -> Catalog:
        """The target's."""
        return self._target.side_effects(catalog, change, outcome, place_of)

    def stored_type(self, declared: DataType) -> DataType | None:
        """The target's."""
        return self._target.stored_type(declared)
