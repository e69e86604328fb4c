"""The SQL of a file as the page shows it: numbered lines in stretches, with verdicts and findings between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, TypeAlias

import msgspec

from kmblint.findings import Severity
from kmblint.history.files import Migration
from kmblint.sql.scanner import Kind, scan
from kmblint.text import Source, Span

WHOLE: Final = 300
"""Lines of a file that is shown whole; of a longer one, the first lines of each statement and what is marked."""
_HEAD: Final = 8
"""Lines of a statement in such a file."""
_AROUND: Final = 2
"""Lines before and behind a place that something is said of."""
_LONGEST: Final = 400
"""Characters of a line."""
_KINDS: Final = {
    Kind.STRING: "string",
    Kind.DOLLAR: "string",
    Kind.NUMBER: "number",
    Kind.LINE_COMMENT: "comment",
    Kind.BLOCK_COMMENT: "comment",
}


class Piece(msgspec.Struct, frozen=True):
    """A stretch of a line that looks the same: what kind of token it is, and what is said of it."""

    text: str
    token: str = ""
    mark: str = ""


class Line(msgspec.Struct, frozen=True):
    """A line of the file, and what is said below it."""

    number: int
    pieces: tuple[Piece, ...]
    cut: int
    """Characters at its end that are left out."""
    gap: int
    """Lines before it that are left out."""


class Marked(msgspec.Struct, frozen=True):
    """A span that something is said of; None: another place of a cause."""

    span: Span
    severity: Severity | None


Tokens: TypeAlias = Sequence[tuple[Span, str]]


def tokens_of(source: Source) -> Tokens:
    """The literals and comments of a file, header and down included, in the order of the text."""
    return [(token.span, _KINDS[token.kind]) for token in scan(source) if token.kind in _KINDS]


def wanted(source: Source, migration: Migration | None, lines: Iterable[int]) -> list[int]:
    """The numbers of the lines to show: of a file under review most, else those around what is said."""
    most = source.line_count
    near = {line for middle in lines for line in range(max(1, middle - _AROUND), min(most, middle + _AROUND) + 1)}
    if migration is not None and most <= WHOLE:
        return [*range(1, most + 1)]
    for statement in migration.statements if migration is not None else ():
        first = source.position(statement.span.start).line
        near.update(range(first, min(source.position(statement.span.end).line, first + _HEAD) + 1))
    return sorted(near)


def listed(source: Source, numbers: Sequence[int], tokens: Tokens, marks: Sequence[Marked]) -> Iterator[Line]:
    """The lines of these numbers, in order, each cut at its pieces."""
    by_line = _by_line(source, marks)
    index = 0
    behind = 0
    for number in numbers:
        whole = source.line_span(number)
        span = Span(whole.start, min(whole.end, whole.start + _LONGEST))
        while index < len(tokens) and tokens[index][0].end <= span.start:
            index += 1
        pieces = tuple(
            _pieces(source.slice(span), span.start, _overlapping(tokens, index, span), by_line.get(number, ()))
        )
        yield Line(number, pieces, whole.end - span.end, number - behind - 1)
        behind = number


def _overlapping(tokens: Tokens, index: int, span: Span) -> Iterator[tuple[Span, str]]:
    while index < len(tokens) and tokens[index][0].start < span.end:
        yield tokens[index]
        index += 1


def _by_line(source: Source, marks: Sequence[Marked]) -> Mapping[int, Sequence[Marked]]:
    grouped: dict[int, list[Marked]] = {}
    for mark in sorted(marks, key=_priority):
        first, last = source.position(mark.span.start).line, source.position(max(mark.span.end - 1, 0)).line
        last = first if mark.severity is None else min(last, first + WHOLE)  # of a cause, its first line will do
        for number in range(first, last + 1):
            grouped.setdefault(number, []).append(mark)
    return grouped


def _priority(mark: Marked) -> int:
    """The worst is painted last."""
    return -3 if mark.severity is None else -mark.severity.rank


def _pieces(
    text: str, start: int, tokens: Iterable[tuple[Span, str]], marks: Iterable[Marked]
) -> Iterator[Piece]:  # fmt: skip
    kinds, marked = [""] * len(text), [""] * len(text)
    indent = len(text) - len(text.lstrip())
    for span, kind in tokens:
        _paint(kinds, span, start, kind)
    for mark in marks:
        _paint(marked, Span(max(mark.span.start, start + indent), mark.span.end), start, _called(mark))
    for (kind, mark_name), stretch in groupby(zip(kinds, marked, text, strict=True), key=lambda each: each[:2]):
        yield Piece("".join(each[2] for each in stretch), kind, mark_name)


def _called(mark: Marked) -> str:
    return "related" if mark.severity is None else mark.severity.value


def _paint(cells: list[str], span: Span, start: int, name: str) -> None:
    first, last = max(span.start - start, 0), min(span.end - start, len(cells))
    if first < last:
        cells[first:last] = [name] * (last - first)
