"""The words in which a target judges a statement: verdicts, refusals and hazards.

The last two are closed unions; each member is a subject that a rule can ask for.
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

    @property
    def happens(self) -> bool:
        """Whether the statement counts as done."""
        return self is Verdict.TAKEN or self is Verdict.NO_OP

    @property
    def fails(self) -> bool:
        """Whether the run stops at it."""
        return self is Verdict.REFUSED or self is Verdict.UNREADABLE


class Replacement(msgspec.Struct, frozen=True):
    """A certain text edit of the statement that the target then takes."""

    span: Span
    text: str
    message: str
    applicability: Applicability = Applicability.SAFE


class _Refusal(msgspec.Struct, frozen=True, tag=True):
    """What every refusal says."""

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


class UnsupportedForm(_Refusal, frozen=True, tag=True):
    """Words that the target's parser doesn't take."""


class UnrecognisedForm(_Refusal, frozen=True, tag=True):
    """One of Kimberlite's own statements in a spelling that its parser doesn't know it by."""


class TransactionControl(_Refusal, frozen=True, tag=True):
    """BEGIN, COMMIT and the like, where there are no transactions."""


class EmptyStatement(_Refusal, frozen=True, tag=True):
    """A statement without a word: a comment alone."""


class MissingKey(_Refusal, frozen=True, tag=True):
    """A table without a primary key."""


class CatalogueRefusal(_Refusal, frozen=True, tag=True):
    """What is named isn't there, or is there already: a conflict, in the target's words."""


class RowShapeRefusal(_Refusal, frozen=True, tag=True):
    """Values too many or too few for the columns, or none for a part of the key."""


class ValueRefusal(_Refusal, frozen=True, tag=True):
    """A literal that its column doesn't take."""


class RepeatedKey(_Refusal, frozen=True, tag=True):
    """A row whose key is in the table already."""


class OversizedRow(_Refusal, frozen=True, tag=True):
    """A row that doesn't fit its page."""


class StaleIndexRefusal(_Refusal, frozen=True, tag=True):
    """The name of an index that a dropped table or column still holds."""


class PoisonedTableRefusal(_Refusal, frozen=True, tag=True):
    """A table that holds a value which nobody can read."""


class AttachedPolicyRefusal(_Refusal, frozen=True, tag=True):
    """A masking policy that is attached still, or attached already."""


FormRefusal: TypeAlias = UnsupportedForm | UnrecognisedForm | TransactionControl | EmptyStatement | MissingKey
"""What the words alone tell."""

Refusal: TypeAlias = (
    FormRefusal | CatalogueRefusal | RowShapeRefusal | ValueRefusal | RepeatedKey | OversizedRow
    | StaleIndexRefusal | PoisonedTableRefusal | AttachedPolicyRefusal
)  # fmt: skip
"""Why the target won't have a statement."""


class DroppedClause(msgspec.Struct, frozen=True, tag=True):
    """A clause that is parsed and thrown away."""

    clause: str
    """Its keywords in upper case: `DEFAULT`, `UNIQUE`, `REFERENCES` …"""
    span: Span
    effect: str
    """What is then not so: a lower-case clause."""
    severity: Severity
    column: str | None


class ChangedType(msgspec.Struct, frozen=True, tag=True):
    """A column is stored as another type than declared."""

    column: str
    declared: str
    stored: str
    span: Span
    effect: str
    honest: str
    """The type to declare that says no more than is kept."""


class IgnoredGuard(msgspec.Struct, frozen=True, tag=True):
    """IF [NOT] EXISTS (or OR IGNORE) that the target parses and ignores; the span covers its words."""

    guard: str
    span: Span
    effect: str


class IgnoredLimit(msgspec.Struct, frozen=True, tag=True):
    """LIMIT of UPDATE or DELETE."""

    span: Span


class IgnoredOrder(msgspec.Struct, frozen=True, tag=True):
    """ORDER BY of UPDATE or DELETE."""

    span: Span


class IgnoredJoin(msgspec.Struct, frozen=True, tag=True):
    """Another table of UPDATE or DELETE, which nothing asks."""

    keyword: str
    """`USING`, `FROM` or `JOIN`."""
    table: str
    """Its alias or name, whichever sorts first; empty for a sub-query without an alias."""
    span: Span


class IgnoredQualifier(msgspec.Struct, frozen=True, tag=True):
    """A qualifier that means another table than the statement's own, before a column of its condition."""

    qualifier: str
    span: Span


class IgnoredCondition(msgspec.Struct, frozen=True, tag=True):
    """A condition that is left out beside a comparison of the whole key, or by an index of several columns."""

    span: Span
    index: str | None
    """The index's name; None beside the key."""
    help: str | None = None


class OverwrittenCondition(msgspec.Struct, frozen=True, tag=True):
    """A bound of a column that a later condition on the same column takes the place of."""

    column: str
    span: Span
    by: Span
    """The later condition."""
    help: str | None = None


class OpenBound(msgspec.Struct, frozen=True, tag=True):
    """A bound of another kind than its column, beyond all its values in a key or an index: it keeps no row out."""

    column: str
    span: Span
    kind: str
    """Of the bound: `TEXT`, `BIGINT`, `BOOLEAN` or `DECIMAL` (a number with a fraction)."""
    above: bool
    """It is above all values of the column, and not below them."""
    index: str | None
    """The index's name; None by the key."""
    every: bool
    """Nothing else bounds the column: every row is reached where no other condition keeps it out."""
    nulls: bool
    """Rows where the column is NULL are reached too."""
    help: str | None = None
    replacement: Replacement | None = None


WiderThanAsked: TypeAlias = (
    IgnoredLimit | IgnoredOrder | IgnoredJoin | IgnoredQualifier | IgnoredCondition | OverwrittenCondition | OpenBound
)
"""Something of UPDATE or DELETE is ignored: more or other rows change than meant."""


class GhostColumn(msgspec.Struct, frozen=True, tag=True):
    """SET of (or an index on) a column that isn't there."""

    column: str
    span: Span
    reason: str
    help: str | None = None


class QualifiedSet(msgspec.Struct, frozen=True, tag=True):
    """SET of a column under a qualifier or in quotes, which count as part of its name."""

    column: str
    span: Span
    reason: str
    help: str | None


class Finds(Enum):
    """What a comparison finds that can't do what it says."""

    NOTHING = "no row"
    NULLS = "only rows where it is NULL"
    ALL = "every row where it isn't NULL"
    OTHER = "other rows than meant"


class BlindComparison(msgspec.Struct, frozen=True, tag=True):
    """A comparison that its column's type, or the kind of its literal, can't do."""

    column: str
    span: Span
    operator: str
    way: str
    """How it is compared: row by row (`scan`, `or`, `computed`, `key range`, `index NAME`), or as a bound (`key`, the
    index's name)."""
    finds: Finds
    foreign: bool
    """The type compares, and the literal is of another kind."""
    alone: bool
    """The statement finds no row at all."""
    reason: str = ""
    help: str | None = None
    replacement: Replacement | None = None
    """The comparison in words that find the rows that are meant."""


DoesNothing: TypeAlias = GhostColumn | QualifiedSet | BlindComparison
"""Something is taken and changes nothing (or all)."""


class Poisons(msgspec.Struct, frozen=True, tag=True):
    """A value that its column can't hold is taken: from then on no statement can read the table."""

    table: str
    column: str
    column_type: str
    value: str
    span: Span
    instead: str | None
    """The literal that the column does hold for the same value."""
    is_key: bool = False
    """The column is part of the key, so not even DROP COLUMN rescues the table."""
    remedy: str | None = None
    """What to do where no literal brings the value into the column, as a clause."""
    alike: tuple[tuple[Span, str | None], ...] = ()
    """The values of later rows that the column can't hold either, each with its literal `instead`."""


class Crashes(msgspec.Struct, frozen=True, tag=True):
    """The statement kills the server."""

    reason: str
    span: Span
    when: str = ""
    """The condition, as a clause: "as soon as one row matches"."""
    instead: str | None = None
    """The literal that the column does hold for the same value."""
    remedy: str | None = None
    """What to do where no literal brings the value into the column, as a clause."""


class KeyDamage(msgspec.Struct, frozen=True, tag=True):
    """A primary key is set: two rows may end with one key, and can then not be deleted."""

    column: str
    span: Span


class NullRows(msgspec.Struct, frozen=True, tag=True):
    """A comparison that also takes the rows where the column is NULL, or with NULL takes others."""

    column: str
    span: Span
    comparison: str
    with_null: bool
    """It compares with NULL."""
    others: bool = False
    """It compares with NULL, and takes rows where the column isn't NULL."""


class UncheckedNull(msgspec.Struct, frozen=True, tag=True):
    """A NOT NULL column is left out of INSERT, or set to NULL by UPDATE, and that is taken."""

    column: str
    span: Span
    left_out: bool
    unwritable: str | None = None
    """The type, where there is no literal that INSERT takes for it."""


class OversizedChange(msgspec.Struct, frozen=True, tag=True):
    """SET of texts that don't fit a page: refused as soon as one row matches."""

    span: Span
    size: int
    """Bytes of the change in the log."""
    most: int
    help: str


class FreezesRow(msgspec.Struct, frozen=True, tag=True):
    """A key is written otherwise than the target writes it back, so that no UPDATE and no DELETE finds its row."""

    table: str
    column: str
    column_type: str
    value: str
    span: Span
    instead: str | None
    """The same key as the target writes it."""
    more: int
    """How many further rows of the statement are frozen by this column."""


class CutDigits(msgspec.Struct, frozen=True, tag=True):
    """A number is stored with fewer digits behind its point than written, or without its sign."""

    column: str
    column_type: str
    value: str
    kept: str
    span: Span
    instead: str | None
    """The literal that keeps the sign, where the sign is lost."""


Hazard: TypeAlias = (
    DroppedClause | ChangedType | IgnoredGuard | WiderThanAsked | DoesNothing | Poisons | Crashes
    | KeyDamage | FreezesRow | OversizedChange | NullRows | UncheckedNull | CutDigits
)  # fmt: skip
