"""What the server asks of whoever knows the configuration and the disk: folders found, and each as it reads now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from kmblint.access import Access
from kmblint.config.configuration import Config
from kmblint.history.files import History
from kmblint.history.readings import Readings
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import Settings


class Opening(msgspec.Struct, frozen=True):
    """A migrations folder as it reads now, and what it is judged by."""

    history: History
    config: Config
    settings: Settings
    access: Access
    """How its files may be opened."""
    reread: Callable[[Mapping[str, bytes | None]], History]
    """The history with bytes in the place of some of its files, None for those that are gone."""
    frozen: Callable[[], Mapping[str, str]]
    """The files beside the applied ones that no edit may touch, each with the reason (a clause)."""


class Opener(Protocol):
    """Finds folders and reads them, as the command line does."""

    @property
    def rulebook(self) -> Rulebook:
        """The rules."""

    def folders(self, path: Path) -> tuple[Path, ...]:
        """The migrations folders that belong to a folder; none where there are none. Raises KmblintError."""

    def open(self, root: Path, texts: Mapping[Path, str], readings: Readings, *, anew: bool) -> Opening:
        """A folder with the texts that an editor holds in the place of its files; raises KmblintError.

        With `anew`, configuration, git and the rest that surrounds the folder are looked at again.
        """
