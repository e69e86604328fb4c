"""What was read of a folder before, so that a file that stayed as it was is neither opened nor read again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import TypeAlias

import msgspec

from kmblint.access import Access
from kmblint.history import decode
from kmblint.history.files import Migration
from kmblint.stamps import Stamp

_Key: TypeAlias = tuple[object, ...]


class _Text(msgspec.Struct, frozen=True):
    """A file's text as it was read."""

    stamp: Stamp
    access: Access
    seen: int
    read: tuple[str | None, decode.Trouble | None]


class Readings:
    """The texts and migrations of one folder's last reading.

    A migration that is built from the same text and facts again is the same object, so that what follows from it can be
    kept by identity. Nothing is kept of a file that the newest reading hasn't.
    """

    def __init__(self) -> None:
        self._texts: dict[str, _Text] = {}
        self._texts_now: dict[str, _Text] = {}
        self._built: dict[_Key, Migration] = {}
        self._built_now: dict[_Key, Migration] = {}
        self._ordered: dict[str, Migration] = {}

    def begin(self) -> None:
        """What the reading before has used is what this one may use; one that failed left the older."""
        self._texts_now = {}
        self._built_now = {}

    def text(self, path: str, access: Access) -> tuple[str | None, decode.Trouble | None]:
        """The text of a file and what is wrong with it, as `decode.read`."""
        seen = time.time_ns()
        try:
            stamp = Stamp.of(os.lstat(path))
        except OSError:
            stamp = None
        known = self._texts.get(path)
        if known is not None and known.stamp == stamp and known.access == access and known.stamp.settled(known.seen):
            self._texts_now[path] = known
            return known.read
        read = decode.read(path, access)
        if known is not None and known.read == read:
            read = known.read  # the same text is the same object, whose hash is known
        if stamp is not None:
            self._texts_now[path] = _Text(stamp, access, seen, read)
        return read

    def built(self, key: _Key, build: Callable[[], Migration]) -> Migration:
        """The migration of a key, which holds all that it is built from."""
        migration = self._built_now.get(key) or self._built.get(key) or build()
        self._built_now[key] = migration
        return migration

    def ordered(self, migrations: Iterable[Migration]) -> tuple[Migration, ...]:
        """The migrations of a reading that is whole, each the object of the reading before where it says the same."""
        same = {migration.file: self._unchanged(migration) for migration in migrations}
        self._ordered, self._texts, self._built = same, self._texts_now, self._built_now
        return tuple(same.values())

    def _unchanged(self, migration: Migration) -> Migration:
        known = self._ordered.get(migration.file)
        return known if known is not None and known.source is migration.source and known == migration else migration
