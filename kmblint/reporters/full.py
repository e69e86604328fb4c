"""The report as a person reads it in a terminal: the worst first, each with the lines it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Applicability, Confidence, Diagnostic, Fix, Related, Report
from kmblint.reporters.characters import fold, visible
from kmblint.reporters.excerpt import Mark, excerpt
from kmblint.reporters.paint import Paint
from kmblint.reporters.positions import located
from kmblint.reporters.tally import counts_by_rule, summary, worst_first
from kmblint.reporters.view import View
from kmblint.text import Place, Span

_HANG: Final = " " * 4
"""What stands before the further rows of a message."""
_MOST_FRAMES: Final = 3
"""Other places of one finding that get a frame each; where there are more, all are listed."""
_MOST_LISTED: Final = 8
"""Other places of one finding that are listed; the rest are counted."""


def render(report: Report, view: View) -> str:
    """Every diagnostic, or the counts by rule, and a summary."""
    paint = Paint(view.color, view.links)
    if view.statistics:
        blocks = [counts_by_rule(report)] if report.diagnostics else []
    else:
        blocks = ["\n".join(draw(report, diagnostic, paint, view.width)) for diagnostic in worst_first(report)]
    if not view.quiet:
        blocks.append("\n".join(_ending(report, paint, view.width)))
    return "".join(f"{block}\n\n" for block in blocks[:-1]) + "".join(f"{block}\n" for block in blocks[-1:])


def _ending(report: Report, paint: Paint, width: int) -> Iterator[str]:
    for note in report.history.notes:
        yield from _labelled("note", note, paint, width, style="strong")
    yield from (paint("strong", line) for line in fold(summary(report), width))


def draw(report: Report, diagnostic: Diagnostic, paint: Paint, width: int) -> Iterator[str]:
    """The rows of one diagnostic, at most `width` columns wide: head, frames, what to write instead."""
    yield from _head(diagnostic, paint, width)
    yield from draw_below(report, diagnostic, paint, width)


def _head(diagnostic: Diagnostic, paint: Paint, width: int) -> Iterator[str]:
    finding, severity = diagnostic.finding, diagnostic.severity
    name = f"{diagnostic.code} {diagnostic.rule}"
    head = f"{severity.value}[{paint.rule(diagnostic.rule, name)}]"
    room = len(f"{severity.value}[{name}]: ")
    first, *rest = fold(visible(finding.message), width, first=room, rest=len(_HANG))
    yield f"{paint.severity(severity, head)}: {paint('strong', first)}".rstrip()
    yield from (_HANG + paint("strong", line) for line in rest)


def draw_below(report: Report, diagnostic: Diagnostic, paint: Paint, width: int) -> Iterator[str]:
    """The rows below the head of a diagnostic: frames, what to write instead."""
    finding, severity = diagnostic.finding, diagnostic.severity
    inside, outside, listed = _split(finding.place, finding.related)
    marks = [Mark(finding.place.span, severity=severity)] if _drawable(report, finding.place) else []
    marks += [Mark(other.place.span, visible(other.message)) for other in inside]
    gutter = _gutter(report, [finding.place, *(other.place for other in (*inside, *outside))])
    yield f"{' ' * gutter}{paint('gutter', '-->')} {located(report, finding.place)}"
    if marks:
        yield from excerpt(report.source(finding.place.file), marks, gutter, paint, width)
    for other in outside:
        yield f"{' ' * gutter}{paint('gutter', ':::')} {located(report, other.place)}"
        mark = Mark(other.place.span, visible(other.message))
        yield from excerpt(report.source(other.place.file), [mark], gutter, paint, width)
    tail = " " * gutter + paint("gutter", " =")
    for row in _listing(report, finding.place, listed):
        first, *rest = fold(row, width, first=gutter + 3, rest=gutter + 5)
        yield f"{tail} {first}"
        yield from (" " * (gutter + 5) + line for line in rest)
    if finding.confidence is not Confidence.HIGH:
        yield f"{tail} {finding.confidence.value} confidence"
    if finding.help:
        yield from _labelled("help", finding.help, paint, width)
    if finding.fix:
        yield from _labelled("fix", _promise(finding.fix), paint, width)


def _split(
    place: Place, related: tuple[Related, ...]
) -> tuple[tuple[Related, ...], tuple[Related, ...], tuple[Related, ...]]:
    """The other places: drawn in the frame of the first, drawn in frames of their own, or only listed."""
    drawable = [other for other in related if other.place.span.end > other.place.span.start]
    inside = tuple(other for other in drawable if other.place.file == place.file)
    outside = tuple(other for other in drawable if other.place.file != place.file)
    if len(inside) > 1:
        inside = ()
    if len(outside) > _MOST_FRAMES:
        outside = ()
    return inside, outside, tuple(other for other in related if other not in inside and other not in outside)


def _listing(report: Report, place: Place, listed: tuple[Related, ...]) -> Iterator[str]:
    """One row a place, `12:3` in the same file; those of one message share a row."""
    by_message: dict[tuple[str, str], list[str]] = {}
    for other in listed:
        position = report.source(other.place.file).position(other.place.span.start)
        by_message.setdefault((other.place.file, other.message), []).append(f"{position.line}:{position.column}")
    for (file, message), places in list(by_message.items())[:_MOST_LISTED]:
        more = f" and {len(places) - _MOST_LISTED} more" if len(places) > _MOST_LISTED else ""
        shown = ", ".join(places[:_MOST_LISTED])
        prefix = "at " if file == place.file else f"{visible(report.path(file))}:"
        yield f"{prefix}{shown}{more}: {visible(message)}"
    if len(by_message) > _MOST_LISTED:
        yield f"and {len(by_message) - _MOST_LISTED} more places"


def _gutter(report: Report, places: list[Place]) -> int:
    """How wide the largest line number is that the diagnostic shows."""
    lines = [report.source(place.file).position(place.span.end).line for place in places]
    return len(str(max(lines)))


def _drawable(report: Report, place: Place) -> bool:
    """Whether there is a text to show; a finding on a file as a whole stands at its first character."""
    return place.span != Span(0, 0) and bool(report.source(place.file).text)


def _labelled(label: str, text: str, paint: Paint, width: int, *, style: str = "help") -> Iterator[str]:
    """A text behind `help:` or `fix:`: its first line is prose, further ones are SQL."""
    indent = " " * (len(label) + 2)
    prose, *code = text.splitlines() or [""]
    first, *rest = fold(visible(prose), width, first=len(indent), rest=len(indent))
    yield f"{paint(style, f'{label}:')} {first}"
    yield from (indent + line for line in rest)
    for line in code:
        yield from (f"{indent}{row}".rstrip() for row in _code(visible(line.expandtabs(4)), width - len(indent)))


def _code(line: str, width: int) -> Iterator[str]:
    """A line of SQL, its further rows deeper than its first."""
    depth = len(line) - len(line.lstrip())
    first, *rest = fold(line[depth:], width, first=depth, rest=depth + len(_HANG), code=True)
    yield line[:depth] + first
    yield from (line[:depth] + _HANG + row for row in rest)


def _promise(fix: Fix) -> str:
    """What a fix does and how far it can be trusted."""
    note = {
        Applicability.SAFE: "",
        Applicability.UNSAFE: " (look at it first: it may change what the migration does)",
        Applicability.DISPLAY: " (a proposal, never applied by itself)",
    }[fix.applicability]
    return fix.message + note
