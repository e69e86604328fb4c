"""Asks every rule about all that it wants to know, and keeps what a change behind it can't alter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Final, TypeAlias

import msgspec

from kmblint.findings import Finding, point
from kmblint.history.files import History, IgnoredFile, Migration, Unreadable
from kmblint.lint.ahead import Ahead
from kmblint.lint.dispatch import Context, Dispatcher, Said
from kmblint.lint.suppressions import Suppression, find_suppressions
from kmblint.replay.rollback import Rollback, roll_back
from kmblint.replay.steps import Part, Replay, Step
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.layout import Piece
from kmblint.text import Place


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """A question whose answer may be another with a later file: of which rule, and about what."""

    rule: str
    """Its slug."""
    question: int
    """Which step of the part it is about, or which piece of the file, from 1; 0 is the part or the file itself."""
    number: int
    """Which of the subjects there, from 0."""


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What rules said of one file and of its part of the replay, each with its slug, as far as no later file counts.

    What the others are to be asked again stands in `open_of_file` and `open_of_part`.
    """

    of_file: tuple[tuple[str, Finding], ...]
    of_part: tuple[tuple[str, Finding], ...]
    of_rollback: tuple[tuple[str, Finding], ...]
    open_of_file: tuple[Asked, ...] = ()
    open_of_part: tuple[Asked, ...] = ()
    open_of_rollback: tuple[Asked, ...] = ()


Earlier: TypeAlias = Callable[[History], Mapping[str, Told]]
"""What an earlier run was told of files that stand in the same place of the same history, by their names."""


class _Open(msgspec.Struct):
    """A question that is asked again of each replay, and what was last said."""

    asked: Asked
    said: tuple[Said, ...] = ()
    of: Replay | None = None
    """The replay that this was said of."""


_Question: TypeAlias = tuple[Iterable[object], Callable[[], Context], Place]
"""What is to be asked about, the context of it, and where it stands."""


class _Heard(msgspec.Struct, frozen=True):
    """What was said of some subjects."""

    said: tuple[Said, ...]
    """As long as these stay."""
    open: tuple[_Open, ...]

    @classmethod
    def told(cls, dispatcher: Dispatcher, said: Sequence[tuple[str, Finding]], asked: Sequence[Asked]) -> _Heard:
        """What was told by an earlier run."""
        if not said and not asked:
            return _NOTHING
        named = ((dispatcher.rulebook.get(slug), finding) for slug, finding in said)
        return cls(
            tuple((rule, finding) for rule, finding in named if rule is not None), tuple(_Open(each) for each in asked)
        )

    @property
    def plain(self) -> tuple[tuple[str, Finding], ...]:
        """With slugs in the place of rules."""
        return tuple((rule.slug, finding) for rule, finding in self.said)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What is open."""
        return tuple(each.asked for each in self.open)


_NOTHING: Final = _Heard((), ())


class _OfFile(msgspec.Struct, frozen=True):
    """What was said of a file alone."""

    migration: Migration
    heard: _Heard
    suppressions: tuple[Suppression, ...]


class _OfPart(msgspec.Struct, frozen=True):
    """What was said of what was replayed of a file."""

    part: Part
    heard: _Heard
    of_rollback: _Heard


class Answers:
    """What rules said of the files of one reading of a history, for the next.

    An answer is kept as long as its migration, or its part of the replay, is the same object, and where nothing behind
    it was looked at. Whoever keeps them sees to it that rules, options and whatever else the rules can ask for (what is
    applied, the day) are the same.
    """

    def __init__(self, earlier: Earlier = lambda _: {}) -> None:
        self._earlier = earlier
        self.forget()

    def told(self, file: str) -> Told | None:
        """What is kept of a file that was replayed; None of others, and where nothing is."""
        part = self._by_file.get(file)
        if part is None:
            return None
        alone, here, back = self._files[file].heard, part.heard, part.of_rollback
        return Told(alone.plain, here.plain, back.plain, alone.asked, here.asked, back.asked)

    def forget(self) -> None:
        """Keeps nothing any more."""
        self._files: dict[str, _OfFile] = {}
        self._parts: list[_OfPart] = []
        self._by_file: dict[str, _OfPart] = {}

    def renew(self, dispatcher: Dispatcher, replayed: Replay, check_stop: Callable[[], None]) -> None:
        """Asks about what is new; `check_stop` is called between files, and may raise: what was said so far is kept."""
        history = replayed.history
        names, today = dispatcher.rulebook, dispatcher.settings.today
        earlier = self._earlier(history)
        asking = _Asking(dispatcher, replayed)
        for migration in history.migrations:
            known = self._files.get(migration.file)
            if known is None or known.migration is not migration:
                check_stop()
                told = earlier.get(migration.file)
                heard = (
                    asking.of_file(migration)
                    if told is None
                    else _Heard.told(dispatcher, told.of_file, told.open_of_file)
                )
                self._files[migration.file] = _OfFile(migration, heard, find_suppressions(migration, names, today))
        self._files = {migration.file: self._files[migration.file] for migration in history.migrations}
        parts = [part for part in replayed.parts if part.migration is not history.baseline]
        for number, part in enumerate(parts):
            if number < len(self._parts):
                if self._parts[number].part is part:
                    continue
                del self._parts[number:]
            check_stop()
            told = earlier.get(part.migration.file)
            if told is None:
                self._parts.append(_OfPart(part, asking.of_part(part), asking.of_rollback(part)))
            else:
                heard = _Heard.told(dispatcher, told.of_part, told.open_of_part)
                back = _Heard.told(dispatcher, told.of_rollback, told.open_of_rollback)
                self._parts.append(_OfPart(part, heard, back))
        del self._parts[len(parts) :]
        self._by_file = {part.part.migration.file: part for part in self._parts}

    def suppressions(self) -> Iterator[Suppression]:
        """Those of all files."""
        for known in self._files.values():
            yield from known.suppressions

    def said(self, dispatcher: Dispatcher, replayed: Replay) -> Iterator[Said]:
        """All that rules say of the history, save of rollbacks and suppressions: what is kept, and the rest asked."""
        history = replayed.history
        whole = context_of(replayed, dispatcher.target)
        here = point(history.migrations[0].file if history.migrations else history.root.name)
        yield from dispatcher.ask((history, replayed), lambda: whole, here)
        beside: tuple[Unreadable | IgnoredFile, ...] = (*history.unreadable, *history.ignored_files)
        for subject in beside:
            yield from dispatcher.ask((subject,), lambda: whole, point(subject.file))
        asking = _Asking(dispatcher, replayed)
        for known in self._files.values():
            yield from known.heard.said
            if known.heard.open:
                yield from asking.of_file_again(known.migration, known.heard)
        for answered in self._parts:
            yield from answered.heard.said
            if answered.heard.open:
                yield from asking.of_part_again(answered.part, answered.heard)

    def said_of_rollbacks(self, dispatcher: Dispatcher, replayed: Replay) -> Iterator[Said]:
        """What rules say of the ways back."""
        asking = _Asking(dispatcher, replayed)
        for answered in self._parts:
            yield from answered.of_rollback.said
            if answered.of_rollback.open:
                yield from asking.of_rollback_again(answered.part, answered.of_rollback)


class _Asking:
    """Asks rules about files of one replay, and notices which of them look at what stands behind."""

    def __init__(self, dispatcher: Dispatcher, replayed: Replay) -> None:
        self._dispatcher = dispatcher
        self._replayed = replayed
        self._ahead = Ahead()
        self._there: Context = {Target: dispatcher.target, **self._ahead.watched(replayed)}

    def of_file(self, migration: Migration) -> _Heard:
        """What is said of a file alone."""
        pieces = migration.pieces if self._dispatcher.rules.asking(Piece) and not migration.failed else ()
        return self._heard(self._of_file(migration, number) for number in range(len(pieces) + 1))

    def of_part(self, part: Part) -> _Heard:
        """What is said of what was replayed of a file."""
        there = self._around(part)
        return self._heard(_of_part(part, number, there) for number in range(len(part.steps) + 1))

    def of_rollback(self, part: Part) -> _Heard:
        """What is said of its way back."""
        if not self._dispatcher.rules.asking(Rollback):
            return _NOTHING
        return self._heard(self._of_rollback(part))

    def of_file_again(self, migration: Migration, heard: _Heard) -> Iterator[Said]:
        """What is said now of what is open."""
        return self._again(heard, lambda number: self._of_file(migration, number))

    def of_part_again(self, part: Part, heard: _Heard) -> Iterator[Said]:
        """What is said now of what is open."""
        there = self._around(part)
        return self._again(heard, lambda number: _of_part(part, number, there))

    def of_rollback_again(self, part: Part, heard: _Heard) -> Iterator[Said]:
        """What is said now of what is open."""
        return self._again(heard, [*self._of_rollback(part)].__getitem__)

    def _heard(self, questions: Iterable[_Question]) -> _Heard:
        said: list[Said] = []
        opened: list[_Open] = []
        self._ahead.looked = False
        for number, (subjects, context, place) in enumerate(questions):
            for answer in self._dispatcher.answers(subjects, context, place, self._ahead):
                if answer.looked_ahead:
                    asked = Asked(answer.rule.slug, number, answer.number)
                    opened.append(_Open(asked, answer.said, self._replayed))
                else:
                    said += answer.said
        return _Heard(tuple(said), tuple(opened))

    def _again(self, heard: _Heard, question: Callable[[int], _Question]) -> Iterator[Said]:
        for open_question in heard.open:
            if open_question.of is not self._replayed:
                subjects, context, place = question(open_question.asked.question)
                rule = self._dispatcher.rulebook.get(open_question.asked.rule)
                subject = next(islice(subjects, open_question.asked.number, None))
                answers = self._dispatcher.answers((subject,), context, place, only=rule)
                open_question.said, open_question.of = (
                    tuple(said for answer in answers for said in answer.said),
                    self._replayed,
                )
            yield from open_question.said

    def _around(self, part: Part) -> Context:
        return {**self._there, Migration: part.migration, Part: part}

    def _of_file(self, migration: Migration, number: int) -> _Question:
        """Of the file itself, then of each piece."""
        there = {**self._there, Migration: migration}
        if number == 0:
            return (migration,), lambda: there, point(migration.file)
        piece = migration.pieces[number - 1]
        return (piece,), lambda: there, migration.place(piece.span)

    def _of_rollback(self, part: Part) -> Iterator[_Question]:
        """Of a migration's down section, replayed behind its up, where it has one."""
        rollback = roll_back(part, self._dispatcher.target)
        if rollback is not None:
            there = {**self._there, Migration: part.migration}
            yield (rollback,), lambda: there, part.migration.place(rollback.down[0].statement.span)


def _of_part(part: Part, number: int, there: Context) -> _Question:
    """Of the part itself, then of each step."""
    if number == 0:
        return (part,), lambda: there, point(part.migration.file)
    step = part.steps[number - 1]
    around = partial(_around, step, there)
    return subjects_of(step), around, step.place(step.statement.span)


def context_of(replayed: Replay, target: Target) -> Context:
    """What every subject has beside it."""
    return {History: replayed.history, Target: target, Replay: replayed}


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
