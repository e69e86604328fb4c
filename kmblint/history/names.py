"""What the runner reads from a file's name (crates/kimberlite-migration/src/file.rs)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

LARGEST_NUMBER: Final = 2**32 - 1
"""The runner keeps a migration's number in 32 bits."""
_EVIDENT: Final = re.compile(r"[Vv]?([0-9]{1,9})(?![A-Za-z0-9])", re.ASCII)
_NUMBER: Final = re.compile(r"\+?[0-9]+", re.ASCII)


def is_migration(name: str) -> bool:
    """Whether the runner reads a file of this name: its extension is `sql`, in lower case."""
    return name.endswith(".sql") and name != ".sql"


@lru_cache(maxsize=1024)  # several ask in a row about one name
def number_of(name: str) -> int | None:
    """What the runner reads as the number of a file name; None where it refuses it."""
    digits = name.split("_", 1)[0]
    if not _NUMBER.fullmatch(digits):
        return None
    number = int(digits) if len(digits) < 64 else LARGEST_NUMBER + 1
    return number if number <= LARGEST_NUMBER else None


def evident_number(name: str) -> int | None:
    """The number that a file name evidently means though the runner refuses it: `0002-add.sql`, `V2__add.sql`."""
    prefix = _EVIDENT.match(name)
    return number_of(f"{prefix[1]}_") if prefix else None


def description_of(name: str) -> str:
    """What stands behind the first `_` of a file name, the extension left out."""
    return name.removesuffix(".sql").partition("_")[2]
