"""From what the user named to histories: folders found, configuration loaded, files read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from kmblint import targets
from kmblint.access import ANYWHERE, Access, inside_repository, is_there, repository_of
from kmblint.cli.unmatched import strays, unmatched
from kmblint.config import configuration
from kmblint.config.configuration import Config
from kmblint.errors import GitError, InputError, NoMigrationsError
from kmblint.history.known import Known
from kmblint.history.locate import Configured, MigrationsFolder, display, locate
from kmblint.history.names import number_of
from kmblint.history.state import boundary_of, project_of
from kmblint.lint.rulebook import Rulebook
from kmblint.reporters import FORMATS

if TYPE_CHECKING:  # a run that the cache answers reads no history
    from kmblint.history.base import Base
    from kmblint.history.files import History
    from kmblint.history.folder import Parse
    from kmblint.history.readings import Readings
    from kmblint.targets import Target

_ONE_FOLDER: Final = "this takes one migrations folder"


class Request(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Which histories are wanted, and what is said of them."""

    paths: tuple[Path, ...] = ()
    unsaved: Path | None = None
    """A file whose text is `text`, whatever the disk says."""
    text: str = ""
    buffers: Mapping[Path, str] = {}
    """Texts that an editor holds of files, whatever the disk says; they are read where their folder is."""
    overrides: Mapping[str, object] = {}
    """Keys of the configuration (`history.applied`) that the command line gives."""
    config_file: Path | None = None
    isolated: bool = False
    since: str | None = None
    staged: bool = False
    at: str | None = None
    """The git revision whose files are read in the place of those on disk."""
    follow_links: bool = False
    """Whether links may lead out of the project; no key of the configuration says so, as a stranger's pull request
    brings its own."""

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules, which the configuration is checked against."""
        return Rulebook.load()

    def configured_at(self, folder: Path) -> Configured | None:
        """The migrations folder that the configuration in force at a folder names, and what it governs."""
        directory = self.config_at(folder).directory
        file = self.config_file or configuration.find(folder)
        governs = folder if file is self.config_file or file is None else file.parent
        return None if directory.value is None else Configured(governs, directory.value, directory.origin)

    def config_at(self, folder: Path) -> Config:
        """The configuration in force at a folder; raises ConfigError or InputError where it is wrong."""
        if self.config_file is not None:
            return self._loaded(self.config_file, ANYWHERE)
        file = None if self.isolated else configuration.find(folder)
        return self._loaded(file, ANYWHERE if file is None or self.follow_links else inside_repository(file))

    def _loaded(self, file: Path | None, access: Access) -> Config:
        name = display(file) if file else ""
        return configuration.load(file, name, self.rulebook, self.overrides, FORMATS, access=access)


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that is to be read, the configuration in force there, and all that its reading follows from."""

    root: Path
    config: Config
    known: Known
    overlay: Mapping[Path, str | None]
    access: Access
    shown: frozenset[str] | None
    """As in `Opened`, the two below too."""
    elsewhere: bool
    only_new: bool

    def read(self, readings: Readings | None = None, parse: Parse | None = None) -> Opened:
        """The history, its statements by `parse`; raises InputError."""
        from kmblint.history.folder import read
        from kmblint.history.readings import Readings

        kept = readings or Readings()

        def reread(instead: Mapping[str, bytes | None]) -> History:
            overlay = {**self.overlay, **{self.root / name: data for name, data in instead.items()}}
            return read(
                self.root, self.known, overlay=overlay, access=self.access, display=display, parse=parse, readings=kept
            )

        history = reread({})
        return Opened(
            history=history,
            config=self.config,
            shown=None if self.shown is None else self.shown | history.gone,
            access=self.access,
            reread=reread,
            elsewhere=self.elsewhere,
            only_new=self.only_new,
        )


class Opened(msgspec.Struct, frozen=True):
    """One history, the configuration in force there, and the files whose findings are wanted (None: all)."""

    history: History
    config: Config
    shown: frozenset[str] | None
    access: Access
    """How its files may be opened."""
    reread: Callable[[Mapping[str, bytes | None]], History]
    """The history with bytes in the place of some of its files, None for those that are gone."""
    elsewhere: bool = False
    """Whether what those files cause in released ones is wanted too."""
    only_new: bool = True
    """Whether what the revision has as well is left out."""

    @property
    def target(self) -> Target:
        """What the configuration says that it is replayed for, made anew each time."""
        return targets.get(self.config.target.value, engine=self.config.engine.value)

    @property
    def kept(self) -> tuple[Path, ...]:
        """The folder whose migrations no output may take the place of, and the files beside it that none may either."""
        history = self.history
        beside = (history.root / ignored_file.file for ignored_file in history.ignored_files)
        baseline = (history.baseline.path,) if history.baseline else ()
        config = (Path(self.config.file),) if self.config.file else ()
        return (history.root, project_of(history.root) / "kimberlite.toml", *baseline, *config, *beside)


def open_histories(request: Request, readings: Callable[[Path], Readings] | None = None) -> list[Opened]:
    """Reads every folder that the paths mean; without a path, the working directory's.

    `readings` gives what was read of a folder before, to whoever reads it again. Raises InputError, ConfigError or
    GitError.
    """
    return read_all(seek(request), readings)


def read_all(
    sought: Iterable[Sought],
    readings: Callable[[Path], Readings] | None = None,
    parse: Callable[[Path], Parse] | None = None,
) -> list[Opened]:
    """Reads folders, and says what of their configurations is about none of them; raises InputError."""
    opened = [one.read(readings(one.root) if readings else None, parse(one.root) if parse else None) for one in sought]
    _refuse_unreached(opened)
    return _with_unmatched(opened)


def seek(request: Request) -> list[Sought]:
    """Finds every folder that the paths mean, and reads none of their files; raises as `open_histories`."""
    paths = request.paths or (() if request.unsaved else (Path(),))
    folders: tuple[MigrationsFolder, ...] = ()
    try:
        folders = locate(paths, request.configured_at, unsaved=request.unsaved, follow_links=request.follow_links)
    except NoMigrationsError:
        folders = _deleted(request)
        if not folders:
            raise
    else:
        folders = (*folders, *_deleted(request))
    return [_sought(request, Path(display(target.root)), target.shown) for target in folders]


def seek_in(request: Request, root: Path) -> Sought:
    """A folder that is known to hold migrations, or will; raises as `open_histories`."""
    return _sought(request, Path(display(root)), None)


def seek_one(request: Request, why: str = _ONE_FOLDER) -> Sought:
    """Finds the one folder that the paths mean; raises as `open_histories`, InputError with `why` for several."""
    sought = seek(request)
    if len(sought) > 1:
        roots = ", ".join(f"`{display(each.root)}`" for each in sought)
        raise InputError(f"{why}: name one of {roots}")
    return sought[0]


def open_one(request: Request, why: str = _ONE_FOLDER) -> Opened:
    """Reads that folder; raises as `seek_one`."""
    (opened,) = read_all([seek_one(request, why)])
    return opened


def until(history: History, number: int, asked: str) -> History:
    """The migrations up to a number; raises InputError, which begins with what was `asked`, where none has it."""
    numbers = [migration.number for migration in history.migrations if migration.number is not None]
    if number not in numbers:
        known = f"the folder has {min(numbers):04} to {max(numbers):04}" if numbers else "the folder has none"
        raise InputError(f"{asked}: no migration has that number; {known}")
    kept = tuple(m for m in history.migrations if m.number is not None and m.number <= number)
    return replace(history, migrations=kept)


def left_out(history: History) -> str:
    """A line on each file of which nobody knows what it holds: what is shown of the history is without it."""
    return "\n".join(
        f"left out: {history.why_unreadable(each)}" for each in history.told_unreadable if each in history.lost
    )


def _deleted(request: Request) -> tuple[MigrationsFolder, ...]:
    """The folders of the revision that are gone with all their files; only where nobody named any."""
    if request.paths or request.unsaved or not (request.staged or request.since):
        return ()
    from kmblint.history import base

    return tuple(MigrationsFolder(path) for path in base.deleted_folders(Path.cwd(), request.since))


def _sought(request: Request, root: Path, shown: frozenset[str] | None) -> Sought:
    settings = request.config_at(root)
    access = Access(settings.max_file_size.value, None if request.follow_links else boundary_of(root))
    overlay: dict[Path, str | None] = dict(request.buffers)
    if request.unsaved:
        overlay[request.unsaved] = request.text
    held_against: Base | None = None
    baseline = settings.baseline.value
    elsewhere = request.staged and shown is None
    only_new = True
    if request.at is not None or request.staged or request.since:
        from kmblint.history import base
    if request.at is not None:
        overlay |= dict.fromkeys(root.glob("*.sql"))
        overlay |= {root / name: text for name, text in base.at(request.at, root, access).items()}
        if baseline is not None:
            then = base.text_at(request.at, baseline, access)
            overlay |= {baseline: then}
            baseline = baseline if then is not None else None
    elif request.staged:
        staged = base.staged(root, access)
        # What lies in the folder beside what is staged is no part of the commit.
        overlay |= {path: None for path in root.glob("*.sql") if path.name not in staged.unmerged}
        overlay |= {root / name: text for name, text in staged.texts.items()}
        shown = _both(shown, staged.changed)
        only_new = staged.changed is not None
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
        baseline=baseline,
        since=held_against.name if held_against else None,
        released=held_against.released if held_against else None,
        ahead=held_against.ahead if held_against else {},
        ids=held_against.ids if held_against else {},
        lock=held_against.lock if held_against else None,
        max_statements=settings.max_statements.value,
        notes=(*settings.notes, *(held_against.notes if held_against else ())),
    )
    return Sought(
        root=root,
        config=settings,
        known=known,
        overlay=overlay,
        access=access,
        shown=shown,
        elsewhere=elsewhere,
        only_new=only_new,
    )


def _both(shown: frozenset[str] | None, changed: frozenset[str] | None) -> frozenset[str] | None:
    return changed if shown is None else shown if changed is None else shown & changed


def _not_checked_out(root: Path, access: Access, held_against: Base | None) -> dict[str, str]:
    """What git keeps back of the folder; it is asked only where a number or a released file is missing."""
    if repository_of(root) is None or not root.is_dir():
        return {}
    numbers = sorted(number for path in root.glob("*.sql") if (number := number_of(path.name)) is not None)
    has_gap = numbers != list(range(1, len(numbers) + 1))
    is_missing = held_against is not None and any(not is_there(root / name) for name in held_against.released)
    if not has_gap and not is_missing:
        return {}
    try:
        from kmblint.history import base

        return base.not_checked_out(root, access)
    except GitError:
        return {}


def _refuse_unreached(opened: list[Opened]) -> None:
    """Raises InputError where the last applied number is one that no history reaches."""
    for one in opened:
        applied = one.config.applied
        numbers = [number for each in opened for number in (*each.history.by_number, *each.history.taken)]
        if applied.value is not None and applied.value > max(numbers, default=0):
            where = applied.origin if applied.origin.startswith("-") else f"{applied.origin}: `history.applied`"
            known = f"the folder has {min(numbers):04} to {max(numbers):04}" if numbers else "the folder has none"
            raise InputError(f"{where}: no migration is numbered {applied.value:04}; {known}")


def _with_unmatched(opened: list[Opened]) -> list[Opened]:
    """With a note for each file or glob of the configuration that nothing is called by."""
    by_config: dict[str, list[Opened]] = {}
    for one in opened:
        if one.config.file is not None:
            by_config.setdefault(one.config.file, []).append(one)
    notes = {
        id(members[0]): unmatched(Path(file), members[0].config, [one.history for one in members])
        for file, members in by_config.items()
    }

    def noted(one: Opened) -> Opened:
        return replace(one, history=replace(one.history, notes=(*one.history.notes, *notes.get(id(one), ()))))

    return [noted(one) for one in opened]


def looks_elsewhere(opened: Iterable[Opened]) -> bool:
    """Whether what was said of a configuration hangs on which other histories there are."""
    return any(
        any(strays(one.config, {name: source.path for name, source in one.history.sources.items()})) for one in opened
    )
