"""Notices whether a rule that is asked about a file or a step looks at what stands behind that file.

Where it doesn't, what it says holds until the file or one before it changes, and is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.history.files import History
from kmblint.replay.steps import Replay, Step


class Ahead:
    """A replay and its history as rules see them through it."""

    def __init__(self, replayed: Replay) -> None:
        self.looked = False
        """Whether anything was asked that a later file may alter; whoever wants to know sets it back first."""
        self.replay = _Replay(replayed, self)
        self.history = _History(replayed.history, self)


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

    def later_here(self, step: Step, *kinds: type) -> Iterator[Step]:
        """As of the replay."""
        return self._replayed.later_here(step, *kinds)

    def __getattr__(self, name: str) -> object:
        self._ahead.looked = True
        return getattr(self._replayed, name)
