"""Files are written whole or not at all: whoever reads meanwhile finds the old content or the new one.

What is written first is a draft beside the file (`.name.123.tmp`, which no runner reads), on disk before it takes the
file's place; so a crash, a full disk or Ctrl-C leaves the old content.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from kmblint.access import Access
from kmblint.errors import InputError

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def open_new(file: Path, mode: int) -> BinaryIO:
    """A file that isn't there yet, open for writing.

    Nothing that stands under its name already is written to, be it a link that somebody planted there: raises
    FileExistsError.
    """
    return open(os.open(file, _NEW, mode), "wb")  # noqa: PTH123 (pathlib takes no flags)


def replace(file: Path, data: bytes, inside: Path | None = None) -> None:
    """Writes the bytes of a file, new or not; mode and, where the system lets us, owner stay as they were.

    A link stays a link: what it leads to is written, unless that lies out of the folder `inside` (None: anywhere).
    Raises InputError where it does, and where the file is read-only or can't be written.
    """
    whole = writable(file, inside)
    with _explained(file):
        before = whole.stat() if whole.exists() else None
        # Nobody else reads the draft meanwhile.
        mode = 0o666 if before is None else stat.S_IMODE(before.st_mode) & 0o600
        with _drafted(whole, data, mode) as draft:
            if before is not None:
                if hasattr(os, "chown"):
                    with suppress(OSError):
                        os.chown(draft, before.st_uid, before.st_gid)
                draft.chmod(stat.S_IMODE(before.st_mode))
            draft.replace(whole)


def create(file: Path, data: bytes, inside: Path | None = None) -> None:
    """Writes a file that isn't there yet; raises InputError where it is, or would lie out of the folder `inside`."""
    whole = writable(file, inside)
    with _explained(file), _drafted(whole, data, 0o666) as draft:
        try:
            try:
                os.link(draft, whole)  # unlike a rename, it takes no other file's place
            except FileExistsError:
                raise
            except OSError:  # a disk without links
                with open_new(whole, 0o666) as stream:
                    stream.write(data)
        except FileExistsError as error:
            raise InputError(f"`{file.as_posix()}` is there already: nothing was written") from error


def make_folder_of(file: Path, inside: Path | None = None) -> None:
    """Makes the folder that a file is to lie in; raises as `replace`, with no folder made outside of `inside`."""
    writable(file, inside)
    with _explained(file):
        file.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _drafted(whole: Path, data: bytes, mode: int) -> Iterator[Path]:
    """A draft beside a file, its bytes on disk; gone at the end unless it took the file's place."""
    draft = whole.with_name(f".{whole.name}.{os.getpid()}.tmp")
    try:
        with open_new(draft, mode) as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    """Raises InputError where the system refuses to write a file."""
    try:
        yield
    except OSError as error:
        raise InputError(f"`{file.as_posix()}` can't be written: {error.strerror}") from error


def writable(file: Path, inside: Path | None = None) -> Path:
    """The path that `replace` would write; raises as it does, and touches nothing."""
    if Access(inside=inside).is_outside(file):
        raise InputError(f"`{file.as_posix()}` leads out of the project, and is never written through")
    whole = Path(os.path.realpath(file))
    if whole.exists() and not os.access(whole, os.W_OK):
        raise InputError(f"`{file.as_posix()}` is read-only: nothing is written to it")
    return whole


def with_line_ends(text: str, like: str) -> str:
    """A text with the line ends that another has most of (`\\r\\n` or `\\n`); those that are `\\r\\n` already stay."""
    windows = like.count("\r\n")
    if windows * 2 <= like.count("\n"):
        return text
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
