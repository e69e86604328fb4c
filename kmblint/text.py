"""Text with addresses: offsets into a source, and the lines and columns that people and editors read.

Nothing else in the package counts columns.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

import msgspec


class Span(msgspec.Struct, frozen=True, gc=False, order=True, array_like=True):
    """A stretch of one source: character offsets, `end` exclusive."""

    start: int
    end: int

    def __contains__(self, other: object) -> bool:
        """Whether an offset or another span lies inside."""
        if isinstance(other, Span):
            return self.start <= other.start and other.end <= self.end
        return isinstance(other, int) and self.start <= other < self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def touches(self, other: Span | int) -> bool:
        """Whether an offset or another span lies inside or at an end, as a cursor does behind the last character."""
        start, end = (other.start, other.end) if isinstance(other, Span) else (other, other)
        return self.start <= end and start <= self.end

    def to(self, other: Span) -> Span:
        """The stretch from the beginning of this span to the end of another."""
        return Span(self.start, other.end)


class Place(msgspec.Struct, frozen=True, gc=False, order=True, array_like=True):
    """A span in a named file of the history (`0003_add_phone.sql`, or a path relative to the project)."""

    file: str
    span: Span


class Position(msgspec.Struct, frozen=True, order=True):
    """A 1-based line and a 1-based column in characters."""

    line: int
    column: int


class Source:
    """The text of one file and the arithmetic of its lines.

    `name` is how the rest of the history calls the file, `path` how the user does.
    Lines end at a line feed, a carriage return, or both, as an editor counts them.
    """

    def __init__(self, name: str, text: str, path: str | None = None) -> None:
        self.name = name
        self.text = text
        self.path = path if path is not None else name

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"

    @cached_property
    def _lines(self) -> list[str]:
        return _keep_ends(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) for line in self._lines)]

    @property
    def line_count(self) -> int:
        """How many lines an editor shows; an empty file has one."""
        return max(1, len(self._lines))

    @property
    def everything(self) -> Span:
        """The whole text."""
        return Span(0, len(self.text))

    def slice(self, span: Span) -> str:
        """The characters of a span."""
        return self.text[span.start : span.end]

    def position(self, offset: int) -> Position:
        """The line and column of an offset; the end of the text is a place too."""
        offset = min(max(offset, 0), len(self.text))
        line = max(1, min(bisect_right(self._starts, offset), self.line_count))
        return Position(line, offset - self._starts[line - 1] + 1)

    def where(self, span: Span) -> str:
        """Where a span begins, as the reader finds it: `migrations/0003_add_wards.sql:7`."""
        return f"{self.path}:{self.position(span.start).line}"

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of a 1-based line and column, held inside the text."""
        line = min(max(line, 1), self.line_count)
        return min(self._starts[line - 1] + max(column, 1) - 1, len(self.text))

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line end."""
        return self._lines[number - 1].rstrip("\r\n") if 0 < number <= len(self._lines) else ""

    def line_span(self, number: int) -> Span:
        """Where a 1-based line stands, its line end left out."""
        start = self.offset(number)
        return Span(start, start + len(self.line(number)))


def _keep_ends(text: str) -> list[str]:
    """Lines with their ends; unlike `str.splitlines`, form feeds and exotic separators end no line."""
    lines: list[str] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line) + 1
        whole = text[start:end]
        if "\r" in whole:
            lines.extend(_split_returns(whole))
        elif whole:
            lines.append(whole)
        start = end
    if not text or text[-1] in "\r\n":
        lines.append("")
    return lines


def _split_returns(line: str) -> list[str]:
    """One line-feed line cut at the carriage returns that no line feed follows."""
    body, end = (line[:-2], "\r\n") if line.endswith("\r\n") else (line, "")
    parts = body.split("\r")
    pieces = [part + "\r" for part in parts[:-1]]
    last = parts[-1] + end
    return [*pieces, last] if last else pieces
