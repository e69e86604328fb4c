"""Writes drafts to their folders: all of the files, or none where one of them isn't as it was read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

from kmblint import writing
from kmblint.access import ANYWHERE, Access, BarredError
from kmblint.errors import InputError
from kmblint.fixing.draft import Draft, DraftFile
from kmblint.history import decode, git_files
from kmblint.history.decode import Spelling
from kmblint.history.state import boundary_of


def spelling(root: Path, access: Access) -> Callable[[str], Spelling | None]:
    """How the files of a folder spell their texts, for `Draft.spell`."""

    @cache
    def of(name: str) -> Spelling | None:
        try:
            return Spelling.of(access.read(root / name))
        except BarredError:
            return None

    return of


def outside(root: Path, names: Iterable[str]) -> dict[str, str]:
    """The files of a folder that are links out of the project, and why nothing is written through them."""
    inside = boundary_of(root)
    leading = (name for name in names if (root / name).is_symlink() and Access(inside=inside).is_outside(root / name))
    return dict.fromkeys(leading, "it is a link that leads out of the project")


def write(drafts: Iterable[tuple[Path, Access, Draft]]) -> None:
    """Writes the changes of drafts, each to its folder.

    A file that git tracks is renamed in its index too. Raises InputError, with nothing written, where a file isn't
    what was read of it any more, where a new name is taken meanwhile, or where a link leads out of the project; and
    where the system refuses to write, with what was written before taken back.
    """
    changes = [(root, access, file) for root, access, draft in drafts for file in draft.changes]
    for root, access, file in changes:
        _check(root, access, file)
    all_or_nothing(step for root, access, file in _in_order(changes) for step in _steps(root, access, file))


Step: TypeAlias = tuple[str, Callable[[], object], Callable[[], object]]
"""A path, what is to be done there, and what takes it back."""


def all_or_nothing(steps: Iterable[Step]) -> None:
    """Does one step after the other; raises InputError where one fails, with those before it taken back."""
    done: list[tuple[str, Callable[[], object]]] = []
    try:
        for path, do, undo in steps:
            do()
            done.append((path, undo))
    except (OSError, InputError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        kept = _undone(done)
        written = f"`{'`, `'.join(kept)}` could not be taken back" if kept else "nothing was written"
        raise InputError(f"{written}: {reason}") from error


def removal(path: Path, inside: Path | None) -> Step:
    """The step that takes a file away."""
    data = ANYWHERE.read(path)
    return path.as_posix(), path.unlink, lambda: writing.create(path, data, inside)


def _undone(done: list[tuple[str, Callable[[], object]]]) -> list[str]:
    """Takes the steps back, the last first; gives the paths where that fails, too."""
    failed: list[str] = []
    for path, undo in reversed(done):
        try:
            undo()
        except (OSError, InputError):
            failed.append(path)
    return failed


def _check(root: Path, access: Access, file: DraftFile) -> None:
    """Raises InputError where a change can't be written."""
    path = root / file.name
    if file.origin is not None:
        old = root / file.origin
        writing.writable(old, boundary_of(root))
        text, _ = decode.read(old, access)
        if text != file.before:
            raise InputError(
                f"`{old.as_posix()}` isn't what kmblint read of it (it was changed meanwhile, or with --staged holds "
                "edits that aren't staged): nothing was written"
            )
    if file.name != file.origin and os.path.lexists(path):
        if file.origin is not None and path.exists() and path.samefile(root / file.origin):
            return  # on this disk the case of letters means nothing
        raise InputError(f"`{path.as_posix()}` is there already: nothing was written")
    writing.writable(path, boundary_of(root))


def _in_order(changes: list[tuple[Path, Access, DraftFile]]) -> list[tuple[Path, Access, DraftFile]]:
    """Renamings first, so that a file that can't be renamed stops all before a text is written."""
    return sorted(changes, key=lambda change: change[2].origin in (None, change[2].name))


def _steps(root: Path, access: Access, file: DraftFile) -> Iterator[Step]:
    path, inside = root / file.name, boundary_of(root)
    if file.origin is not None and file.origin != file.name:
        old = root / file.origin
        yield path.as_posix(), lambda: _rename(old, path), lambda: _rename(path, old)
    if file.origin is not None and file.text == file.before and not file.respelt:
        return
    before = None if file.origin is None else access.read(path)
    undo = path.unlink if before is None else lambda: writing.replace(path, before, inside)
    yield path.as_posix(), lambda: writing.replace(path, file.data, inside), undo


def _rename(old: Path, new: Path) -> None:
    if not git_files.move(old, new):
        old.rename(new)
