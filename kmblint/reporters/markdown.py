"""The report as a comment on a pull request, in GitHub's Markdown."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from kmblint.findings import Diagnostic, Report
from kmblint.reporters.characters import visible
from kmblint.reporters.full import draw_below
from kmblint.reporters.paint import Paint
from kmblint.reporters.tally import counts_by_rule, headline, summary, worst_first
from kmblint.reporters.view import PAGE, View

MARKER: Final = "<!-- kmblint report -->"
"""The first line, by which a bot finds its comment again to update it."""
BUDGET: Final = 60_000
"""Characters of a whole comment; GitHub refuses more than 65,536."""


def render(report: Report, view: View) -> str:
    """A headline, then a fold a finding, the worst first; what doesn't fit is counted."""
    head = f"{MARKER}\n### kmblint: {headline(report)}\n\n"
    tail = "" if view.quiet else f"<sub>{_inline(summary(report))}</sub>\n"
    if view.statistics:
        return head + (f"{_fenced(counts_by_rule(report))}\n" if report.diagnostics else "") + tail
    diagnostics = worst_first(report)
    folds: list[str] = []
    room = BUDGET - len(head) - len(tail) - len(_left_out(len(diagnostics)))
    for diagnostic in diagnostics:
        fold = _fold(report, diagnostic)
        if len(fold) > room:
            break
        room -= len(fold)
        folds.append(fold)
    more = _left_out(len(diagnostics) - len(folds)) if len(folds) < len(diagnostics) else ""
    return head + "".join(folds) + more + tail


def _left_out(count: int) -> str:
    return f"**… and {count} more:** `kmblint check` shows them all.\n\n"


def _fold(report: Report, diagnostic: Diagnostic) -> str:
    """One line to see, the frame behind it."""
    place = diagnostic.finding.place
    at = report.source(place.file).position(place.span.start)
    where = escape(f"{visible(report.path(place.file))}:{at.line}")
    title = f"<b>{diagnostic.severity.value}</b> <code>{diagnostic.code} {diagnostic.rule}</code> <code>{where}</code>"
    message = _inline(visible(diagnostic.finding.message))
    frame = _fenced("\n".join(draw_below(report, diagnostic, Paint(), PAGE)))
    return f"<details><summary>{title}<br>{message}</summary>\n\n{frame}\n</details>\n\n"


def _inline(text: str) -> str:
    """Text inside HTML: names in backticks as code, and an `@` outside of code that calls nobody."""
    parts = escape(text, quote=False).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    named = (
        f"<code>{part}</code>" if number % 2 else part.replace("@", "@<!-- -->") for number, part in enumerate(parts)
    )
    return "".join(named)


def _fenced(text: str) -> str:
    """The text as a code block, with a fence longer than any that stands in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"
