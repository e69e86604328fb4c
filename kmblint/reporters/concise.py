"""One line a finding and nothing else, for editors: `path:line:column: CODE slug message`."""

from __future__ import annotations

from kmblint.findings import Diagnostic, Report
from kmblint.reporters.characters import visible
from kmblint.reporters.view import View


def render(report: Report, view: View) -> str:  # noqa: ARG001 -- every format is called alike
    """The findings in the order of the files."""
    return "".join(_line(report, diagnostic) for diagnostic in report.diagnostics)


def _line(report: Report, diagnostic: Diagnostic) -> str:
    place = diagnostic.finding.place
    at = report.source(place.file).position(place.span.start)
    where = f"{visible(report.path(place.file))}:{at.line}:{at.column}"
    return f"{where}: {diagnostic.code} {diagnostic.rule} {visible(diagnostic.finding.message)}\n"
