"""What is said: findings (what a check may say), diagnostics (what the engine makes of them) and the report.

Everything is frozen and round-trips through bytes (`msgspec`), so that a cache can keep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from kmblint.text import Place, Source, Span


class Severity(Enum):
    """How bad a finding is, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting puts it first."""
        return ("error", "warning", "info").index(self.value)


class Confidence(Enum):
    """How sure a finding is, the surest first; below `high` it rests on a guess that the message names."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return ("high", "medium", "low").index(self.value)


class Applicability(Enum):
    """What a fix promises."""

    SAFE = "safe"
    """The text afterwards means what its author meant; it can be applied unseen."""
    UNSAFE = "unsafe"
    """It may change what the migration does; a person looks at it first."""
    DISPLAY = "display"
    """A proposal to read, never applied."""

    @property
    def rank(self) -> int:
        """0 for the safest."""
        return ("safe", "unsafe", "display").index(self.value)


class Edit(msgspec.Struct, frozen=True, gc=False, order=True):
    """One replacement of a place by other text (an insertion where the span is empty)."""

    place: Place
    replacement: str


class NewFile(msgspec.Struct, frozen=True, order=True):
    """A file that a fix proposes beside the migrations: a follow-up migration, or a renamed one."""

    name: str
    text: str
    replaces: str | None = None
    """The file that it takes the place of. Of another name, the fix is a renaming, whatever the file says by then; of
    the same name, the text is spelt anew, in plain UTF-8."""


class Fix(msgspec.Struct, frozen=True, gc=False):
    """Edits that mend a finding, and what they promise."""

    message: str
    edits: tuple[Edit, ...] = ()
    applicability: Applicability = Applicability.SAFE
    files: tuple[NewFile, ...] = ()

    @classmethod
    def instead(cls, place: Place, text: str, applicability: Applicability = Applicability.UNSAFE) -> Fix:
        """Other words in one place."""
        return cls(f"write `{text}`", (Edit(place, text),), applicability)


class Related(msgspec.Struct, frozen=True, gc=False, order=True):
    """Another place that is part of the cause."""

    place: Place
    message: str


class Finding(msgspec.Struct, frozen=True, gc=False):
    """All that a check may say: where, what, what to write instead, and what else belongs to it."""

    place: Place
    message: str
    """One lower-case clause, names in backticks, no full stop at its end."""
    help: str | None = None
    """What to write instead."""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    subject: str = ""
    """The object that it is about (`patients.phone`): its identity in baselines and suppressions."""
    brief: str = ""
    """What it is about in a few words, for a list of what one statement holds of the kind; empty: it is told whole."""
    confidence: Confidence = Confidence.HIGH
    severity: Severity | None = None
    """Only where the card names another severity for this case than its own."""
    cause: Place | None = None
    """What must be mended first, where that is another statement: whoever speaks of it and whose card `explains` this
    rule speaks for both."""
    settled: bool = False
    """It was so in the revision already that the folder is held against: it is counted, and not shown."""
    secrets: tuple[Place, ...] = ()
    """Literals that no report may show."""

    @property
    def places(self) -> tuple[Place, ...]:
        """All that it speaks of: where it stands, what belongs to it, and what its fix edits."""
        edits = self.fix.edits if self.fix else ()
        return (self.place, *(each.place for each in self.related), *(each.place for each in edits))


INTERNAL: Final = "internal-error"
"""The rule that tells of a crash: it can't be deselected, and nothing silences it."""


class Crash(msgspec.Struct, frozen=True):
    """A bug of ours: which rule raised, on what, and what it raised."""

    rule: str | None
    """None where the replay itself failed, on this statement."""
    code: str
    place: Place
    error: str
    """The exception's class and text."""


class Diagnostic(msgspec.Struct, frozen=True, gc=False):
    """A finding that the engine has stamped with its rule, severity and identity."""

    code: str
    rule: str
    severity: Severity
    finding: Finding
    migration: str | None
    """The file name of the migration, where the finding lies in one."""
    fingerprint: str
    """Rule, migration, object and ordinal of the statement on that object, hashed: moved lines keep it, and so does
    another number of the file."""


class Summary(msgspec.Struct, frozen=True):
    """The counts of a report; `hidden` were held back because only an edit of an applied file could mend them, or
    because the revision that the folder is held against has them as well."""

    error: int = 0
    warning: int = 0
    info: int = 0
    suppressed: int = 0
    fixable: int = 0
    hidden: int = 0
    baselined: int = 0
    """Those that the baseline knows, one by one: findings that would be told together are counted singly."""


class RuleSummary(msgspec.Struct, frozen=True):
    """A rule as a report describes it."""

    code: str
    slug: str
    summary: str
    """One sentence."""
    severity: Severity
    category: str


class HistorySummary(msgspec.Struct, frozen=True):
    """What a report says of the history that was linted."""

    root: str
    target: str
    migrations: int
    applied_through: int | None = None
    notes: tuple[str, ...] = ()
    """Lines for the summary: what this machine's state files say, what was assumed."""


class Report(msgspec.Struct, frozen=True):
    """The outcome of a run: sorted diagnostics, counts, and the sources that frames are cut from."""

    diagnostics: tuple[Diagnostic, ...]
    summary: Summary
    history: HistorySummary
    sources: Mapping[str, Source]
    """By the name that places use."""
    rules: tuple[RuleSummary, ...] = ()
    """The rules that ran, by code, for formats that describe rules."""
    given_way: tuple[Diagnostic, ...] = ()
    """The findings that another one speaks for, where each finding stands for itself (`Settings.grouped`): what
    appears once that one is mended was there before."""

    def source(self, file: str) -> Source:
        """The source that a place's file names; an empty one for a file that isn't there (any more)."""
        return self.sources.get(file) or Source(file, "")

    def path(self, file: str) -> str:
        """How the user calls a file, with `/`."""
        return self.source(file).path


def point(file: str) -> Place:
    """The first character of a file: where findings on the file as a whole stand."""
    return Place(file, Span(0, 0))
