"""Colours and links for a terminal, or none, and texts folded behind a lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from kmblint.errors import page_of
from kmblint.findings import Severity
from kmblint.reporters.characters import fold, visible

NARROWEST: Final = 24
"""Columns that a text has behind its lead, however narrow the terminal."""
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


def wrapped(text: str, style: str, paint: Paint, width: int, lead: str = "") -> Iterator[str]:
    """The lines of a text behind its lead, each painted by itself so that a pager that cuts between them loses none.

    A `style` of "" leaves them plain.
    """
    indent = len(lead)
    for number, line in enumerate(fold(visible(text), max(width, indent + NARROWEST), first=indent, rest=indent)):
        row = (" " * indent if number else lead) + line
        yield paint(style, row) if style else row
