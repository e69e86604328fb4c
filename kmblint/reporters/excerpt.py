"""Code frames: the lines of a source that marks stand on, with a gutter of numbers and the marks drawn below."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from kmblint.findings import Severity
from kmblint.reporters.characters import cells, fold, measured
from kmblint.reporters.paint import Paint
from kmblint.text import Source, Span

_NARROWEST: Final = 24
"""Columns of a line that are shown however narrow the terminal is."""
_REACH: Final = 4096
"""Characters before and behind a mark that are looked at to cut its line; a line can be megabytes long."""
_LABEL: Final = 40
"""Columns that a label below its mark has at least, where the frame has them."""
_MOST_LINES: Final = 5
"""Lines of one mark that are shown; of more, the first ones and the last."""


class Mark(msgspec.Struct, frozen=True):
    """A span to draw under, the words beside it, and its severity (None: another place of the cause)."""

    span: Span
    label: str = ""
    severity: Severity | None = None


def excerpt(source: Source, marks: Sequence[Mark], gutter: int, paint: Paint, width: int) -> list[str]:
    """The rows of a frame, none wider than `width`; `gutter` is the width of the line numbers."""
    bar = paint("gutter", " " * gutter + " |")
    placed = sorted((_Placed.of(source, mark) for mark in marks), key=lambda one: (one.first, one.last, one.start))
    margin = "  " if any(one.first != one.last for one in placed) else ""
    frame = _Frame(source, placed, margin, max(width - gutter - 3 - len(margin), _NARROWEST), paint)
    rows = [bar]
    for number, text in frame.rows():
        if number is None:
            rows.append(f"{bar} {text}".rstrip())
        elif number == 0:
            rows.append(f"{paint('gutter', '...'.ljust(gutter + 2))} {text}".rstrip())
        else:
            rows.append(f"{paint('gutter', f'{number:>{gutter}} |')} {text}".rstrip())
    return [*rows, bar]


class _Placed(msgspec.Struct, frozen=True):
    """A mark with the lines and columns (1-based, the last column inclusive) that it covers."""

    mark: Mark
    first: int
    last: int
    start: int
    end: int

    @staticmethod
    def of(source: Source, mark: Mark) -> _Placed:
        """White space at the end of a span is not drawn."""
        text = source.slice(mark.span).rstrip()
        start = source.position(mark.span.start)
        end = source.position(mark.span.start + max(len(text) - 1, 0))
        return _Placed(mark, start.line, end.line, start.column, end.column)

    @property
    def on_one_line(self) -> bool:
        return self.first == self.last

    @property
    def sign(self) -> str:
        return "-" if self.mark.severity is None else "^"

    def colored(self, paint: Paint, text: str) -> str:
        severity = self.mark.severity
        return paint("gutter", text) if severity is None else paint.severity(severity, text)


class _Window(msgspec.Struct, frozen=True):
    """The part of a line that is shown."""

    text: str
    first: int
    """The first character that is shown, from 0."""
    columns: list[int]
    """The column at which each shown character is drawn, and the one behind the last."""

    def shows(self, one: _Placed) -> bool:
        """Whether the mark begins and ends in it."""
        return self.first < one.start and one.end - self.first <= len(self.columns)

    def under(self, one: _Placed) -> tuple[int, int]:
        """The columns between which the mark is drawn, at least one."""
        begin = self.column(one.start - 1)
        return begin, max(_behind(self.columns, self.column(one.end - 1)), begin + 1)

    def column(self, character: int) -> int:
        """Where a character (from 0) is drawn, held inside the window."""
        return self.columns[min(max(character - self.first, 0), len(self.columns) - 1)]


def _behind(columns: list[int], column: int) -> int:
    """The column behind the grapheme that begins at one."""
    return columns[min(bisect_right(columns, column), len(columns) - 1)]


def _window(line: str, start: int, end: int, room: int) -> _Window:
    """The part of a line around the characters from `start` to `end` (from 0, exclusive) that `room` columns hold.

    The line's beginning is kept where the mark leaves room for it, else some of what stands before the mark.
    """
    low = max(start - _REACH, 0)
    drawn, starts = cells(line[low : start + _REACH])
    more = start + _REACH < len(line)
    begin = starts[min(start - low, len(drawn))]
    finish = max(_behind(starts, starts[min(max(end - 1 - low, 0), len(drawn))]), begin + 1)
    total = max(starts[-1], finish)
    if not low and not more and total <= room:
        return _Window("".join(drawn), 0, starts)
    begins = 0
    if low or finish > room - 1:
        lead = min(room // 3, max(room - 2 - (finish - begin), 0))
        begins = begin - lead if more else min(begin - lead, total - (room - 1))
    first = bisect_left(starts, begins, 0, min(start - low, len(drawn)))
    before = "…" if low or first else ""
    limit = starts[first] + room - len(before)
    after = "…" if more or total > limit else ""
    last = bisect_right(starts, limit - len(after)) - 1
    last = bisect_left(starts, starts[last]) if after else last
    shown = before + "".join(drawn[first:last]) + after
    shift = starts[first] - len(before)
    return _Window(shown, low + first, [column - shift for column in starts[first : last + 1]])


Row = tuple[int | None, str]
"""A line number (None: a row of marks; 0: lines left out) and what stands behind the gutter."""


class _Frame(msgspec.Struct, frozen=True):
    """What the rows of one excerpt share."""

    source: Source
    placed: Sequence[_Placed]
    margin: str
    """Where one mark has several lines, room for its bracket."""
    room: int
    """Columns for the text of a line."""
    paint: Paint

    def rows(self) -> Iterator[Row]:
        """The lines and, below each, its marks; a line stands there again only where its marks don't fit beside."""
        drawn = 0
        window: _Window | None = None
        for one in self.placed:
            if drawn and not drawn <= one.first <= drawn + 1:
                yield 0, ""
            if not one.on_one_line:
                yield from self._several_lines(one)
                window = None
            else:
                if window is None or one.first != drawn or not window.shows(one):
                    window = self._around(one)
                    yield one.first, self.margin + window.text
                begin, end = window.under(one)
                yield from self._labelled(one, begin, one.sign * (end - begin))
            drawn = one.last

    def _around(self, one: _Placed) -> _Window:
        """What is shown of the mark's line: with all the marks of that line, if there is room."""
        line = self.source.line(one.first)
        beside = [other for other in self.placed if other.on_one_line and other.first == one.first]
        start, end = min(other.start for other in beside) - 1, max(other.end for other in beside)
        together = _window(line, start, end, self.room)
        return together if all(map(together.shows, beside)) else _window(line, one.start - 1, one.end, self.room)

    def _labelled(self, one: _Placed, begin: int, underline: str) -> Iterator[Row]:
        """The underline and its label: behind it where that fits, else below."""
        label = one.mark.label
        beside = not label or begin + len(underline) + 1 + measured(label) <= self.room
        yield (
            None,
            self.margin + " " * begin + one.colored(self.paint, f"{underline} {label if beside else ''}".rstrip()),
        )
        if not beside:
            indent = min(begin, max(self.room - min(_LABEL, measured(label)), 0))
            for line in fold(label, self.room - indent):
                yield None, self.margin + " " * indent + one.colored(self.paint, line)

    def _several_lines(self, one: _Placed) -> Iterator[Row]:
        """The lines with a bracket at their left, closed below the last character."""
        numbers = range(one.first, one.last + 1)
        omitted = len(numbers) > _MOST_LINES
        shown = [*numbers[: _MOST_LINES - 2], one.last] if omitted else numbers
        stroke = one.colored(self.paint, "|")
        for number in shown:
            if omitted and number == one.last:
                yield 0, stroke
            column = one.end - 1 if number == one.last else 0
            window = _window(self.source.line(number), column, column + 1, self.room)
            yield number, f"{one.colored(self.paint, '/') if number == one.first else stroke} {window.text}"
        reach = "_" * (window.column(one.end - 1) + 1) + one.sign
        label = one.mark.label
        beside = not label or len(reach) + 1 + measured(label) <= self.room + 1
        yield None, stroke + one.colored(self.paint, f"{reach} {label if beside else ''}".rstrip())
        for line in [] if beside else fold(label, self.room):
            yield None, self.margin + one.colored(self.paint, line)
