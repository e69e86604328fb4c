"""Turns the paths of a command line into migrations folders, and the files of each whose findings are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from kmblint.access import ANYWHERE, Access, repository_of
from kmblint.errors import InputError
from kmblint.history.ignored_files import find_ignored_files
from kmblint.history.names import is_migration, number_of
from kmblint.history.state import boundary_of
from kmblint.tomlfile import TomlFile
from kmblint.wording import nearest


class MigrationsFolder(msgspec.Struct, frozen=True):
    """A migrations folder that is to be replayed."""

    root: Path
    shown: frozenset[str] | None = None
    """The names of the files whose findings are wanted; None for all."""


def display(path: Path) -> str:
    """How the user calls a path: relative to the working directory where it lies inside, with `/`."""
    whole = path.absolute()
    here = Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else path).as_posix()


def locate(
    paths: Iterable[Path],
    configured: Callable[[Path], Path | None] = lambda _: None,
    *,
    unsaved: Path | None = None,
) -> tuple[MigrationsFolder, ...]:
    """The folders that the paths mean, each once, sorted.

    A path is a migrations folder, a project folder or a single migration. `configured` gives the migrations folder
    that the configuration in force at a folder names; `unsaved` is a file that may not be on disk yet. Raises
    InputError for a path that isn't there or holds no migrations.
    """
    roots: dict[Path, Path] = {}
    shown: dict[Path, set[str] | None] = {}
    for path in (*paths, *((unsaved,) if unsaved else ())):
        try:
            root, name = _found(path, configured, is_unsaved=path == unsaved)
        except OSError as error:
            raise InputError(f"`{display(path)}` can't be read: {error.strerror}") from error
        key = root.resolve()
        roots.setdefault(key, root)
        names = shown.setdefault(key, set())
        if name is None or names is None:
            shown[key] = None
        else:
            names.add(name)
    return tuple(MigrationsFolder(roots[key], _frozen(shown[key])) for key in sorted(roots))


def _found(path: Path, configured: Callable[[Path], Path | None], *, is_unsaved: bool) -> tuple[Path, str | None]:
    """The migrations folder of a path, and the name of its file where it is one."""
    if path.is_dir():
        return _migrations_of(path, configured), None
    if is_unsaved or path.exists() or path.is_symlink():
        return path.parent, _checked(path).name
    raise InputError(_missing(path))


def _frozen(names: set[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _checked(path: Path) -> Path:
    """A file that is a migration, or looks like one and is ignored by the runner."""
    if not is_migration(path.name) and not (path.exists() and find_ignored_files(path.parent, {path.name}, ANYWHERE)):
        raise InputError(f"`{display(path)}` is no migration: the runner reads `*.sql` only")
    if not path.parent.is_dir():
        raise InputError(f"`{display(path.parent)}` doesn't exist")
    return path


def _missing(path: Path) -> str:
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    meant = nearest(path.name, beside)
    return f"`{display(path)}` doesn't exist" + (f", did you mean `{display(path.parent / meant)}`?" if meant else "")


def _migrations_of(folder: Path, configured: Callable[[Path], Path | None]) -> Path:
    """The folder itself where it holds numbered migrations, else the one that its project names."""
    names = {entry.name for entry in folder.iterdir()}
    if any(is_migration(name) and number_of(name) is not None for name in names):
        return folder
    named = configured(folder) or _kimberlite_directory(folder)
    below = named or folder / "migrations"
    if named and not named.is_dir():
        raise InputError(f"`{display(folder)}` names `{display(named)}` as its migrations, which doesn't exist")
    if below.is_dir() and below.resolve() != folder.resolve():
        if _is_empty(below, {entry.name for entry in below.iterdir()}):
            raise InputError(f"`{display(below)}` holds no migrations")
        return below
    if _is_empty(folder, names):
        raise InputError(
            f"`{display(folder)}` holds no migrations: neither `*.sql` files, nor a folder `migrations`, nor a "
            "`kimberlite.toml` that names one"
        )
    return folder


def _is_empty(folder: Path, names: set[str]) -> bool:
    return not any(map(is_migration, names)) and not find_ignored_files(
        folder, names, Access(inside=boundary_of(folder))
    )


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
