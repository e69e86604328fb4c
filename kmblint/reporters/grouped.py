"""The findings under the file that they stand in, a line each: an overview of a large history."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kmblint.findings import Diagnostic, Report
from kmblint.reporters.characters import fold, visible
from kmblint.reporters.paint import Paint
from kmblint.reporters.positions import position
from kmblint.reporters.tally import summary
from kmblint.reporters.view import View


def render(report: Report, view: View) -> str:
    """The files in their order, and the summary."""
    paint = Paint(view.color, view.links)
    lines: list[str] = []
    for file, members in groupby(report.diagnostics, key=lambda diagnostic: diagnostic.finding.place.file):
        lines += [paint("strong", visible(report.path(file))), *_rows(report, list(members), paint, view), ""]
    if not view.quiet:
        lines.append(summary(report))
    return "\n".join(lines) + "\n" if lines else ""


def _rows(report: Report, members: list[Diagnostic], paint: Paint, view: View) -> Iterator[str]:
    places = []
    for member in members:
        where = position(report.source(member.finding.place.file), member.finding.place.span.start, view.column_unit)
        places.append(f"{where.line}:{where.column}")
    width = max(map(len, places))
    for member, place in zip(members, places, strict=True):
        head = f"{member.severity.value:<7}  {member.code}  "
        lead = 2 + width + 2
        first, *rest = fold(
            f"{visible(member.finding.message)} ({member.rule})", view.width, first=lead + len(head), rest=lead
        )
        shown = f"{member.severity.value:<7}  {paint.rule(member.rule, member.code)}"
        yield f"  {place:>{width}}  {paint.severity(member.severity, shown)}  {first}"
        yield from (" " * lead + line for line in rest)
