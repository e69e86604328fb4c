"""Text as a terminal shows it: tabs expanded, wide characters counted, invisible ones made visible, lines folded."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

_COMMAND: Final = re.compile(r"^[^\S\n]*:(?=:[^:])|#(?=#(?:vso|teamcity)?\[)", re.MULTILINE)
_TAB: Final = 4
_WORD: Final = re.compile(r"(?:`[^`]*`|[^\s`]|`)+")
"""What no line ends inside: a word, or words between backticks with what stands close to them."""
_CODE: Final = re.compile(r"(?:'[^']*'|`[^`]*`|[^\s'`]|['`])+")
"""The same where the text is SQL: what stands between quotes stays together too."""
_PART: Final = re.compile(r"\S+")


def visible(text: str) -> str:
    """The text on one line, with control and format characters spelt out so that none acts on the terminal."""
    return text if text.isprintable() else "".join(map(_spell, text))


def inert(text: str) -> str:
    """A text in which no line is a command to a CI runner that reads logs, whatever SQL it quotes.

    GitHub runs a line that begins with `::` and a word, and `##[` wherever it stands; Azure Pipelines `##vso[`,
    TeamCity `##teamcity[`.
    """
    return _COMMAND.sub(lambda sign: f"{sign[0][:-1]}<U+{ord(sign[0][-1]):04X}>", text)


def cells(line: str) -> tuple[list[str], list[int]]:
    """What is drawn for each character of a line, and the terminal column (from 0) at which it is drawn.

    The list of columns has one entry more than the line has characters: the column behind the last. The characters of
    one grapheme (a letter and its accents) share a column.
    """
    if line.isascii() and line.isprintable():
        return list(line), list(range(len(line) + 1))
    drawn: list[str] = []
    starts: list[int] = []
    column = 0
    for cluster in _graphemes(line):
        if cluster.isprintable():
            drawn += cluster
            starts += [column] * len(cluster)
            column += _width(cluster)
            continue
        for character in cluster:
            shown = " " * (_TAB - column % _TAB) if character == "\t" else _spell(character)
            drawn.append(shown)
            starts.append(column)
            column += _width(shown)
    return drawn, [*starts, column]


def clip(text: str, width: int) -> str:
    """As much of a printable text as `width` terminal columns hold, with an ellipsis where it is cut."""
    if measured(text) <= width:
        return text
    drawn, starts = cells(text[: 8 * width])
    last = starts[bisect_right(starts, width - 1) - 1]
    return "".join(drawn[: bisect_left(starts, last)]) + "…"


def fold(text: str, width: int, *, first: int = 0, rest: int = 0, code: bool = False) -> list[str]:
    """The lines of a paragraph that are at most `width` terminal columns wide, their leads included; at least one.

    `first` and `rest` are the columns that the leads of the first and the further lines take. A line ends between
    words and outside of backticks (`code`: and of quotes); only what is wider than a whole line is parted at its
    spaces, and a single word that is wider stays whole. The first line is empty where only a further one has the room.
    """
    if first + measured(text) <= width:
        return [text]
    lines: list[str] = []
    start = end = 0
    room, used = width - first, 0
    for left, right in _unbroken(text, max(width - rest, 1), _CODE if code else _WORD):
        gap = measured(text[end:left])
        size = measured(text[left:right])
        if used + gap + size > room:
            if end > start or room < width - rest:
                lines.append(text[start:end])
                used, room = 0, width - rest
            start, gap = left, 0
        used += gap + size
        end = right
    return [*lines, text[start:end]]


def _unbroken(text: str, room: int, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where the stretches begin and end that stay on one line."""
    for word in pattern.finditer(text):
        if measured(word[0]) <= room:
            yield word.span()
        else:
            yield from (part.span() for part in _PART.finditer(text, *word.span()))


def by_backticks(text: str) -> Iterator[tuple[str, bool]]:
    """The stretches of a message, and whether each is code: what stands between two backticks; a last odd one stays."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return ((part, number % 2 == 1) for number, part in enumerate(parts))


def measured(text: str) -> int:
    """How many terminal columns a printable text takes."""
    return len(text) if text.isascii() else sum(map(_width, _graphemes(text)))


def _spell(character: str) -> str:
    """The character, or what stands for it where it can't be seen or would act on the terminal."""
    if character.isprintable():
        return character
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return named or f"<U+{ord(character):04X}>"


# Most reports are ASCII; only one that isn't pays for the tables of wcwidth.


def _graphemes(text: str) -> Iterator[str]:
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def _width(grapheme: str) -> int:
    if grapheme.isascii():
        return len(grapheme)
    from wcwidth import width

    return width(grapheme)
