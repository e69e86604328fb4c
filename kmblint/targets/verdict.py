"""The words in which a target judges a statement.

`Form` is judged without knowing the schema, `Outcome` on a catalogue.
Hazards are a closed union; each is a subject that a rule can ask for.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

import msgspec

from kmblint.findings import Applicability, Severity
from kmblint.text import Place, Span


class Verdict(Enum):
    """How a statement ends."""

    TAKEN = "taken"
    NO_OP = "no-op"
    """Taken, and by design nothing happens (IF NOT EXISTS over what exists)."""
    REFUSED = "refused"
    SKIPPED = "skipped"
    """The runner doesn't send it."""
    SPLIT = "split"
    """The runner sends it in two pieces."""
    UNREADABLE = "unreadable"


class Replacement(msgspec.Struct, frozen=True):
    """A certain text edit of the statement that the target then takes."""

    span: Span
    text: str
    message: str
    applicability: Applicability = Applicability.SAFE


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """The target won't have the statement."""

    reason: str
    """A lower-case clause in plain words, names in backticks."""
    span: Span
    """The words that it stumbles over."""
    help: str | None = None
    """What to write instead, in SQL that the target takes where there is such SQL."""
    replacements: tuple[Replacement, ...] = ()
    cause: Place | None = None
    """Another place that made it so (the literal that poisoned the table, the table that exists already)."""
    cause_note: str | None = None
    topic: str = "form"
    """Which rule has the better word for it: `form` (KMB903) · `catalogue` (a conflict) · `transaction` (KMB810) ·
    `own-form` (KMB907) · `value` (KMB213) · `shape` (KMB211) · `key` (KMB214) · `duplicate-row` (KMB217) ·
    `row-size` (KMB926) · `stale-index` (KMB906) · `poisoned` (KMB908) · `attached` (KMB215) · `comment` (KMB928)."""


class DroppedClause(msgspec.Struct, frozen=True, tag=True):
    """A clause that is parsed and thrown away."""

    clause: str
    """Its keywords in upper case: `DEFAULT`, `UNIQUE`, `REFERENCES` …"""
    span: Span
    effect: str
    """What is then not so: a lower-case clause."""
    severity: Severity
    column: str | None = None


class ChangedType(msgspec.Struct, frozen=True, tag=True):
    """A column is stored as another type than declared."""

    column: str
    declared: str
    stored: str
    span: Span
    effect: str


class IgnoredGuard(msgspec.Struct, frozen=True, tag=True):
    """IF [NOT] EXISTS (or OR IGNORE) that the target parses and ignores; the span covers its words."""

    guard: str
    span: Span
    effect: str


class WiderThanAsked(msgspec.Struct, frozen=True, tag=True):
    """LIMIT, ORDER BY, a join, a foreign qualifier or a condition is ignored: more or other rows change than meant."""

    clause: str
    """`LIMIT`, `ORDER BY`, `USING`, `FROM`, `JOIN`, `qualifier`, or `condition`."""
    span: Span
    detail: str = ""
    """The table or qualifier that is ignored; of a condition, what it is ignored beside: `key` or an index's name."""


class DoesNothing(msgspec.Struct, frozen=True, tag=True):
    """The statement is taken and changes nothing (or all): a ghost column, a qualified SET, a blind comparison."""

    kind: str
    """`ghost` (SET of a column that isn't there), `qualified` (SET t.c) or `blind` (its type can't be compared so)."""
    column: str
    span: Span
    reason: str
    help: str | None = None
    finds_all: bool = False
    """A blind comparison that finds every row rather than none."""
    finds_other: bool = False
    """A blind comparison that finds rows, and not those that are asked for."""


class Poisons(msgspec.Struct, frozen=True, tag=True):
    """A value that its column can't hold is taken: from then on no statement can read the table."""

    table: str
    column: str
    column_type: str
    value: str
    span: Span
    instead: str | None = None
    """The literal that the column does hold for the same value."""
    is_key: bool = False
    """The column is part of the key, so not even DROP COLUMN rescues the table."""


class Crashes(msgspec.Struct, frozen=True, tag=True):
    """The statement kills the server."""

    reason: str
    span: Span
    when: str = ""
    """The condition, as a clause: "as soon as one row matches"."""


class KeyDamage(msgspec.Struct, frozen=True, tag=True):
    """A primary key is set: two rows may end with one key, and can then not be deleted."""

    column: str
    span: Span


class NullRows(msgspec.Struct, frozen=True, tag=True):
    """A comparison that also takes the rows where the column is NULL."""

    column: str
    span: Span
    comparison: str


class UncheckedNull(msgspec.Struct, frozen=True, tag=True):
    """A NOT NULL column is left out of INSERT, or set to NULL by UPDATE, and that is taken."""

    column: str
    span: Span
    left_out: bool


class CutDigits(msgspec.Struct, frozen=True, tag=True):
    """A number is stored with fewer digits behind its point than written."""

    column: str
    column_type: str
    value: str
    kept: str
    span: Span


Hazard: TypeAlias = (
    DroppedClause | ChangedType | IgnoredGuard | WiderThanAsked | DoesNothing | Poisons | Crashes
    | KeyDamage | NullRows | UncheckedNull | CutDigits
)  # fmt: skip


class Form(msgspec.Struct, frozen=True):
    """What the target says of a statement without knowing the schema."""

    refusal: Refusal | None = None
    hazards: tuple[Hazard, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What the target says of a statement on a catalogue: the form and what the schema adds to it."""

    verdict: Verdict
    refusals: tuple[Refusal, ...] = ()
    hazards: tuple[Hazard, ...] = ()

    @property
    def refusal(self) -> Refusal | None:
        """The first reason why it is refused."""
        return self.refusals[0] if self.refusals else None
