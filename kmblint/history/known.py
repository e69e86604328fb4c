"""What is said of a folder beside its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

MAX_STATEMENTS: Final = 100_000
"""Of a history, where nothing else is asked: so many take half a minute and 0.7 GB (`docs/reliability.md`)."""


class Known(msgspec.Struct, frozen=True):
    """What the user says of a folder beside its files: what was applied, failed, or existed before."""

    applied_through: int | None = None
    failed: tuple[str, ...] = ()
    """File names marked failed."""
    baseline: Path | None = None
    """A file with the schema before the first migration."""
    since: str | None = None
    """The git revision whose migrations are applied."""
    released: Mapping[str, str] | None = None
    """File name → text of the migrations where this branch left that revision."""
    ahead: Mapping[str, str] = {}
    """File name → text of those that the revision has beside them, and the folder hasn't."""
    ids: Mapping[str, str] = {}
    """Name → git's hash of all that lay directly in the folder where this branch left that revision."""
    lock: str | None = None
    """The text of the lock there; None where there was none."""
    max_statements: int = MAX_STATEMENTS
    """With the file that brings more than these begins what is left out."""
    notes: tuple[str, ...] = ()
    """Lines for the summary."""


NOTHING_KNOWN: Final = Known()
