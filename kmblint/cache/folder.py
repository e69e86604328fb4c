"""The folder of the cache: where it lies, what may be taken from it, and how large it grows.

Nothing here raises where a file can't be read or written: a run without its cache is slower and no worse.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from kmblint.writing import open_new

if TYPE_CHECKING:
    from hashlib import _Hash

SUFFIX: Final = ".kmbcache"
MOST_FILES: Final = 200
MOST_BYTES: Final = 100_000_000
LARGEST: Final = 40_000_000
"""Bytes of one file."""

_MAGIC: Final = b"kmblint cache 2\n"
_DIGEST: Final = 32
_READ: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_OTHERS_WRITE: Final = 0o022
_ABANDONED: Final = 3600
"""Seconds after which a draft is one that a run left behind when it was killed."""


def cache_folder() -> Path | None:
    """KMBLINT_CACHE_DIR, else `kmblint` where the system keeps caches; None where neither is known."""
    named = os.environ.get("KMBLINT_CACHE_DIR")
    if named:
        return Path(named).absolute()
    try:
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "kmblint"
        local = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
        return (Path(local) if Path(local).is_absolute() else Path.home() / ".cache") / "kmblint"
    except RuntimeError:  # nobody's home
        return None


def load(name: str) -> bytes | None:
    """What was saved under a name, if it is whole and nobody else could have written it."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        with open(os.open(folder / f"{name}{SUFFIX}", _READ), "rb") as file:  # noqa: PTH123 (pathlib takes no flags)
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST or not _is_ours(status):
                return None
            data = file.read()
    except (OSError, ValueError):
        return None
    body = data[len(_MAGIC) + _DIGEST :]
    digest = _digest(name)
    digest.update(body)
    return body if data.startswith(_MAGIC + digest.digest()) else None


def save(name: str, body: bytes | Iterable[bytes]) -> None:
    """Keeps a text, or its parts, under a name, whole or not at all; the oldest give way where there are too many."""
    folder = cache_folder()
    if folder is None:
        return
    draft = folder / f".{name}.{os.getpid()}.tmp"
    with suppress(OSError, ValueError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open_new(draft, 0o600) as file:
                if not _write(file, name, (body,) if isinstance(body, bytes) else body):
                    return
            draft.replace(folder / f"{name}{SUFFIX}")
        finally:
            draft.unlink(missing_ok=True)
        _prune(folder)


def _digest(name: str) -> _Hash:
    """The digest that is to take the content: a whole file under another's name, as whoever owns the folder could put
    it, is none."""
    return sha256(name.encode() + b"\0")


def _write(file: BinaryIO, name: str, parts: Iterable[bytes]) -> bool:
    """Writes them behind their digest, each as it comes; False where they are too many."""
    digest, size = _digest(name), len(_MAGIC) + _DIGEST
    file.write(_MAGIC + bytes(_DIGEST))
    for part in parts:
        size += len(part)
        if size > LARGEST:
            return False
        digest.update(part)
        file.write(part)
    file.seek(len(_MAGIC))
    file.write(digest.digest())
    return True


def clean() -> tuple[int, int]:
    """Deletes all that was kept, and the folder where nothing else lies in it: how many files, and their bytes."""
    folder = cache_folder()
    files = [] if folder is None else _files(folder)
    gone = size = 0
    for path, status in files:
        with suppress(OSError):
            path.unlink()
            gone, size = gone + 1, size + status.st_size
    if folder is not None:
        with suppress(OSError):
            folder.rmdir()
    return gone, size


def _is_ours(status: os.stat_result) -> bool:
    """Whether nobody but the user of this process, or of the machine, could have written a file."""
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def _files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """What is ours in the folder, drafts included, the newest first."""
    files = []
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.endswith((SUFFIX, ".tmp")):
                with suppress(OSError):
                    files.append((Path(entry.path), entry.stat(follow_symlinks=False)))
    return sorted(files, key=lambda each: -each[1].st_mtime)


def _prune(folder: Path) -> None:
    size = 0
    for number, (path, status) in enumerate(_files(folder)):
        size += status.st_size
        is_draft = path.suffix == ".tmp"
        too_many = number >= MOST_FILES or size > MOST_BYTES
        if (is_draft and status.st_mtime < time.time() - _ABANDONED) or (too_many and not is_draft):
            with suppress(OSError):
                path.unlink()
