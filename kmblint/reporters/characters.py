"""Text as a terminal shows it: tabs expanded, wide characters counted, invisible ones made visible."""

from __future__ import annotations

import unicodedata

_TAB = 4


def visible(text: str) -> str:
    """The text on one line, with control and format characters spelt out so that none acts on the terminal."""
    return text if text.isprintable() else "".join(map(_spell, text))


def cells(line: str) -> tuple[str, list[int]]:
    """A line as it is drawn, and the terminal column (from 0) at which each of its characters starts.

    The list has one entry more than the line has characters: the column behind the last.
    """
    if line.isascii() and line.isprintable():
        return line, list(range(len(line) + 1))
    drawn: list[str] = []
    starts = [0]
    for character in line:
        column = starts[-1]
        shown = " " * (_TAB - column % _TAB) if character == "\t" else _spell(character)
        drawn.append(shown)
        starts.append(column + sum(map(_width, shown)))
    return "".join(drawn), starts


def _spell(character: str) -> str:
    """The character, or what stands for it where it can't be seen or would act on the terminal."""
    if character.isprintable():
        return character
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return named or f"<U+{ord(character):04X}>"


def _width(character: str) -> int:
    """How many terminal cells a printable character takes."""
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
