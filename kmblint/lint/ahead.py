"""Notices whether a rule that is asked about a file or a step looks at what stands behind that file.

Where it doesn't, what it says holds until the file or one before it changes, and is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kmblint.history.files import History
from kmblint.replay.steps import Replay, Step
from kmblint.schema.kinds import ObjectKind


class Ahead:
    """Whether anything was asked that a later file may alter; whoever wants to know sets it back first.

    It holds nothing of what is looked at: that would be a circle, which outlives its use where nobody collects it.
    """

    looked = False

    def watched(self, replayed: Replay) -> Mapping[type, object]:
        """A replay and its history as rules see them where it is noticed, by their classes."""
        return {Replay: _Replay(replayed, self), History: _History(replayed.history, self)}


class _History:
    """All of a history may be another with a later file."""

    def __init__(self, history: History, ahead: Ahead) -> None:
        self._history = history
        self._ahead = ahead

    def __getattr__(self, name: str) -> object:
        self._ahead.looked = True
        return getattr(self._history, name)


class _Replay:
    """What stands before a step, or in its file, stays as it is."""

    def __init__(self, replayed: Replay, ahead: Ahead) -> None:
        self._replayed = replayed
        self._ahead = ahead

    def earlier(self, step: Step, *kinds: type) -> Iterator[Step]:
        """As of the replay."""
        return self._replayed.earlier(step, *kinds)

    def earlier_here(self, step: Step, *kinds: type) -> Iterator[Step]:
        """As of the replay."""
        return self._replayed.earlier_here(step, *kinds)

    def makers(self, step: Step, kind: ObjectKind, name: str, table: str | None = None) -> Iterator[Step]:
        """As of the replay."""
        return self._replayed.makers(step, kind, name, table)

    def earlier_of(self, step: Step, kind: ObjectKind, name: str, *, made: bool) -> Iterator[Step]:
        """As of the replay."""
        return self._replayed.earlier_of(step, kind, name, made=made)

    def later_here(self, step: Step, *kinds: type) -> Iterator[Step]:
        """As of the replay."""
        return self._replayed.later_here(step, *kinds)

    def __getattr__(self, name: str) -> object:
        self._ahead.looked = True
        return getattr(self._replayed, name)
