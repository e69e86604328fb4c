"""The only loop over rules: asks every check about what it wants to know, and reports what they say.

What they say becomes candidates; then what a better rule said too, what a comment suppresses, what is too unsure, and
what nobody could mend any more is taken out; the rest is grouped and sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import takewhile

import msgspec
from msgspec.structs import replace

from kmblint.errors import Stopped
from kmblint.findings import Diagnostic, HistorySummary, Report, RuleSummary
from kmblint.history.files import History, Migration
from kmblint.lint import reporting
from kmblint.lint.answers import Answers, Earlier, Told, context_of
from kmblint.lint.candidates import Candidate, Diagnoser, is_of_new_name, without_explained, without_superseded
from kmblint.lint.dispatch import Dispatcher, Said
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.lint.settings import Settings
from kmblint.lint.suppressions import Suppression, Suppressions
from kmblint.redaction import masked
from kmblint.replay.leaks import unsaid
from kmblint.replay.replayer import Judged, Replayer, replay
from kmblint.replay.steps import Part, Replay
from kmblint.targets import Target
from kmblint.text import Place, Span


def lint(history: History, settings: Settings, rulebook: Rulebook, target: Target) -> Report:
    """Replays the history, runs the selected rules over it, and reports what is left to say."""
    return Session(rulebook, target).lint(history, settings)


class Session:
    """Lints one reading of a history after the other: what a change can't have altered isn't replayed or asked again.

    The reports are those of `lint`. What is kept is that of the last reading; it is known by the identity of its
    migrations, so read them with the same `Readings`. For one thread at a time.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        target: Target,
        earlier: Earlier = lambda _: {},
        judged: Judged = lambda _: {},
    ) -> None:
        """`earlier` and `judged` are what an earlier process kept: nothing that wouldn't be said and judged again."""
        self._rulebook = rulebook
        self._target = target
        self._earlier = earlier
        self._judged = judged
        self._basis: tuple[object, ...] = ()
        self.replayed: Replay | None = None
        """The replay of the last reading, for whoever asks more of it than findings."""
        self._forget(contain=True)

    def _forget(self, *, contain: bool) -> None:
        self._replayer = Replayer(self._target, contain=contain, judged=self._judged)
        self._secrets: dict[str, tuple[Migration, Part | None, list[Span]]] = {}
        self._answers = Answers(self._earlier)

    def told(self, file: str) -> Told | None:
        """What is kept of what the rules said of a file of the last reading; None where nothing is: one raised."""
        return self._answers.told(file)

    def lint(self, history: History, settings: Settings, is_stopped: Callable[[], bool] = lambda: False) -> Report:
        """The report of a reading; `is_stopped` is as for `judge`."""
        heard = self.judge(history, settings, is_stopped)
        shown = reporting.shown(heard.told, settings, history)
        report = Report(
            diagnostics=shown.diagnostics,
            summary=reporting.summary(shown, suppressed=heard.suppressed),
            history=HistorySummary(
                root=history.root.as_posix(),
                target=self._target.name,
                migrations=len(history.migrations),
                applied_through=history.applied_through,
                notes=(
                    *history.notes,
                    *((history.state.note,) if history.state.note else ()),
                    *reporting.notes(heard.told, settings),
                ),
            ),
            sources=history.sources,
            rules=tuple(_described(rule) for rule in self._rulebook if rule.slug in settings.rules or rule.is_internal),
            given_way=() if settings.grouped else _given_way(heard),
        )
        secrets = (place for candidate in heard.said for place in candidate.diagnostic.finding.secrets)
        return masked(report, (*secrets, *self._unsaid(report, history)))

    def _unsaid(self, report: Report, history: History) -> Iterator[Place]:
        """The secrets of the files that a report speaks of: they are masked whether or not the rule runs on them."""
        parts = {} if self.replayed is None else {part.migration.file: part for part in self.replayed.parts}
        migrations = (*history.migrations, *((history.baseline,) if history.baseline else ()))
        named = {place.file for diagnostic in report.diagnostics for place in diagnostic.finding.places}
        known, self._secrets = self._secrets, {}
        for migration in (each for each in migrations if each.file in named):
            file, part = migration.file, parts.get(migration.file)
            before = known.get(file)
            same = before is not None and before[0] is migration and before[1] is part
            kept = before if before is not None and same else (migration, part, unsaid(migration, part, history))
            self._secrets[file] = kept
            yield from map(migration.place, kept[2])

    def judge(self, history: History, settings: Settings, is_stopped: Callable[[], bool] = lambda: False) -> Heard:
        """Every finding of the selected rules on a reading, with what nobody could mend any more settled.

        `is_stopped` is asked between files; where it says yes, raises `Stopped`, and the next call goes on from there.
        """

        def check_stop() -> None:
            if is_stopped():
                raise Stopped

        rulebook, target = self._rulebook, self._target
        basis = (
            settings.rules, settings.today, settings.debug, history.applied_through, history.since, history.called,
        )  # fmt: skip
        if basis != self._basis:
            self._basis = basis
            self._forget(contain=not settings.debug)
        replayed = self.replayed = self._replayer.replay(history, check_stop)
        heard = _heard(replayed, Dispatcher(settings, rulebook, target), self._answers, check_stop)
        told = _parted(heard.told, replayed, settings, rulebook, target)
        if heard.crashed:
            self._forget(
                contain=not settings.debug
            )  # a rule that raises tells so once a run, wherever it does so first
        return replace(heard, told=told)


class Heard(msgspec.Struct, frozen=True):
    """What the rules said of a replay."""

    said: list[Candidate]
    told: list[Candidate]
    """Without what gives way to a better rule, what the configuration ignores, and what is suppressed."""
    suppressed: int
    """How many of them are."""
    crashed: bool
    """Whether a rule raised."""


def _heard(
    replayed: Replay, dispatcher: Dispatcher, answers: Answers, check_stop: Callable[[], None] = lambda: None
) -> Heard:
    """Asks every selected rule."""
    settings = dispatcher.settings
    diagnoser = Diagnoser(replayed.history, settings)
    try:
        answers.renew(dispatcher, replayed, check_stop)
    except Stopped:
        if dispatcher.crashed:
            answers.forget()
        raise
    suppressions = Suppressions(answers.suppressions())
    candidates = _candidates(diagnoser, answers.said(dispatcher, replayed))
    candidates += _candidates(diagnoser, answers.said_of_rollbacks(dispatcher, replayed))
    _unsuppressed(_live(candidates), suppressions)
    settled = suppressions.settled(settings.rules.keys() - dispatcher.rules.asking(Suppression))
    candidates += _candidates(diagnoser, _of_suppressions(dispatcher, settled, diagnoser.files, replayed))
    live = _live(candidates)
    told = _unsuppressed(live, suppressions)
    return Heard(candidates, told, suppressed=len(live) - len(told), crashed=bool(dispatcher.crashed))


def _of_suppressions(
    dispatcher: Dispatcher, settled: Iterable[Suppression], files: Mapping[str, Migration], replayed: Replay
) -> Iterator[Said]:
    whole = context_of(replayed, dispatcher.target)
    for suppression in settled:
        context = {**whole, Migration: files[suppression.file]}
        yield from dispatcher.ask((suppression,), partial(dict, context), suppression.place)


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
        candidate.rule.slug
        for candidate in told
        if not candidate.settled and candidate.file not in own and not candidate.rule.is_internal
    }
    if not open_still:
        return told
    rules = {slug: settings.rules[slug] for slug in _with_superior(open_still, settings, rulebook)}
    dispatcher = Dispatcher(replace(settings, rules=rules), rulebook, target)
    earlier = _heard(_beginning(replayed, then, target), dispatcher, Answers())
    known = {each.diagnostic.fingerprint: each.diagnostic.severity.rank for each in earlier.told}

    def was_so(candidate: Candidate) -> bool:
        """Whether the revision has it too, and no milder."""
        new = candidate.file in own or is_of_new_name(candidate.rule, candidate.diagnostic.finding, history)
        rank = None if new else known.get(candidate.diagnostic.fingerprint)
        return rank is not None and rank <= candidate.diagnostic.severity.rank and not candidate.rule.is_internal

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
    return Replay.of(then, tuple(takewhile(lambda part: id(part.migration) in last, replayed.parts)))


def _candidates(diagnoser: Diagnoser, said: Iterable[Said]) -> list[Candidate]:
    return [diagnoser.diagnose(rule, finding) for rule, finding in said]


def _live(candidates: list[Candidate]) -> list[Candidate]:
    """Those that are to be told: a rule that is ignored for a file wakes nothing that gives way to it."""
    return [candidate for candidate in without_superseded(candidates) if not candidate.ignored]


def _given_way(heard: Heard) -> tuple[Diagnostic, ...]:
    """What a better rule said too, and what another finding explains."""
    kept = {id(candidate) for candidate in without_superseded(heard.said)}
    superseded = (candidate for candidate in heard.said if id(candidate) not in kept and not candidate.ignored)
    kept = {id(candidate) for candidate in without_explained(heard.told)}
    explained = (candidate for candidate in heard.told if id(candidate) not in kept)
    return tuple(candidate.diagnostic for candidate in (*superseded, *explained))


def _unsuppressed(candidates: Iterable[Candidate], suppressions: Suppressions) -> list[Candidate]:
    return [
        candidate
        for candidate in candidates
        if not suppressions.take(candidate.file, candidate.rule.slug, candidate.statement, candidate.subject)
    ]


def _described(rule: Rule) -> RuleSummary:
    metadata = rule.card.metadata
    return RuleSummary(metadata.code, rule.slug, rule.card.summary, metadata.severity, metadata.category)
