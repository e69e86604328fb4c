"""One migrations folder that is kept in memory: read, linted and replayed again and again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from kmblint import targets
from kmblint.findings import Report
from kmblint.history.readings import Readings
from kmblint.lint.engine import Session
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import Settings
from kmblint.replay.steps import Part, Replay
from kmblint.server.opening import Opener, Opening
from kmblint.targets import Target
from kmblint.text import Source


class Answer(msgspec.Struct, frozen=True, dict=True):
    """What a folder came to: its findings, and the replay that they rest on."""

    opening: Opening
    report: Report
    replay: Replay
    target: Target
    rulebook: Rulebook

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The absolute path of every file that a place may name, by that name."""
        return {name: real(Path(source.path)) for name, source in self.opening.history.sources.items()}

    @cached_property
    def names(self) -> dict[Path, str]:
        """The reverse of `paths`."""
        return {path: name for name, path in self.paths.items()}

    def source(self, file: str) -> Source:
        """The text that places in a file count in, secrets and all."""
        history = self.opening.history
        here = history.edited.get(file)
        return here.source if here is not None else history.sources.get(file) or Source(file, "")

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {part.migration.file: part for part in self.replay.parts}

    def part(self, file: str) -> Part | None:
        """What was replayed of a file; None where nothing was, and of a released one that was edited."""
        return None if file in self.opening.history.edited else self._parts.get(file)


class Folder:
    """The readings and sessions of one folder. For one thread at a time."""

    def __init__(self, root: Path, opener: Opener) -> None:
        self.root = root
        self._opener = opener
        self._readings = Readings()
        self._session: Session | None = None
        self._trial: Session | None = None
        self._asked: tuple[str, str] | None = None

    def answer(self, texts: Mapping[Path, str], is_stopped: Callable[[], bool], *, anew: bool) -> Answer:
        """The folder with texts in the place of its files; raises Stopped or KmblintError."""
        opening = self._opener.open(self.root, texts, self._readings, anew=anew)
        config = opening.config
        target = targets.get(config.target.value, engine=config.engine.value)
        asked = (config.target.value, config.engine.value)
        if self._session is None or asked != self._asked:
            self._session, self._trial, self._asked = Session(self._opener.rulebook, target), None, asked
        report = self._session.lint(opening.history, opening.settings, is_stopped)
        replay = self._session.replayed
        assert replay is not None, "just linted"
        return Answer(opening, report, replay, target, self._opener.rulebook)

    def trial(self, answer: Answer, alone: Settings) -> Session:
        """The session that edits are tried in: the one whose findings are shown, where it asks the same rules."""
        if self._session is not None and alone.rules == answer.opening.settings.rules:
            return self._session
        if self._trial is None:
            self._trial = Session(self._opener.rulebook, answer.target)
        return self._trial


def real(path: Path) -> Path:
    """A path by which one file is told from another, links followed."""
    return Path(os.path.realpath(path))
