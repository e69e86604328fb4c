"""Replays whole histories, and of a history that was replayed before only what stands behind its first change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from kmblint.history.files import History, Migration
from kmblint.replay.judgement import Judgements
from kmblint.replay.playing import steps_of
from kmblint.replay.steps import Part, Replay, Surroundings
from kmblint.schema.catalog import Catalog
from kmblint.targets import Target

Judged: TypeAlias = Callable[[History], Mapping[str, Judgements]]
"""What an earlier run judged of files that stand in the same place of the same history, by their names."""


class Replayer:
    """Replays one reading of a history after the other, and of each only what stands behind the first change.

    A file is unchanged where it is the same object as in the reading before (`Readings`). What is replayed of it
    follows from the file and from those before it, so it is kept.
    """

    def __init__(
        self, target: Target, *, actual: bool = False, contain: bool = True, judged: Judged = lambda _: {}
    ) -> None:
        """`judged` is asked where a file is to be replayed, and says nothing that wouldn't be judged again."""
        self._target = target
        self._judged = judged
        self._actual = actual
        self._contain = contain
        self._surroundings: Surroundings | None = None
        self._parts: list[Part] = []

    def replay(self, history: History, check_stop: Callable[[], None] | None = None) -> Replay:
        """Every migration in order; `check_stop` is called between files, and may raise: what was replayed is kept."""
        if self._surroundings is None:
            self._surroundings = Surroundings(history)
        self._surroundings.history = history
        catalog = Catalog()
        number = 0
        known: Mapping[str, Judgements] | None = None
        for number, migration in enumerate((*filter(None, (history.baseline,)), *history.replayed), start=1):
            lost = follows_lost(history, migration)
            part = self._parts[number - 1] if number <= len(self._parts) else None
            if part is None or part.migration is not migration or part.lost != lost:
                del self._parts[number - 1 :]
                if check_stop is not None:
                    check_stop()
                known = self._judged(history) if known is None else known
                part = self._part(migration, catalog, known.get(migration.file, ()), lost=lost)
                self._parts.append(part)
            catalog = part.after
        del self._parts[number:]
        return Replay.of(history, tuple(self._parts))

    def _part(self, migration: Migration, catalog: Catalog, known: Judgements, *, lost: bool) -> Part:
        assert self._surroundings is not None, "set by whoever replays"
        if lost:
            catalog = msgspec.structs.replace(catalog, lost=True)
        lives = self._actual or migration.applied
        steps = steps_of(
            self._surroundings, migration, self._target, catalog, actual=lives, contain=self._contain, known=known
        )
        return Part(tuple(steps), migration, catalog, lost)


def replay(history: History, target: Target, *, actual: bool = False, contain: bool = True) -> Replay:
    """Every migration in order; with `actual`, as the database lives it and not as it was meant.

    A bug of ours in the judging of a statement is a step with a `crash`, unless `contain` is False: then it is raised.
    """
    return Replayer(target, actual=actual, contain=contain).replay(history)


def follows_lost(history: History, migration: Migration) -> bool:
    """Whether a file that nobody can read stands before a migration; none does before the baseline."""
    if not history.lost or migration is history.baseline:
        return False
    number = migration.number
    return any(number is None or (each.number is not None and each.number < number) for each in history.lost)
