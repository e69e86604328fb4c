"""What may be opened: regular files of a bounded size, and links only where they stay inside the project.

Migrations may be those of a stranger's pull request. A pipe would hang the program, an endless device fill the memory,
and a link to a file of secrets would be printed.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

LARGEST: Final = 20_000_000
"""Bytes that are read of a file where nothing else is asked; a migration of that size is a dump."""

_KINDS: Final = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_OPEN: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
"""A pipe that takes the place of a file between the look at it and its opening doesn't hang the program either."""
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
"""Nor is a link followed that takes its place meanwhile."""


class BarredError(Exception):
    """A file that isn't read: the reason (a lower-case clause), and what to do.

    `ours` is true where it is a limit of kmblint, and another program would read the file.
    """

    def __init__(self, reason: str, help: str, *, ours: bool = False) -> None:  # noqa: A002 (the findings' word)
        super().__init__(reason)
        self.reason = reason
        self.help = help
        self.ours = ours


class Access(msgspec.Struct, frozen=True):
    """How large a file may be, and which folder a link may not leave."""

    largest: int = LARGEST
    """Bytes."""
    inside: Path | None = None
    """Links that lead out of this folder aren't followed; None follows all."""

    def read(self, path: str | Path) -> bytes:
        """The bytes of a file; raises BarredError where it may not be read or can't be."""
        try:
            status, opened = os.lstat(path), path
            if stat.S_ISLNK(status.st_mode):
                opened = self._followed(Path(path))
                status = opened.stat()
            self._check_kind(status)
            descriptor = os.open(opened, _OPEN | _NO_LINK)  # pathlib takes no flags, and a buffer would double the time
            try:
                status = os.fstat(descriptor)
                self._check_kind(status)
                data = os.read(descriptor, status.st_size + 1)
                if len(data) != status.st_size:  # it grows or shrinks, or is one of those that tell no size
                    data += _rest(descriptor, self.largest + 1 - len(data))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _unopened(Path(path), error) from error
        if len(data) > self.largest:
            raise too_large(self.largest)
        return data

    def is_outside(self, path: Path) -> bool:
        """Whether what a path means lies outside."""
        return self.inside is not None and not Path(os.path.realpath(path)).is_relative_to(
            os.path.realpath(self.inside)
        )

    def _followed(self, path: Path) -> Path:
        """What a link leads to; raises BarredError where that is outside."""
        whole = Path(os.path.realpath(path))
        if self.inside is not None and whole.exists() and not whole.is_relative_to(os.path.realpath(self.inside)):
            raise BarredError(
                f"it is a link that leads out of the project, to `{path.readlink()}`",
                "put the file itself there; `--follow-links` reads it where you trust it",
                ours=True,
            )
        if not whole.exists():
            path.stat()  # a link to nothing, or in a circle: the system's own word for it
        return whole

    def _check_kind(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            kind = next((name for test, name in _KINDS if test(status.st_mode)), "no regular file")
            raise BarredError(f"it is {kind}", "rename it" if kind == "a directory" else "remove it, or rename it")
        if status.st_size > self.largest:
            raise too_large(self.largest, status.st_size)


def _rest(descriptor: int, most: int) -> bytes:
    """What is left of an open file, up to so many bytes; a single read may give less than there is."""
    parts: list[bytes] = []
    while most > 0 and (part := os.read(descriptor, most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


ANYWHERE: Final = Access()
"""What the user names: links lead where they lead."""


def too_large(largest: int, size: int | None = None) -> BarredError:
    """The error for a file of more bytes than are read."""
    has = f"it has {size:,} bytes, and" if size is not None else "it is too large:"
    return BarredError(
        f"{has} kmblint reads no more than {largest:,}",
        "load data with a program of its own, a migration changes the schema; `--max-file-size` raises the limit",
        ours=True,
    )


def _unopened(path: Path, error: OSError) -> BarredError:
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return BarredError("it is a broken link", "restore the file that it points to, or remove the link")
    return BarredError(f"it can't be read: {_said(error)}", "check that it exists and may be read")


def is_there(path: Path) -> bool:
    """Whether something stands there, be it a link that leads nowhere; raises OSError where that can't be told.

    `Path.exists` says no to all that it can't tell, from Python 3.14 on, and raises before.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a NUL is in no name
        return False
    return True


def _said(error: OSError) -> str:
    return error.strerror or str(error)


def inside_repository(file: Path) -> Access:
    """How a file that was found, and that nobody named, may be read: a link in its place stays in its repository."""
    return Access(inside=repository_of(file.parent))


def repository_of(folder: Path) -> Path | None:
    """The top of the work tree that a folder lies in: the nearest folder above it, or itself, with a `.git`.

    Git refuses to check out a `.git` of its own, so that no file of a repository passes for one.
    GIT_CEILING_DIRECTORIES ends the search, as it does for git.
    """
    start = Path(os.path.realpath(folder))
    listed = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    ceilings = {os.path.realpath(ceiling) for ceiling in listed if ceiling}
    for above in (start, *start.parents):
        if above != start and str(above) in ceilings:
            return None
        with suppress(PermissionError):
            if (above / ".git").exists():
                return above
    return None
