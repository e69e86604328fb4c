"""What tells one content of a file from the next without opening it."""

from __future__ import annotations

import os
import stat
from typing import Final

import msgspec

GRAIN: Final = 2_000_000_000
"""Nanoseconds: the coarsest clock of a file system (FAT). A file that changed so shortly before it was read may change
again without another time."""


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """Bytes, times in nanoseconds since 1970, inode and mode of a regular file.

    The time of change tells of a file that was put in the place of another, its time of modification with it.
    """

    size: int
    modified: int
    changed: int
    inode: int
    mode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp | None:
        """The stamp of a regular file; None for links, and for all that is no file."""
        if not stat.S_ISREG(status.st_mode):
            return None
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)

    def settled(self, seen: int) -> bool:
        """Whether what was read at a moment (nanoseconds since 1970) is what a file of this stamp still holds."""
        return max(self.modified, self.changed) < seen - GRAIN
