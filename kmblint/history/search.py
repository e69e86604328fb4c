"""Looks below a folder for migrations folders: by git's list of files where there is a repository, else on disk."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from kmblint.access import repository_of
from kmblint.errors import GitError
from kmblint.history import git_files
from kmblint.history.names import is_migration, number_of

_USUAL: Final = "migrations"
_FOREIGN: Final = frozenset({"node_modules", "site-packages", "venv", "__pycache__", "target", "vendor"})
"""Folders of other people's files."""
_ASIDE: Final = frozenset({"test", "tests", "testdata", "fixtures", "example", "examples", "samples", "docs"})
"""Folders whose migrations are tried or shown, and counted only where there are no others."""
_DEEPEST: Final = 8
"""How many folders below the first one are looked into."""
_MOST: Final = 50_000
"""How many entries are looked at where no git knows them."""


def migrations_below(folder: Path, kimberlite_directory: Callable[[Path], Path | None]) -> list[Path]:
    """The folders that look like migrations, sorted.

    Those called `migrations` or named by a `kimberlite.toml` beside them; where there is none, any that holds files
    with numbers. `kimberlite_directory` gives what the `kimberlite.toml` of a folder names. Hidden folders, those of
    other people's files and what git ignores are left out; tests and examples count where nothing else does.
    """
    named: dict[Path, None] = {}
    usual: dict[str, None] = {}
    numbered: dict[str, None] = {}
    for below, name in _files(folder):
        if name == "kimberlite.toml":
            directory = kimberlite_directory(folder / below)
            if directory is not None and directory.is_dir() and directory.is_relative_to(folder):
                named[directory] = None
        elif below.rpartition("/")[2] == _USUAL:
            usual[below] = None
        elif below not in numbered and number_of(name) is not None:
            numbered[below] = None
    folders = {**named, **{folder / below: None for below in usual}} or {folder / below: None for below in numbered}
    folders = {path: None for path in folders if not _ASIDE & {*path.relative_to(folder).parts}} or folders
    inner = {path for path in folders if any(above in folders for above in path.parents)}
    return sorted(path for path in folders if path not in inner and path.is_dir())


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """The migrations and `kimberlite.toml` files below a folder: where, relative to it with `/`, and their names."""
    try:
        listed = git_files.paths_below(folder) if repository_of(folder) is not None else []
    except GitError:  # no git program, or one that refuses: the disk says as much, but for what is ignored
        listed = []
    left_out: dict[str, bool] = {}
    # A folder of which git knows nothing at all is ignored as a whole, and was named nevertheless.
    for path in listed or _on_disk(folder):
        below, _, name = path.rpartition("/")
        if below not in left_out:
            left_out[below] = any(map(_is_left_out, below.split("/")))
        if not left_out[below] and (is_migration(name) or name == "kimberlite.toml"):
            yield below, name


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or name in _FOREIGN


def _on_disk(folder: Path) -> Iterable[str]:
    """The files below a folder, links left alone, as far down and as many as are bearable."""
    waiting = deque([(folder, "", 0)])
    seen = 0
    while waiting and seen < _MOST:
        where, below, depth = waiting.popleft()
        try:
            entries = sorted(os.scandir(where), key=lambda entry: entry.name)
        except OSError:
            continue
        seen += len(entries)
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        for entry in entries:
            if entry.is_symlink():
                continue
            if not entry.is_dir():
                yield f"{below}{entry.name}"
            elif depth < _DEEPEST and not _is_left_out(entry.name):
                waiting.append((where / entry.name, f"{below}{entry.name}/", depth + 1))
