"""From what the user named to histories: folders found, configuration loaded, files read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from kmblint.access import ANYWHERE, Access, inside_repository
from kmblint.config import configuration
from kmblint.config.configuration import Config
from kmblint.history import git
from kmblint.history.files import History
from kmblint.history.folder import Known, read
from kmblint.history.locate import display, locate
from kmblint.history.state import boundary_of, project_of
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
    follow_links: bool = False
    """Whether links may lead out of the project; no key of the configuration says so, as a stranger's pull request
    brings its own."""

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules, which the configuration is checked against."""
        return Rulebook.load()

    def config_at(self, folder: Path) -> Config:
        """The configuration in force at a folder; raises ConfigError or InputError where it is wrong."""
        if self.config_file is not None:
            return self._loaded(self.config_file, ANYWHERE)
        file = None if self.isolated else configuration.find(folder)
        return self._loaded(file, ANYWHERE if file is None or self.follow_links else inside_repository(file))

    def _loaded(self, file: Path | None, access: Access) -> Config:
        name = display(file) if file else ""
        return configuration.load(file, name, self.rulebook, self.overrides, FORMATS, access=access)


class Opened(msgspec.Struct, frozen=True):
    """One history, the configuration in force there, and the files whose findings are wanted (None: all)."""

    history: History
    config: Config
    shown: frozenset[str] | None

    @property
    def kept(self) -> tuple[Path, ...]:
        """The folder whose migrations no output may take the place of, and the files beside it that none may either."""
        history = self.history
        beside = (history.root / ignored_file.file for ignored_file in history.ignored_files)
        baseline = (history.baseline.path,) if history.baseline else ()
        config = (Path(self.config.file),) if self.config.file else ()
        return (history.root, project_of(history.root) / "kimberlite.toml", *baseline, *config, *beside)


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
    access = Access(settings.max_file_size.value, None if request.follow_links else boundary_of(root))
    known = Known(
        applied_through=settings.applied.value,
        failed=settings.failed.value,
        baseline=settings.baseline.value,
        since=since,
        released=released,
    )
    return Opened(read(root, known, overlay=overlay, access=access, display=display), settings, shown)
