"""The only loop over rules: asks every check about what it wants to know, and reports what they say.

What they say becomes candidates; then what a better rule said too, what a comment suppresses, what is too unsure, and
what nobody could mend any more is taken out; the rest is grouped and sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import starmap, takewhile
from typing import Final

import msgspec
from msgspec.structs import replace

from kmblint.findings import (
    Applicability,
    Crash,
    Diagnostic,
    Finding,
    HistorySummary,
    Report,
    RuleSummary,
    Severity,
    Summary,
    point,
)
from kmblint.history.files import History, Migration
from kmblint.lint.candidates import Candidate, Diagnoser, without_explained, without_superseded
from kmblint.lint.grouping import group
from kmblint.lint.rulebook import Check, Rule, Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.lint.suppressions import Suppression, Suppressions, find_suppressions
from kmblint.redaction import masked
from kmblint.replay.rollback import Rollback, roll_back
from kmblint.replay.steps import Replay, Step, replay
from kmblint.schema.catalog import Catalog
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.text import Place

CRASHES: Final = "internal-error"
"""The rule that tells of rules that failed; it can't be deselected."""

_Context = Mapping[type, object]


def lint(history: History, settings: Settings, rulebook: Rulebook, target: Target) -> Report:
    """Replays the history, runs the selected rules over it, and reports what is left to say."""
    replayed = replay(history, target, contain=not settings.debug)
    heard = _heard(replayed, settings, rulebook, target)
    told = _parted(heard.told, replayed, settings, rulebook, target)
    diagnostics, hidden = _held_back(told, settings, history)
    report = Report(
        diagnostics=tuple(sorted(diagnostics, key=_order(history))),
        summary=_summary(diagnostics, suppressed=len(heard.said) - len(heard.told), hidden=hidden),
        history=HistorySummary(
            root=history.root.as_posix(),
            target=target.name,
            migrations=len(history.migrations),
            applied_through=history.applied_through,
            notes=(*history.notes, *((history.state.note,) if history.state.note else ())),
        ),
        sources=history.sources,
        rules=tuple(_described(rule) for rule in rulebook if rule.slug in settings.rules or rule.slug == CRASHES),
    )
    return masked(report, (place for candidate in heard.said for place in candidate.diagnostic.finding.secrets))


class _Heard(msgspec.Struct, frozen=True):
    """What the rules said of a replay."""

    said: list[Candidate]
    told: list[Candidate]
    """Without what is suppressed."""


def _heard(replayed: Replay, settings: Settings, rulebook: Rulebook, target: Target) -> _Heard:
    """Asks every selected rule."""
    history = replayed.history
    whole: _Context = {History: history, Target: target, Replay: replayed}
    dispatcher = _Dispatcher(settings, rulebook, target)
    diagnoser = Diagnoser(history, settings)
    suppressions = Suppressions(
        suppression
        for migration in history.migrations
        for suppression in find_suppressions(migration, rulebook, settings.today)
    )
    candidates = _candidates(diagnoser, dispatcher.about(_subjects(history, replayed, whole)))
    if dispatcher.asking(Rollback):
        candidates += _candidates(diagnoser, dispatcher.about(_rollbacks(replayed, target, whole)))
    _unsuppressed(without_superseded(candidates), suppressions)
    settled = suppressions.settled(settings.rules.keys() - dispatcher.asking(Suppression))
    candidates += _candidates(
        diagnoser,
        dispatcher.about((each, {**whole, Migration: diagnoser.files[each.file]}, each.place) for each in settled),
    )
    candidates = without_superseded(candidates)
    return _Heard(candidates, _unsuppressed(candidates, suppressions))


def _parted(
    told: list[Candidate], replayed: Replay, settings: Settings, rulebook: Rulebook, target: Target
) -> list[Candidate]:
    """With what was so in the revision already settled: the same rules are asked about what it held.

    Only those that left something open outside of the branch's own files, and only where there is a revision.
    """
    history = replayed.history
    then = history.as_it_was
    if then is None or not settings.only_new:
        return told
    own = history.by_file.keys() - history.inherited
    open_still = {
        each.rule.slug for each in told if not each.settled and each.file not in own and each.rule.slug != CRASHES
    }
    if not open_still:
        return told
    rules = {slug: settings.rules[slug] for slug in _with_superior(open_still, settings, rulebook)}
    earlier = _heard(_beginning(replayed, then, target), replace(settings, rules=rules), rulebook, target)
    known = {each.diagnostic.fingerprint: each.diagnostic.severity.rank for each in earlier.told}

    def was_so(each: Candidate) -> bool:
        """Whether the revision has it too, and no milder."""
        rank = known.get(each.diagnostic.fingerprint)
        return rank is not None and rank <= each.diagnostic.severity.rank and each.rule.slug != CRASHES

    return [replace(each, settled=True) if was_so(each) else each for each in told]


def _with_superior(slugs: set[str], settings: Settings, rulebook: Rulebook) -> set[str]:
    """With the rules that speak instead of them; all rules where it is asked what a suppression is of use for."""
    if any(Suppression in rule.signature.subjects for rule in rulebook if rule.slug in slugs):
        return set(settings.rules)
    better = {rule.slug for rule in rulebook if slugs.intersection(rule.card.metadata.supersedes)}
    return (slugs | better) & settings.rules.keys()


def _beginning(replayed: Replay, then: History, target: Target) -> Replay:
    """The replay of what the revision held: where this one begins with the same files, so does its replay."""
    history, files = replayed.history, then.replayed
    begun = history.replayed[: len(files)]
    same = len(begun) == len(files) and all(here is there for here, there in zip(begun, files, strict=True))
    if not same or history.lost or then.lost:
        return replay(then, target)
    last = {id(migration) for migration in (history.baseline, *files)}
    steps = tuple(takewhile(lambda step: id(step.migration) in last, replayed.steps))
    return Replay(then, steps, steps[-1].after if steps else Catalog())


class _BoundRule(msgspec.Struct, frozen=True):
    """A rule to ask about every subject of a class."""

    rule: Rule
    check: Check
    """With its options set."""
    context: tuple[type, ...]

    @classmethod
    def of(cls, rule: Rule, options: Mapping[str, object]) -> _BoundRule:
        """With what the rule is asked by at hand: it is asked once a statement."""
        named = {name.replace("-", "_"): value for name, value in options.items()}
        return cls(rule, partial(rule.check, **named) if named else rule.check, rule.signature.context)


class _Dispatcher:
    """The bound rules of one run, by the exact class of what they are about."""

    def __init__(self, settings: Settings, rulebook: Rulebook, target: Target) -> None:
        self._debug = settings.debug
        self._crashed: set[str] = set()
        self._asking: dict[type, list[tuple[Rule, Mapping[str, object]]]] = {}
        self._bound: dict[type, tuple[_BoundRule, ...]] = {}
        """Of the classes that occurred: what never does costs no import of a check."""
        for rule in rulebook:
            chosen = settings.rules.get(rule.slug)
            metadata = rule.card.metadata
            if target.name in metadata.targets and (chosen is not None or rule.slug == CRASHES):
                defaults = {name: option.default for name, option in metadata.options.items()}
                options = {**defaults, **(chosen or RuleSettings()).options}
                for subject in rule.signature.subjects:
                    self._asking.setdefault(subject, []).append((rule, options))

    def asking(self, subject: type) -> set[str]:
        """The slugs of the rules that ask about a class."""
        return {rule.slug for rule, _ in self._asking.get(subject, ())}

    def about(self, subjects: Iterable[tuple[object, _Context, Place]]) -> Iterator[tuple[Rule, Finding]]:
        """What the rules say of each subject."""
        for subject, context, place in subjects:
            bound_rules = self._bound.get(type(subject))
            if bound_rules is None:
                asking = self._asking.get(type(subject), ())
                bound_rules = self._bound[type(subject)] = tuple(starmap(_BoundRule.of, asking))
            for bound in bound_rules:
                try:
                    for finding in bound.check(subject, *map(context.__getitem__, bound.context)):
                        yield bound.rule, finding
                except Exception as error:
                    yield from self._failed(bound.rule, error, context, place)

    def _failed(self, rule: Rule, error: Exception, context: _Context, place: Place) -> Iterator[tuple[Rule, Finding]]:
        """A rule that raises is itself a finding, told once a run."""
        if self._debug or rule.slug == CRASHES:
            raise error
        if rule.slug not in self._crashed:
            self._crashed.add(rule.slug)
            crash = Crash(rule.slug, rule.card.code, place, f"{type(error).__name__}: {error}".rstrip(": "))
            yield from self.about([(crash, context, place)])


def _subjects(history: History, replayed: Replay, whole: _Context) -> Iterator[tuple[object, _Context, Place]]:
    """Everything that a rule may ask about, with what belongs to it and where it stands; suppressions come later."""
    here = point(history.migrations[0].file if history.migrations else history.root.name)
    yield history, whole, here
    yield replayed, whole, here
    for unreadable in history.unreadable:
        yield unreadable, whole, point(unreadable.file)
    for ignored_file in history.ignored_files:
        yield ignored_file, whole, point(ignored_file.file)
    for migration in history.migrations:
        context = {**whole, Migration: migration}
        yield migration, context, point(migration.file)
        if not migration.failed:
            for piece in migration.pieces:
                yield piece, context, migration.place(piece.span)
    for step in replayed.steps:
        if step.migration is not history.baseline:
            context = {**whole, Step: step, Statement: step.statement, Migration: step.migration}
            place = step.place(step.statement.span)
            for subject in _of_step(step):
                yield subject, context, place


def _rollbacks(replayed: Replay, target: Target, whole: _Context) -> Iterator[tuple[object, _Context, Place]]:
    """Each migration's down section replayed behind its up."""
    for migration in replayed.history.replayed:
        rollback = roll_back(replayed, migration, target)
        if rollback is not None:
            yield rollback, {**whole, Migration: migration}, migration.place(rollback.down[0].statement.span)


def _of_step(step: Step) -> Iterator[object]:
    if step.crash is not None:
        yield step.crash
        return
    yield step
    if step.number == 0:
        yield step.statement
        if step.statement.problem is not None:
            yield step.statement.problem
    if step.change is not None:
        yield step.change
    yield from step.conflicts
    yield from step.outcome.refusals
    yield from step.outcome.hazards


def _candidates(diagnoser: Diagnoser, said: Iterable[tuple[Rule, Finding]]) -> list[Candidate]:
    return [candidate for rule, finding in said if (candidate := diagnoser.diagnose(rule, finding)) is not None]


def _unsuppressed(candidates: Iterable[Candidate], suppressions: Suppressions) -> list[Candidate]:
    return [
        candidate
        for candidate in candidates
        if not suppressions.take(candidate.file, candidate.rule.slug, candidate.statement, candidate.subject)
    ]


def _held_back(told: Iterable[Candidate], settings: Settings, history: History) -> tuple[list[Diagnostic], int]:
    """The diagnostics to show, grouped, and the number of those that only an edit of an applied file would mend."""
    inherited = history.inherited - history.edited.keys() if settings.elsewhere else frozenset()
    wanted = [
        candidate
        for candidate in told
        if candidate.diagnostic.finding.confidence.rank <= settings.min_confidence.rank
        and (
            settings.shown is None
            or candidate.file in settings.shown
            or (candidate.file in inherited and not candidate.settled)
        )
    ]
    hidden = [candidate for candidate in wanted if candidate.settled and not settings.all_history]
    held = {id(candidate) for candidate in hidden}
    shown = [candidate for candidate in wanted if id(candidate) not in held]
    told_alone, hidden_alone = without_explained(shown), without_explained(hidden)
    if not settings.grouped:
        return [candidate.diagnostic for candidate in told_alone], len(hidden_alone)
    return _grouped(told_alone, history), len(_grouped(hidden_alone, history))


def _grouped(candidates: Iterable[Candidate], history: History) -> list[Diagnostic]:
    key = _order(history)
    ordered = sorted(candidates, key=lambda candidate: key(candidate.diagnostic))
    return group((candidate.rule, candidate.diagnostic, candidate.statement) for candidate in ordered)


def _described(rule: Rule) -> RuleSummary:
    metadata = rule.card.metadata
    return RuleSummary(metadata.code, rule.slug, rule.card.summary, metadata.severity, metadata.category)


def _order(history: History) -> Callable[[Diagnostic], tuple[object, ...]]:
    """The key that sorts in the order of the history, then of the text; what lies outside the migrations comes last."""
    order = {migration.file: number for number, migration in enumerate(history.migrations)}

    def key(diagnostic: Diagnostic) -> tuple[object, ...]:
        finding = diagnostic.finding
        number = order.get(finding.place.file, len(order))
        return number, finding.place, diagnostic.code, finding.subject, finding.message, diagnostic.fingerprint

    return key


def _summary(diagnostics: Iterable[Diagnostic], *, suppressed: int, hidden: int) -> Summary:
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
