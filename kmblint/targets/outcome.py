"""What a target says of a statement: its `Form` without knowing the schema, its `Outcome` on a catalogue."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from kmblint.schema.catalog import Former, KnownRows
from kmblint.schema.parts import Row
from kmblint.schema.reach import Reach
from kmblint.schema.rows import Key
from kmblint.targets.verdict import CutDigits, FormRefusal, Hazard, Poisons, Refusal, Verdict


class Form(msgspec.Struct, frozen=True, gc=False):
    """What the target says of a statement without knowing the schema."""

    refusals: tuple[FormRefusal, ...] = ()
    hazards: tuple[Hazard, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the words alone are refused."""
        return bool(self.refusals)


class FoundRows(msgspec.Struct, frozen=True):
    """The known rows that a data change falls on, by their keys, and the known rows of the table after it."""

    sure: tuple[Key, ...]
    """In the order in which they are changed; a stale index may lead to one twice."""
    unsure: tuple[Key, ...]
    """Those of which a value decides that isn't known."""
    rows: KnownRows
    former: tuple[Former, ...]
    """What is then left of the rows of dropped tables."""
    stopped: int | None = None
    """The place in `sure` of the row at which the change is refused, those before it being changed."""


class InsertedRow(msgspec.Struct, frozen=True, gc=False):
    """A row of an INSERT that isn't refused."""

    row: Row
    key: Key | None
    """Its primary key, where that is written in literals."""
    hazards: tuple[Poisons | CutDigits, ...]
    """What its values do to their columns."""


class InsertedRows(msgspec.Struct, frozen=True, gc=False):
    """The rows of an INSERT, each judged once: those before the first that is refused, and why that one is."""

    columns: tuple[str, ...]
    """What the values are for, in order."""
    rows: tuple[InsertedRow, ...]
    refusal: Refusal | None


WayKind: TypeAlias = Literal["key", "key range", "index range", "scan"]
"""By its key alone, along a range of the key or of an index, or over every row."""


class Way(msgspec.Struct, frozen=True):
    """How a data change comes to its rows."""

    kind: WayKind
    column: str = ""
    """The first column of the key range or the index."""
    index: str = ""
    """The index's name."""
    looks_at: int | None = None
    """So many rows at the most: those beyond aren't found, whatever they hold."""
    compares: bool = False
    """What it finds so is then compared with other conditions."""

    def __str__(self) -> str:
        match self.kind:
            case "key":
                return "one row by its key"
            case "key range":
                return f"a range of the key `{self.column}`"
            case "index range":
                return f"a range of the index `{self.index}`"
            case "scan":
                return "every row, one after the other"


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What the target says of a statement on a catalogue: the form and what the schema adds to it."""

    verdict: Verdict
    refusals: tuple[Refusal, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    reach: Reach | None = None
    """Of UPDATE and DELETE: what their conditions reach in their table; None where that isn't known."""
    way: Way | None = None
    """Of UPDATE and DELETE, where the target tells how it comes to the rows."""
    found: FoundRows | None = None
    """Of UPDATE and DELETE, where the target tells which of the known rows they fall on."""
    inserted: InsertedRows | None = None
    """Of INSERT, where the target judges its rows one by one."""

    @property
    def refusal(self) -> Refusal | None:
        """The first reason why it is refused."""
        return self.refusals[0] if self.refusals else None
