"""Code frames: the lines of a source that marks stand on, with a gutter of numbers and the marks drawn below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from kmblint.findings import Severity
from kmblint.reporters.characters import cells
from kmblint.reporters.paint import Paint
from kmblint.text import Source, Span

_LONGEST_LINE: Final = 120
"""Characters of a line that are shown; a longer one is cut around its mark."""
_LEAD: Final = 40
"""Characters kept before the mark where a line is cut."""
_MOST_LINES: Final = 5
"""Lines of one mark that are shown; of more, the first ones and the last."""


class Mark(msgspec.Struct, frozen=True):
    """A span to draw under, the words beside it, and its severity (None: another place of the cause)."""

    span: Span
    label: str = ""
    severity: Severity | None = None


def excerpt(source: Source, marks: Sequence[Mark], gutter: int, paint: Paint) -> list[str]:
    """The rows of a frame; `gutter` is the width of the line numbers."""
    bar = paint("gutter", " " * gutter + " |")
    placed = sorted((_Placed.of(source, mark) for mark in marks), key=lambda one: (one.first, one.last, one.start))
    margin = any(one.first != one.last for one in placed)
    rows = [bar]
    drawn = 0
    for one in placed:
        if one.first != one.last:
            block = _several_lines(source, one, paint)
        else:
            block = _one_line(source, one, margin=margin, again=one.first == drawn, paint=paint)
        if drawn and not drawn <= one.first <= drawn + 1:
            rows.append(paint("gutter", "..."))
        for number, text in block:
            if number is None:
                rows.append(f"{bar} {text}".rstrip())
            elif number == 0:
                rows.append(f"{paint('gutter', '...'.ljust(gutter + 2))} {text}".rstrip())
            else:
                rows.append(f"{paint('gutter', f'{number:>{gutter}} |')} {text}".rstrip())
        drawn = one.last
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
    def sign(self) -> str:
        return "-" if self.mark.severity is None else "^"

    def colored(self, paint: Paint, text: str) -> str:
        severity = self.mark.severity
        return paint("gutter", text) if severity is None else paint.severity(severity, text)


Row = tuple[int | None, str]
"""A line number (None: a row of marks; 0: lines left out) and what stands behind the gutter."""


def _one_line(source: Source, one: _Placed, *, margin: bool, again: bool, paint: Paint) -> Iterator[Row]:
    """The line, unless it stands there `again`, and its underline."""
    indent = "  " if margin else ""
    line, cut = _cut(source.line(one.first), one.start - 1)
    drawn, starts = cells(line)
    if not again:
        yield one.first, indent + drawn
    begin = starts[min(one.start - 1 - cut, len(line))]
    end = starts[min(one.end - cut, len(line))]
    underline = one.sign * max(end - begin, 1)
    yield None, indent + " " * begin + one.colored(paint, f"{underline} {one.mark.label}".rstrip())


def _several_lines(source: Source, one: _Placed, paint: Paint) -> Iterator[Row]:
    """The lines with a bracket at their left, closed below the last character."""
    numbers = range(one.first, one.last + 1)
    omitted = len(numbers) > _MOST_LINES
    shown = [*numbers[: _MOST_LINES - 2], one.last] if omitted else numbers
    stroke = one.colored(paint, "|")
    for number in shown:
        if omitted and number == one.last:
            yield 0, stroke
        line, cut = _cut(source.line(number), one.end - 1 if number == one.last else 0)
        drawn, starts = cells(line)
        yield number, f"{one.colored(paint, '/') if number == one.first else stroke} {drawn}"
    reach = "_" * (starts[min(one.end - 1 - cut, len(line))] + 1)
    yield None, stroke + one.colored(paint, f"{reach}{one.sign} {one.mark.label}".rstrip())


def _cut(line: str, column: int) -> tuple[str, int]:
    """A long line around a 0-based column, and how many characters less stand before what is shown."""
    if len(line) <= _LONGEST_LINE:
        return line, 0
    start = max(0, min(column - _LEAD, len(line) - _LONGEST_LINE))
    before = "…" if start else ""
    after = "…" if start + _LONGEST_LINE < len(line) else ""
    return before + line[start : start + _LONGEST_LINE] + after, start - len(before)
