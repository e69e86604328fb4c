"""What a run reads from disk, told by its content, where a file that is surely as it was isn't opened again."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from kmblint.access import Access, BarredError
from kmblint.stamps import Stamp

_MOST_BELOW: Final = 10_000
"""Entries of a folder's sub-folders that are told; the search for ignored files looks at no more."""


class Noticed(msgspec.Struct, frozen=True, array_like=True):
    """A file, and the SHA-256 of its content."""

    stamp: Stamp
    digest: bytes


class Memory(msgspec.Struct, frozen=True, array_like=True):
    """The files that a run noticed, by path, and when it began (nanoseconds since 1970)."""

    seen: int = 0
    files: Mapping[str, Noticed] = {}


class Inputs:
    """The content of files and folders, gathered into one digest."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._seen = time.time_ns()
        self._noticed: dict[str, Noticed] = {}
        self._parts: list[bytes] = []
        self.has_read = False
        """Whether a file had to be opened, so that the memory is better than it was."""

    @property
    def memory(self) -> Memory:
        """What the next run may rely on."""
        return Memory(self._seen, self._noticed)

    @property
    def digest(self) -> bytes:
        """Of all that was added, in its order."""
        return sha256(b"".join(self._parts)).digest()

    def add_file(self, path: Path, access: Access) -> None:
        """A file that needn't be there: its content, or why it isn't read; a link also by where it leads."""
        self._add(os.fspath(path), None, access)

    def add_folder(self, root: Path, access: Access) -> None:
        """A folder: its files by name and content, its sub-folders by the names of what is in them."""
        try:
            entries = sorted(os.scandir(root), key=lambda entry: entry.name)
        except OSError as error:
            self._say(b"unread", str(error.errno).encode())
            return
        for entry in entries:
            self._say(b"entry", os.fsencode(entry.name))
            if entry.is_dir(follow_symlinks=False):
                self._say_names(entry)
            else:
                self._add(entry.path, entry, access)

    def _add(self, path: str, entry: os.DirEntry[str] | None, access: Access) -> None:
        try:
            status = os.lstat(path) if entry is None else entry.stat(follow_symlinks=False)
        except OSError as error:
            self._say(b"missing", str(error.errno).encode())
            return
        stamp = Stamp.of(status)
        if stamp is None:
            self._say(b"kind", str(stat.S_IFMT(status.st_mode)).encode())
            if stat.S_ISLNK(status.st_mode):
                self._say(b"link", os.fsencode(os.path.realpath(path)))
                self._say_link(path, access)
            return
        known = self._memory.files.get(path)
        if stamp.size > access.largest:
            self._say(b"large", str(stamp.size).encode())
        elif known is not None and known.stamp == stamp and stamp.settled(self._memory.seen):
            self._noticed[path] = known
            self._say(b"content", known.digest)
        else:
            self._look_into(path, stamp, access)

    def _say_link(self, path: str, access: Access) -> None:
        try:
            self._say(b"content", sha256(access.read(path)).digest())
        except BarredError as error:
            self._say(b"barred", _why(error))

    def _look_into(self, path: str, stamp: Stamp, access: Access) -> None:
        """What may not be read is told so each time: another run may."""
        try:
            digest = sha256(access.read(path)).digest()
        except BarredError as error:
            self._say(b"barred", _why(error))
            return
        self._noticed[path] = Noticed(stamp, digest)
        self.has_read = True
        self._say(b"content", digest)

    def _say_names(self, folder: os.DirEntry[str]) -> None:
        self._say(b"folder", b"")
        if folder.name.startswith("."):
            return
        told = 0
        for where, folders, files in os.walk(folder.path):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "node_modules")))
            for name in (where, *folders, *sorted(files)):
                self._say(b"below", os.fsencode(name))
            told += len(folders) + len(files)
            if told > _MOST_BELOW:
                return

    def _say(self, what: bytes, value: bytes) -> None:
        self._parts += (b"%s %d " % (what, len(value)), value)


def _why(error: BarredError) -> bytes:
    return f"{error.reason} {error.ours}".encode("utf-8", "surrogateescape")
