"""What a run of the engine needs to be told: the outcome of command line and configuration together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fnmatch import fnmatchcase

import msgspec

from kmblint.findings import Confidence, Severity
from kmblint.lint.baseline import Entry


class RuleSettings(msgspec.Struct, frozen=True):
    """How one selected rule is to run."""

    severity: Severity | None = None
    """Where the configuration names one; it wins over the card's and the finding's."""
    options: Mapping[str, object] = {}
    """By the card's names (`max-rows`), only those that differ from their defaults."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The selected rules and how their findings are kept."""

    rules: Mapping[str, RuleSettings]
    """By slug; a rule that isn't here doesn't run."""
    today: date
    """Decides whether a suppression has expired."""
    per_file_ignores: tuple[tuple[str, frozenset[str]], ...] = ()
    """Glob over the file's name or path → slugs that say nothing there."""
    min_confidence: Confidence = Confidence.LOW
    baseline: tuple[Entry, ...] = ()
    """Findings of this history that are known and agreed to: they are counted."""
    all_history: bool = False
    """Show what only an edit of an applied file could mend."""
    shown: frozenset[str] | None = None
    """The files whose findings are wanted (names in the folder); None for all."""
    only_new: bool = True
    """Count what the revision that the folder is held against has as well, and don't show it."""
    elsewhere: bool = False
    """Want beside them what wasn't so yet in the other files of the revision that the folder is held against."""
    grouped: bool = True
    """Tell a habit, and what one statement holds of a kind, as one diagnostic; else each finding with its own fix."""
    debug: bool = False
    """A rule that raises ends the run."""

    def ignores(self, rule: str, file: str, path: str) -> bool:
        """Whether the rule is silenced for the file."""
        return any(
            rule in slugs and (fnmatchcase(file, pattern) or fnmatchcase(path, pattern))
            for pattern, slugs in self.per_file_ignores
        )
