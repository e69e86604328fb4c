"""One line a finding and nothing else, for editors: `path:line:column: severity: CODE slug message`."""

from __future__ import annotations

from kmblint.findings import Diagnostic, Report
from kmblint.reporters.characters import visible
from kmblint.reporters.positions import located
from kmblint.reporters.view import View


def render(report: Report, view: View) -> str:
    """The findings in the order of the files."""
    return "".join(_line(report, diagnostic, view) for diagnostic in report.diagnostics)


def _line(report: Report, diagnostic: Diagnostic, view: View) -> str:
    # The word behind the position is what Emacs, Vim, reviewdog and Jenkins know a severity by. Advice is `info`: one
    # line a finding, because Jenkins takes a `note` line for a part of the message above it.
    where = located(report, diagnostic.finding.place, view.column_unit)
    message = visible(diagnostic.finding.message)
    return f"{where}: {diagnostic.severity.value}: {diagnostic.code} {diagnostic.rule} {message}\n"
