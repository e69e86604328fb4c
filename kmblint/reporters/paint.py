"""Colours and links for a terminal, or none."""

from __future__ import annotations

from typing import Final

import msgspec

from kmblint.errors import page_of
from kmblint.findings import Severity
from kmblint.reporters.characters import visible

_RESET: Final = "\x1b[0m"
_STYLES: Final = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "info": "\x1b[1;36m",
    "strong": "\x1b[1m",
    "gutter": "\x1b[1;34m",
    "help": "\x1b[1;32m",
    "faint": "\x1b[2m",
}


class Paint(msgspec.Struct, frozen=True):
    """Wraps text in the escape sequences of a style; leaves it alone where colour isn't wanted."""

    color: bool = False
    links: bool = False
    """Whether rule names lead to their cards."""

    def __call__(self, style: str, text: str) -> str:
        """The text in a style: a severity's value, `strong`, `gutter`, `help` or `faint`."""
        return f"{_STYLES[style]}{text}{_RESET}" if self.color and text else text

    def rule(self, slug: str, text: str) -> str:
        """A rule's name as a link to its card (OSC 8), where links are wanted."""
        return f"\x1b]8;;{page_of(slug)}\x1b\\{text}\x1b]8;;\x1b\\" if self.links else text

    def severity(self, severity: Severity, text: str) -> str:
        """The text in the colour of a severity."""
        return self(severity.value, text)


def heading(root: str, paint: Paint) -> str:
    """The line above what is said of one history among several."""
    return paint("strong", f"── {visible(root)} ──")
