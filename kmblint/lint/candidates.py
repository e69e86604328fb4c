"""Candidates: findings with their rule, severity and identity, rid of those that a better rule made too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from kmblint.findings import Diagnostic, Finding, point
from kmblint.history.files import History, Migration
from kmblint.lint.identity import Layout, fingerprint, names, prefixes
from kmblint.lint.rulebook import Rule
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.text import Place

_DEFAULTS: Final = RuleSettings()


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A diagnostic with its rule and the index of its statement, while it may still be taken out."""

    rule: Rule
    diagnostic: Diagnostic
    statement: int
    settled: bool
    """Whether nobody can mend it any more: an edit would, and the file is applied, or it was so before this branch."""
    cause: tuple[str, int] | None = None
    """The file and statement of what must be mended first."""
    ignored: bool = False
    """Whether the configuration silences the rule for the file: it isn't told, and what gives way to it stays away."""

    @property
    def file(self) -> str:
        """Where it stands."""
        return self.diagnostic.finding.place.file

    @property
    def subject(self) -> str:
        """The object that it is about."""
        return self.diagnostic.finding.subject


def is_of_new_name(rule: Rule, finding: Finding, history: History) -> bool:
    """Whether it is about the name that a branch gives a released file: that can be taken back."""
    file = finding.place.file
    given = history.released is not None and file not in history.released and file in history.by_file
    return given and rule.card.metadata.category == "names" and finding.place == point(file)


class Diagnoser:
    """Stamps the findings of one run, in the order in which they are made."""

    def __init__(self, history: History, settings: Settings) -> None:
        migrations = (*history.migrations, *((history.baseline,) if history.baseline else ()))
        self.files: Final[Mapping[str, Migration]] = {migration.file: migration for migration in migrations}
        self._names = names(history.migrations)
        self._settings = settings
        self._history = history
        self._layouts: dict[str, Layout] = {}
        self._alike: dict[tuple[object, ...], int] = {}

    def diagnose(self, rule: Rule, finding: Finding) -> Candidate:
        """The candidate of a finding."""
        file = finding.place.file
        migration = self.files.get(file)
        path = file if migration is None else migration.source.path
        ignored = not rule.is_internal and self._settings.ignores(rule.slug, file, path)
        index = ordinal = 0
        if migration is not None:
            layout = self._layout(migration)
            index = layout.at(finding.place.span.start)
            ordinal = layout.ordinal(index, finding.subject)
        identity = (rule.card.code, self._names.get(file, file), finding.subject, ordinal)
        repeated = self._alike[identity] = self._alike.get(identity, -1) + 1
        configured = self._settings.rules.get(rule.slug, _DEFAULTS).severity
        diagnostic = Diagnostic(
            code=rule.card.code,
            rule=rule.slug,
            severity=configured or finding.severity or rule.card.metadata.severity,
            finding=self._without_frozen_fix(finding),
            migration=file if migration is not None else None,
            fingerprint=fingerprint(*identity, repeated),
        )
        edit = (
            self._frozen(file)
            and rule.card.metadata.mend == "edit"
            and not is_of_new_name(rule, finding, self._history)
        )
        settled = finding.settled or edit
        return Candidate(rule, diagnostic, index, settled, self._statement_at(finding.cause), ignored)

    def _statement_at(self, place: Place | None) -> tuple[str, int] | None:
        migration = None if place is None else self.files.get(place.file)
        if place is None or migration is None:
            return None
        return place.file, self._layout(migration).at(place.span.start)

    def _layout(self, migration: Migration) -> Layout:
        layout = self._layouts.get(migration.file)
        if layout is None:
            layout = self._layouts[migration.file] = Layout(migration)
        return layout

    def _frozen(self, file: str) -> bool:
        migration = self.files.get(file)
        return migration is not None and migration.applied

    def _without_frozen_fix(self, finding: Finding) -> Finding:
        """A fix that would touch an applied file is none."""
        if finding.fix is None or not any(self._frozen(edit.place.file) for edit in finding.fix.edits):
            return finding
        return msgspec.structs.replace(finding, fix=None)


class _Objects:
    """The objects that findings are about, to be asked whether another finding is about one of them."""

    def __init__(self) -> None:
        self._subjects: set[str] = set()
        self._holders: set[str] = set()
        """Those and what holds them."""

    def add(self, subject: str) -> None:
        """With one more; one that is empty stands for the whole statement."""
        self._subjects.add(subject)
        self._holders.update(prefixes(subject))

    def meets(self, subject: str) -> bool:
        """Whether one of them is that object, holds it or is held by it, or either is the whole statement."""
        if not subject or "" in self._subjects or subject in self._holders:
            return True
        return any(holder in self._subjects for holder in prefixes(subject))


def without_superseded(candidates: list[Candidate]) -> list[Candidate]:
    """Without the findings that a better rule made on the same statement and object."""
    superior: dict[tuple[str, int, str], _Objects] = {}
    found = {candidate.rule.slug for candidate in candidates}
    for candidate in candidates:
        for slug in found.intersection(candidate.rule.card.metadata.supersedes):
            superior.setdefault((candidate.file, candidate.statement, slug), _Objects()).add(candidate.subject)

    def superseded(candidate: Candidate) -> bool:
        better = superior.get((candidate.file, candidate.statement, candidate.rule.slug))
        return better is not None and better.meets(candidate.subject)

    return [candidate for candidate in candidates if not superseded(candidate)]


def without_explained(told: list[Candidate]) -> list[Candidate]:
    """Without the findings whose cause another one tells; what isn't told explains nothing."""
    explaining: dict[tuple[str, int, str], _Objects] = {}
    found = {candidate.rule.slug for candidate in told}
    for candidate in told:
        for slug in found.intersection(candidate.rule.card.metadata.explains):
            explaining.setdefault((candidate.file, candidate.statement, slug), _Objects()).add(candidate.subject)

    def explained(candidate: Candidate) -> bool:
        cause = None if candidate.cause is None else explaining.get((*candidate.cause, candidate.rule.slug))
        return cause is not None and cause.meets(candidate.subject)

    return [candidate for candidate in told if not explained(candidate)]
