"""The only loop over rules: asks every check about what it wants to know, and makes a report of what they say.

Findings are stamped with rule, severity and identity; then those that a better rule superseded, that a comment
suppresses, that are too unsure, or that nobody could mend any more are taken out; what is left is grouped and sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from kmblint.findings import (
    Applicability,
    Crash,
    Diagnostic,
    Finding,
    HistoryFacts,
    Report,
    Severity,
    Summary,
    point,
)  # fmt: skip
from kmblint.grouping import group
from kmblint.history import History, Migration
from kmblint.identity import Layout, covers, fingerprint
from kmblint.replay import Replay, Step, replay
from kmblint.rulebook import Rule, Rulebook
from kmblint.settings import RuleSettings, Settings
from kmblint.sql.statement import Statement
from kmblint.suppress import State, Suppression, find_suppressions
from kmblint.targets import Target
from kmblint.text import Place

_DEFAULTS: Final = RuleSettings()


def lint(history: History, settings: Settings, rulebook: Rulebook, target: Target) -> Report:
    """Replays the history, runs the selected rules over it, and reports what is left to say."""
    return _Run(history, settings, rulebook, target).report()


class _Question(msgspec.Struct, frozen=True):
    """A rule to ask about every subject of a class."""

    rule: Rule
    options: Mapping[str, object]


class _Stamped(msgspec.Struct, frozen=True):
    """A diagnostic with the index of its statement, while it may still be taken out."""

    rule: Rule
    diagnostic: Diagnostic
    statement: int

    @property
    def where(self) -> tuple[str, int]:
        """The file and the statement."""
        return self.diagnostic.finding.place.file, self.statement


class _Run:
    """One run: what it reads, and what it has found so far."""

    def __init__(self, history: History, settings: Settings, rulebook: Rulebook, target: Target) -> None:
        self.history = history
        self.settings = settings
        self.rulebook = rulebook
        self.target = target
        self.files: dict[str, Migration] = {
            migration.file: migration
            for migration in (*history.migrations, *((history.baseline,) if history.baseline else ()))
        }
        self.layouts: dict[str, Layout] = {}
        self.questions = self._questions()
        self.found: list[_Stamped] = []
        self.crashed: set[str] = set()
        self.seen: dict[tuple[object, ...], int] = {}

    def _questions(self) -> dict[type, list[_Question]]:
        """The questions by the exact class of their subject, in the order of the codes."""
        asked: dict[type, list[_Question]] = {}
        for rule in self.rulebook:
            chosen = self.settings.rules.get(rule.slug)
            if self.target.name not in rule.card.facts.targets:
                continue
            if chosen is None and rule.slug != _CRASHES:
                continue
            defaults = {name: option.default for name, option in rule.card.facts.options.items()}
            options = {**defaults, **(chosen or _DEFAULTS).options}
            question = _Question(rule, {name.replace("-", "_"): value for name, value in options.items()})
            for subject in rule.signature.subjects:
                asked.setdefault(subject, []).append(question)
        return asked

    def report(self) -> Report:
        """Everything in order: ask, supersede, suppress, ask about suppressions, hold back, group, sort."""
        replayed = replay(self.history, self.target)
        whole: dict[type, object] = {History: self.history, Target: self.target, Replay: replayed}
        for subject, context, place in _subjects(self.history, replayed):
            self._ask(subject, {**whole, **context}, place)
        self.found = _without_superseded(self.found)
        suppressions, suppressed = self._suppress()
        for suppression in suppressions:
            migration = self.files[suppression.file]
            self._ask(suppression, {**whole, Migration: migration}, suppression.place)
        kept = [
            stamped
            for stamped in _without_superseded(self.found)
            if stamped.diagnostic.finding.confidence.rank <= self.settings.min_confidence.rank
        ]
        shown = [stamped for stamped in kept if self._mendable(stamped)]
        diagnostics = self._sorted(group((stamped.rule, stamped.diagnostic) for stamped in shown))
        hidden = len(group((stamped.rule, stamped.diagnostic) for stamped in kept)) - len(diagnostics)
        wanted = tuple(
            diagnostic
            for diagnostic in diagnostics
            if self.settings.shown is None or diagnostic.finding.place.file in self.settings.shown
        )
        return Report(
            diagnostics=wanted,
            summary=_summary(wanted, suppressed=suppressed, hidden=hidden),
            history=HistoryFacts(
                root=self.history.root.as_posix(),
                target=self.target.name,
                migrations=len(self.history.migrations),
                applied_through=self.history.applied_through,
            ),
            sources={file: migration.source for file, migration in self.files.items()},
            rule_summaries={rule.slug: rule.card.summary for rule in self.rulebook if rule.slug in self.settings.rules},
        )

    def _ask(self, subject: object, context: Mapping[type, object], place: Place) -> None:
        """Every question about the subject; a rule that raises is itself a finding, told once a run."""
        for question in self.questions.get(type(subject), ()):
            rule = question.rule
            try:
                arguments = [context[kind] for kind in rule.signature.context]
                for finding in rule.check(subject, *arguments, **question.options):
                    self._stamp(rule, finding)
            except Exception as error:
                if self.settings.debug or rule.slug == _CRASHES:
                    raise
                if rule.slug not in self.crashed:
                    self.crashed.add(rule.slug)
                    crash = Crash(rule.slug, rule.card.code, place, f"{type(error).__name__}: {error}".rstrip(": "))
                    self._ask(crash, context, place)

    def _stamp(self, rule: Rule, finding: Finding) -> None:
        """The finding with its rule's name, severity and identity, unless it is silenced for its file."""
        file = finding.place.file
        migration = self.files.get(file)
        path = file if migration is None else migration.source.path
        if self.settings.ignores(rule.slug, file, path):
            return
        index = ordinal = 0
        if migration is not None:
            layout = self._layout(migration)
            index = layout.at(finding.place.span.start)
            ordinal = layout.ordinal(index, finding.subject)
        key = (rule.slug, file, finding.subject, ordinal)
        repeated = self.seen[key] = self.seen.get(key, -1) + 1
        chosen = self.settings.rules.get(rule.slug, _DEFAULTS)
        diagnostic = Diagnostic(
            code=rule.card.code,
            rule=rule.slug,
            severity=chosen.severity or finding.severity or rule.card.facts.severity,
            finding=self._without_frozen_fix(finding),
            migration=file if migration is not None else None,
            fingerprint=fingerprint(rule.slug, file, finding.subject, ordinal, repeated),
        )
        self.found.append(_Stamped(rule, diagnostic, index))

    def _layout(self, migration: Migration) -> Layout:
        if migration.file not in self.layouts:
            self.layouts[migration.file] = Layout(migration)
        return self.layouts[migration.file]

    def _frozen(self, file: str) -> bool:
        """Whether nobody may edit the file any more."""
        migration = self.files.get(file)
        return migration is not None and (migration.applied or migration is self.history.baseline)

    def _without_frozen_fix(self, finding: Finding) -> Finding:
        """A fix that would touch an applied file is none."""
        if finding.fix is None or not any(self._frozen(edit.place.file) for edit in finding.fix.edits):
            return finding
        return msgspec.structs.replace(finding, fix=None)

    def _mendable(self, stamped: _Stamped) -> bool:
        """Whether the finding is worth showing: something else than an edit of an applied file would mend it."""
        frozen = self._frozen(stamped.diagnostic.finding.place.file)
        return self.settings.all_history or not frozen or stamped.rule.card.facts.mend != "edit"

    def _suppress(self) -> tuple[list[Suppression], int]:
        """Takes out what comments suppress; gives the suppressions with what became of them, and the count."""
        suppressions = [
            suppression
            for migration in self.history.migrations
            for suppression in find_suppressions(migration, self.rulebook, self.settings.today)
        ]
        by_file: dict[str, list[int]] = {}
        for number, suppression in enumerate(suppressions):
            by_file.setdefault(suppression.file, []).append(number)
        used: set[int] = set()
        kept: list[_Stamped] = []
        for stamped in self.found:
            file, statement = stamped.where
            subject = stamped.diagnostic.finding.subject
            covering = [
                n for n in by_file.get(file, ()) if suppressions[n].covers(stamped.rule.slug, statement, subject)
            ]
            used.update(covering)
            if not covering:
                kept.append(stamped)
        count = len(self.found) - len(kept)
        self.found = kept
        return [self._became(each, number in used) for number, each in enumerate(suppressions)], count

    def _became(self, suppression: Suppression, used: bool) -> Suppression:
        if suppression.state is not State.UNUSED:
            return suppression
        idle = suppression.rule not in self.settings.rules
        state = State.USED if used else State.IDLE if idle else State.UNUSED
        return msgspec.structs.replace(suppression, state=state)

    def _sorted(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """In the order of the history, then of the text; what lies outside the migrations comes last."""
        order = {migration.file: number for number, migration in enumerate(self.history.migrations)}

        def key(diagnostic: Diagnostic) -> tuple[object, ...]:
            place = diagnostic.finding.place
            rest = (diagnostic.code, diagnostic.finding.subject, diagnostic.finding.message, diagnostic.fingerprint)
            return (order.get(place.file, len(order)), place, *rest)

        return sorted(diagnostics, key=key)


_CRASHES: Final = "internal-error"


def _subjects(history: History, replayed: Replay) -> Iterator[tuple[object, Mapping[type, object], Place]]:
    """Everything that a rule may ask about, with what belongs to it and where it stands; suppressions come later."""
    here = point(history.migrations[0].file if history.migrations else history.root.name)
    for whole in (history, replayed):
        yield whole, {}, here
    for unreadable in history.unreadable:
        yield unreadable, {}, point(unreadable.file)
    for stray in history.strays:
        yield stray, {}, point(stray.file)
    for migration in history.migrations:
        yield migration, {Migration: migration}, point(migration.file)
        if not migration.failed:
            for piece in migration.pieces:
                yield piece, {Migration: migration}, migration.place(piece.span)
    for step in replayed.steps:
        if step.migration is not history.baseline:
            context: dict[type, object] = {Step: step, Statement: step.statement, Migration: step.migration}
            for subject in _of_step(step):
                yield subject, context, step.place(step.statement.span)


def _of_step(step: Step) -> Iterator[object]:
    if step.number == 0:
        yield step.statement
        if step.statement.problem is not None:
            yield step.statement.problem
    if step.change is not None:
        yield step.change
    yield from step.conflicts
    yield from step.outcome.refusals
    yield from step.outcome.hazards


def _without_superseded(found: list[_Stamped]) -> list[_Stamped]:
    """Without the findings that a better rule made on the same statement and object."""
    by_statement: dict[tuple[str, int], list[_Stamped]] = {}
    for stamped in found:
        if stamped.rule.card.facts.supersedes:
            by_statement.setdefault(stamped.where, []).append(stamped)

    def superseded(stamped: _Stamped) -> bool:
        return any(
            stamped.rule.slug in better.rule.card.facts.supersedes
            and _same_object(better.diagnostic.finding.subject, stamped.diagnostic.finding.subject)
            for better in by_statement.get(stamped.where, ())
        )

    return [stamped for stamped in found if not superseded(stamped)]


def _same_object(one: str, other: str) -> bool:
    """Whether two findings are about one object, or one of them about the statement or the whole object."""
    return not one or not other or covers(one, other) or covers(other, one)


def _summary(diagnostics: tuple[Diagnostic, ...], *, suppressed: int, hidden: int) -> Summary:
    severities = [diagnostic.severity for diagnostic in diagnostics]
    fixes = (diagnostic.finding.fix for diagnostic in diagnostics)
    return Summary(
        error=severities.count(Severity.ERROR),
        warning=severities.count(Severity.WARNING),
        info=severities.count(Severity.INFO),
        suppressed=suppressed,
        fixable=sum(1 for fix in fixes if fix is not None and fix.applicability is not Applicability.DISPLAY),
        hidden=hidden,
    )
