"""From what the user named to histories: folders found, configuration loaded, files read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from kmblint.access import ANYWHERE, Access, inside_repository, repository_of
from kmblint.config import configuration
from kmblint.config.configuration import Config
from kmblint.errors import GitError
from kmblint.history import base
from kmblint.history.base import Base
from kmblint.history.files import History
from kmblint.history.folder import Known, read
from kmblint.history.locate import display, locate
from kmblint.history.names import number_of
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
    folders = locate(paths, lambda folder: request.config_at(folder).directory.value, unsaved=request.unsaved)
    return [_opened(request, Path(display(target.root)), target.shown) for target in folders]


def _opened(request: Request, root: Path, shown: frozenset[str] | None) -> Opened:
    settings = request.config_at(root)
    access = Access(settings.max_file_size.value, None if request.follow_links else boundary_of(root))
    overlay: dict[Path, str | None] = {request.unsaved: request.text} if request.unsaved else {}
    held_against: Base | None = None
    if request.staged:
        staged = base.staged(root, access)
        # What lies in the folder beside what is staged is no part of the commit.
        overlay |= {path: None for path in root.glob("*.sql") if path.name not in staged.unmerged}
        overlay |= {root / name: text for name, text in staged.texts.items()}
        shown = _both(shown, staged.changed)
        held_against = (
            base.since(request.since, root, access, staged=True) if request.since else base.before_commit(root, access)
        )
    else:
        if request.since:
            held_against = base.since(request.since, root, access)
        overlay |= {root / name: text for name, text in _not_checked_out(root, access, held_against).items()}
    known = Known(
        applied_through=settings.applied.value,
        failed=settings.failed.value,
        baseline=settings.baseline.value,
        since=held_against.name if held_against else None,
        released=held_against.released if held_against else None,
        ahead=held_against.ahead if held_against else {},
        notes=held_against.notes if held_against else (),
    )
    history = read(root, known, overlay=overlay, access=access, display=display)
    return Opened(history, settings, None if shown is None else shown | history.gone)


def _both(shown: frozenset[str] | None, changed: frozenset[str] | None) -> frozenset[str] | None:
    return changed if shown is None else shown if changed is None else shown & changed


def _not_checked_out(root: Path, access: Access, held_against: Base | None) -> dict[str, str]:
    """What git keeps back of the folder; it is asked only where a number or a released file is missing."""
    if repository_of(root) is None or not root.is_dir():
        return {}
    numbers = sorted(number for path in root.glob("*.sql") if (number := number_of(path.name)) is not None)
    has_gap = numbers != list(range(1, len(numbers) + 1))
    is_missing = held_against is not None and any(not (root / name).exists() for name in held_against.released)
    if not has_gap and not is_missing:
        return {}
    try:
        return base.not_checked_out(root, access)
    except GitError:
        return {}
