"""Turns the paths of a command line into migrations folders, and the files of each whose findings are wanted."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import msgspec

from kmblint.access import ANYWHERE, Access, is_there, repository_of
from kmblint.errors import InputError, NoMigrationsError
from kmblint.history.names import is_migration, number_of
from kmblint.tomlfile import TomlFile
from kmblint.wording import nearest


class MigrationsFolder(msgspec.Struct, frozen=True):
    """A migrations folder that is to be replayed."""

    root: Path
    shown: frozenset[str] | None = None
    """The names of the files whose findings are wanted; None for all."""


class Configured(msgspec.Struct, frozen=True):
    """The migrations folder that a configuration names, and the folder that the configuration governs."""

    governs: Path
    directory: Path
    origin: str = ""
    """Where it says so: `kmblint.toml:17`."""


def display(path: Path) -> str:
    """How the user calls a path: relative to the working directory where it lies inside, with `/`."""
    whole = path.absolute()
    here = Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else path).as_posix()


def locate(
    paths: Iterable[Path],
    configured: Callable[[Path], Configured | None] = lambda _: None,
    *,
    unsaved: Path | None = None,
    follow_links: bool = False,
) -> tuple[MigrationsFolder, ...]:
    """The folders that the paths mean, each once, sorted.

    A path is a migrations folder, a project folder or a single migration. `configured` gives what the configuration in
    force at a folder names; `unsaved` is a file that may not be on disk yet; without `follow_links`, a folder that
    nobody named may not lie outside of the repository. Raises InputError for a path that isn't there or that no
    migrations belong to.
    """
    finder = _Finder(configured, follow_links=follow_links)
    roots: dict[Path, Path] = {}
    shown: dict[Path, set[str] | None] = {}
    for path in (*paths, *((unsaved,) if unsaved else ())):
        try:
            folders, name = _found(path, finder, is_unsaved=path == unsaved)
        except OSError as error:
            where = path if error.filename is None else Path(os.fsdecode(error.filename))
            raise InputError(f"`{display(where)}` can't be read: {error.strerror}") from error
        for root in folders:
            key = root.resolve()
            roots.setdefault(key, root)
            names = shown.setdefault(key, set())
            if name is None or names is None:
                shown[key] = None
            else:
                names.add(name)
    return tuple(MigrationsFolder(roots[key], _frozen(shown[key])) for key in sorted(roots))


def _found(path: Path, finder: _Finder, *, is_unsaved: bool) -> tuple[list[Path], str | None]:
    """The migrations folders of a path, and the name of its file where it is one."""
    if path.is_dir():
        return finder.of(path), None
    if is_unsaved or is_there(path):
        return [path.parent], _checked(path).name
    raise InputError(_missing(path))


def _frozen(names: set[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _checked(path: Path) -> Path:
    """A file that is a migration, or looks like one and is ignored by the runner."""
    if not is_migration(path.name) and not (path.exists() and _looks_like_one(path.parent, {path.name}, ANYWHERE)):
        raise InputError(f"`{display(path)}` is no migration: the runner reads `*.sql` only")
    if not path.parent.is_dir():
        raise InputError(f"`{display(path.parent)}` doesn't exist")
    return path


def _missing(path: Path) -> str:
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    meant = nearest(path.name, beside)
    return f"`{display(path)}` doesn't exist" + (f", did you mean `{display(path.parent / meant)}`?" if meant else "")


class _Finder:
    """Finds the migrations that belong to a folder: its own, those below it, those of a project above it."""

    def __init__(self, configured: Callable[[Path], Configured | None], *, follow_links: bool) -> None:
        self.configured = configured
        self.follow_links = follow_links

    def of(self, folder: Path) -> list[Path]:
        """The folder itself where it holds numbered migrations, else what belongs to it; sorted."""
        if _holds_numbered(folder):
            return [folder]
        for here in self._projects(folder):
            folders = self._belonging_to(here, folder)
            if folders:
                return [self._allowed(path, here) for path in folders]
            if here is folder and _holds_any(folder):
                return [folder]
        raise NoMigrationsError(self._nothing(folder))

    def _belonging_to(self, here: Path, folder: Path) -> list[Path]:
        """What a project's configuration names; else, of the folder asked for and of a repository, all below."""
        named = self.configured(here)
        if named is not None and named.governs.resolve() == here.resolve():
            return [_existing(named.directory, f"{named.origin}: `history.directory`")]
        usual = here / "migrations"
        directory = _kimberlite_directory(here)
        origin = f"{display(here / 'kimberlite.toml')}: `migrations.directory`"
        own = [_existing(directory, origin)] if directory is not None else []
        if here is folder or here.resolve() == repository_of(folder):
            from kmblint.history.search import migrations_below

            below = migrations_below(here, _kimberlite_directory)
            left_out = {path.resolve() for path in (*own, *((usual,) if own else ()))}
            own += [path for path in below if path.resolve() not in left_out]
        return own or ([usual] if usual.is_dir() and _holds_any(usual) else [])

    def _projects(self, folder: Path) -> list[Path]:
        """The folder and those above it, up to the top of its repository; without one, all that a project may be."""
        top = repository_of(folder)
        above = [parent for parent in folder.absolute().parents if top is None or parent.is_relative_to(top)]
        if top is None:
            above = [parent for parent in above if self._is_marked(parent)]
        return [folder, *(() if top is not None and folder.resolve() == top else above)]

    def _is_marked(self, folder: Path) -> bool:
        named = self.configured(folder)
        governs = named is not None and named.governs.resolve() == folder.resolve()
        return governs or (folder / "kimberlite.toml").is_file()

    def _allowed(self, place: Path, folder: Path) -> Path:
        if not self.follow_links and Access(inside=repository_of(folder) or folder).is_outside(place):
            raise InputError(
                f"`{display(place)}` lies outside of the project: name it as a path, or use `--follow-links`"
            )
        return place

    def _nothing(self, folder: Path) -> str:
        named = self.configured(folder)
        configured = f"; the configuration names `{display(named.directory)}`" if named else ""
        empty = "; its `migrations` holds none" if (folder / "migrations").is_dir() else ""
        return (
            f"no migrations belong to `{display(folder)}`: neither it nor a folder below or above it, as far as its "
            f"repository goes, holds files like `0001_create_wards.sql`{empty}{configured}\n"
            'name their folder: `kmblint check db/changes`, or `[history] directory = "db/changes"` in '
            "`kmblint.toml`; `kmblint new create_wards` begins one"
        )


def _existing(directory: Path, origin: str) -> Path:
    if not directory.is_dir():
        raise InputError(f"{origin} names `{display(directory)}`, and there is no such folder")
    return directory


def _holds_numbered(folder: Path) -> bool:
    return any(is_migration(entry.name) and number_of(entry.name) is not None for entry in folder.iterdir())


def _holds_any(folder: Path) -> bool:
    """Whether it holds migrations or what looks like one; what lies further below it is looked for elsewhere."""
    names = {entry.name for entry in folder.iterdir() if not entry.is_dir()}
    if any(map(is_migration, names)):
        return True
    return _looks_like_one(folder, names, Access(inside=repository_of(folder)))


def _looks_like_one(folder: Path, names: Collection[str], access: Access) -> bool:
    """Whether one of these files looks like a migration, though the runner ignores it."""
    from kmblint.history.ignored_files import find_ignored_files

    return bool(find_ignored_files(folder, names, access))


def _kimberlite_directory(folder: Path) -> Path | None:
    """`[migrations] directory` of a project's `kimberlite.toml`."""
    path = folder / "kimberlite.toml"
    if not path.is_file():
        return None
    file = TomlFile.read(path, display(path), Access(inside=repository_of(folder)))
    section = file.data.get("migrations", {})
    directory = section.get("directory") if isinstance(section, dict) else None
    if directory is None:
        return None
    if not isinstance(directory, str):
        line = file.line(("migrations", "directory"))
        raise InputError(f"{file.name}:{line}: `migrations.directory` is no string")
    return folder / directory
