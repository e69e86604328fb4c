"""From what the user named to histories: folders found, configuration loaded, files read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from kmblint.config import configuration
from kmblint.config.configuration import Config
from kmblint.history import git
from kmblint.history.files import History
from kmblint.history.folder import Known, read
from kmblint.history.locate import display, locate
from kmblint.lint.rulebook import Rulebook
from kmblint.reporters import FORMATS


class Request(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Which histories are wanted, and what is said of them."""

    paths: tuple[Path, ...] = ()
    unsaved: Path | None = None
    """A file whose text is `text`, whatever the disk says."""
    text: str = ""
    overrides: Mapping[str, object] = {}
    """Keys of the configuration (`history.applied`) that the command line gives."""
    config_file: Path | None = None
    isolated: bool = False
    since: str | None = None
    staged: bool = False

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules, which the configuration is checked against."""
        return Rulebook.load()

    def config_at(self, folder: Path) -> Config:
        """The configuration in force at a folder; raises ConfigError or InputError where it is wrong."""
        file = self.config_file or (None if self.isolated else configuration.find(folder))
        return configuration.load(file, display(file) if file else "", self.rulebook, self.overrides, FORMATS)


class Opened(msgspec.Struct, frozen=True):
    """One history, the configuration in force there, and the files whose findings are wanted (None: all)."""

    history: History
    config: Config
    shown: frozenset[str] | None


def open_histories(request: Request) -> list[Opened]:
    """Reads every folder that the paths mean; without a path, the working directory's.

    Raises InputError, ConfigError or GitError.
    """
    paths = request.paths or (() if request.unsaved else (Path(),))
    found = locate(paths, lambda folder: request.config_at(folder).directory.value, unsaved=request.unsaved)
    return [_opened(request, Path(display(target.root)), target.shown) for target in found]


def _opened(request: Request, root: Path, shown: frozenset[str] | None) -> Opened:
    settings = request.config_at(root)
    overlay: dict[Path, str | None] = {request.unsaved: request.text} if request.unsaved else {}
    since = "HEAD" if request.staged else request.since
    released = git.files_at(since, root) if since else None
    if request.staged:
        staged = git.files_at(git.STAGED, root)
        # What lies in the folder beside what is staged is no part of the commit.
        overlay |= dict.fromkeys(root.glob("*.sql")) | {root / name: text for name, text in staged.items()}
        before = released or {}
        changed = frozenset(name for name in {*staged, *before} if staged.get(name) != before.get(name))
        shown = changed if shown is None else changed & shown
    known = Known(
        applied_through=settings.applied.value,
        failed=settings.failed.value,
        baseline=settings.baseline.value,
        since=since,
        released=released,
    )
    return Opened(read(root, known, overlay=overlay, display=display), settings, shown)
