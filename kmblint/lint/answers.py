"""Asks every rule about all that it wants to know, and keeps what a change behind it can't alter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

import msgspec

from kmblint.findings import Finding, point
from kmblint.history.files import History, IgnoredFile, Migration, Unreadable
from kmblint.lint.dispatch import Context, Dispatcher, Rules, Said
from kmblint.lint.suppressions import Suppression, find_suppressions
from kmblint.replay.rollback import Rollback, roll_back
from kmblint.replay.steps import Part, Replay, Step
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.layout import Piece


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What the rules that look back said of one file and of its part of the replay, each with its rule's slug."""

    of_file: tuple[tuple[str, Finding], ...]
    of_part: tuple[tuple[str, Finding], ...]
    of_rollback: tuple[tuple[str, Finding], ...]


Earlier: TypeAlias = Callable[[History], Mapping[str, Told]]
"""What an earlier run was told of files that stand in the same place of the same history, by their names."""


class _OfFile(msgspec.Struct, frozen=True):
    """What was said of a file alone."""

    migration: Migration
    said: tuple[Said, ...]
    suppressions: tuple[Suppression, ...]


class _OfPart(msgspec.Struct, frozen=True):
    """What was said of what was replayed of a file."""

    part: Part
    said: tuple[Said, ...]
    further: tuple[tuple[Step, tuple[object, ...]], ...]
    """What of its steps the rules that know all files ask about."""
    of_rollback: tuple[Said, ...]


class Answers:
    """What the rules that look back said of one reading of a history, for the next.

    An answer is kept as long as its migration, or its part of the replay, is the same object. Whoever keeps them sees
    to it that rules, options and whatever else the rules can ask for (what is applied, the day) are the same.
    """

    def __init__(self, earlier: Earlier = lambda _: {}) -> None:
        self._earlier = earlier
        self.forget()

    @property
    def told(self) -> Mapping[str, Told]:
        """What is kept, by the names of the files that were replayed."""
        return {
            part.part.migration.file: Told(
                _plain(self._files[part.part.migration.file].said), _plain(part.said), _plain(part.of_rollback)
            )
            for part in self._parts
        }

    def forget(self) -> None:
        """Keeps nothing any more."""
        self._files: dict[str, _OfFile] = {}
        self._parts: list[_OfPart] = []

    def renew(self, dispatcher: Dispatcher, replayed: Replay, check_stop: Callable[[], None]) -> None:
        """Asks about what is new; `check_stop` is called between files, and may raise: what was said so far is kept."""
        history, target = replayed.history, dispatcher.target
        names, today = dispatcher.rulebook, dispatcher.settings.today
        earlier = self._earlier(history)
        for migration in history.migrations:
            known = self._files.get(migration.file)
            if known is None or known.migration is not migration:
                check_stop()
                told = earlier.get(migration.file)
                if told is None:
                    said = tuple(_of_migration(dispatcher, dispatcher.backward, migration, {Target: target}))
                else:
                    said = _ruled(dispatcher, told.of_file)
                self._files[migration.file] = _OfFile(migration, said, find_suppressions(migration, names, today))
        self._files = {migration.file: self._files[migration.file] for migration in history.migrations}
        parts = [part for part in replayed.parts if part.migration is not history.baseline]
        for number, part in enumerate(parts):
            if number < len(self._parts):
                if self._parts[number].part is part:
                    continue
                del self._parts[number:]
            check_stop()
            self._parts.append(_answered(dispatcher, part, earlier.get(part.migration.file)))
        del self._parts[len(parts) :]

    def suppressions(self) -> Iterator[Suppression]:
        """Those of all files."""
        for known in self._files.values():
            yield from known.suppressions

    def said(self, dispatcher: Dispatcher, replayed: Replay) -> Iterator[Said]:
        """All that rules say of the history, save of rollbacks and suppressions: what is kept, and the rest asked."""
        history = replayed.history
        whole = context_of(replayed, dispatcher.target)
        here = point(history.migrations[0].file if history.migrations else history.root.name)
        yield from dispatcher.ask(dispatcher.whole, (history, replayed), lambda: whole, here)
        beside: tuple[Unreadable | IgnoredFile, ...] = (*history.unreadable, *history.ignored_files)
        for subject in beside:
            yield from dispatcher.ask(dispatcher.whole, (subject,), lambda: whole, point(subject.file))
        for known in self._files.values():
            yield from known.said
            yield from _of_migration(dispatcher, dispatcher.whole, known.migration, whole)
        for answered in self._parts:
            yield from answered.said
            yield from _of_part(dispatcher, dispatcher.whole, answered.part, answered.further, whole)

    def said_of_rollbacks(self, dispatcher: Dispatcher, replayed: Replay) -> Iterator[Said]:
        """What rules say of the ways back."""
        whole = context_of(replayed, dispatcher.target)
        asked = dispatcher.whole.asking(Rollback)
        for answered in self._parts:
            yield from answered.of_rollback
            if asked:
                yield from _of_rollback(dispatcher, dispatcher.whole, answered.part, whole)


def context_of(replayed: Replay, target: Target) -> Context:
    """What every subject has beside it."""
    return {History: replayed.history, Target: target, Replay: replayed}


def _plain(said: Iterable[Said]) -> tuple[tuple[str, Finding], ...]:
    return tuple((rule.slug, finding) for rule, finding in said)


def _ruled(dispatcher: Dispatcher, told: Iterable[tuple[str, Finding]]) -> tuple[Said, ...]:
    named = ((dispatcher.rulebook.get(slug), finding) for slug, finding in told)
    return tuple((rule, finding) for rule, finding in named if rule is not None)


def _answered(dispatcher: Dispatcher, part: Part, told: Told | None) -> _OfPart:
    there: Context = {Target: dispatcher.target}
    rules = dispatcher.backward
    everything = tuple((step, tuple(subjects_of(step))) for step in part.steps)
    further = tuple((step, asked) for step, subjects in everything if (asked := dispatcher.whole.asked(subjects)))
    if told is not None:
        return _OfPart(part, _ruled(dispatcher, told.of_part), further, _ruled(dispatcher, told.of_rollback))
    said = tuple(_of_part(dispatcher, rules, part, everything, there))
    of_rollback = tuple(_of_rollback(dispatcher, rules, part, there)) if rules.asking(Rollback) else ()
    return _OfPart(part, said, further, of_rollback)


def _of_migration(dispatcher: Dispatcher, rules: Rules, migration: Migration, there: Context) -> Iterator[Said]:
    context = {**there, Migration: migration}
    yield from dispatcher.ask(rules, (migration,), lambda: context, point(migration.file))
    if not migration.failed:
        for piece in migration.pieces if rules.asking(Piece) else ():
            yield from dispatcher.ask(rules, (piece,), lambda: context, migration.place(piece.span))


def _of_part(
    dispatcher: Dispatcher,
    rules: Rules,
    part: Part,
    steps: Iterable[tuple[Step, tuple[object, ...]]],
    there: Context,
) -> Iterator[Said]:
    """Of what was replayed of a file, and of steps of it, each with what is to be asked about."""
    context = {**there, Migration: part.migration, Part: part}
    yield from dispatcher.ask(rules, (part,), lambda: context, point(part.migration.file))
    for step, subjects in steps:
        around = partial(_around, step, context)
        yield from dispatcher.ask(rules, subjects, around, step.place(step.statement.span))


def _around(step: Step, there: Context) -> Context:
    return {**there, Step: step, Statement: step.statement}


def subjects_of(step: Step) -> Iterator[object]:
    """All that rules may ask about a step, itself first."""
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


def _of_rollback(dispatcher: Dispatcher, rules: Rules, part: Part, there: Context) -> Iterator[Said]:
    """Of a migration's down section, replayed behind its up."""
    rollback = roll_back(part, dispatcher.target)
    if rollback is not None:
        place = part.migration.place(rollback.down[0].statement.span)
        context = {**there, Migration: part.migration}
        yield from dispatcher.ask(rules, (rollback,), lambda: context, place)
