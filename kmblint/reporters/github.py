"""Workflow commands that GitHub shows as annotations beside the changed lines.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
GitHub keeps ten annotations of a kind a step and 4,096 characters of each, so the worst come first, what to write
instead stands before the other places, and where more are found, one of the notices counts them.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from kmblint.findings import Diagnostic, Report, Severity
from kmblint.reporters.characters import visible
from kmblint.reporters.positions import from_root, located
from kmblint.reporters.tally import headline, worst_first
from kmblint.reporters.view import View

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_KEPT: Final = 10


def render(report: Report, view: View) -> str:
    """One command a line, the worst first; a notice that counts all comes before the other notices."""
    by_severity = {
        severity: list(members)
        for severity, members in groupby(worst_first(report), key=lambda diagnostic: diagnostic.severity)
    }
    lost = sum(max(0, len(members) - _KEPT) for members in by_severity.values())
    commands: list[str] = []
    for severity in Severity:
        if severity is Severity.INFO and lost:
            commands.append(f"::notice title=kmblint::{_data(_counted(report, lost))}\n")
        commands += (_command(report, diagnostic, view) for diagnostic in by_severity.get(severity, ()))
    return "".join(commands)


def _counted(report: Report, lost: int) -> str:
    return f"{headline(report)}; GitHub shows {_KEPT} of a kind and leaves out {lost}: all of them are in the log"


def _command(report: Report, diagnostic: Diagnostic, view: View) -> str:
    place = diagnostic.finding.place
    source = report.source(place.file)
    start, end = source.position(place.span.start), source.position(place.span.end)
    properties: dict[str, object] = {
        "title": f"{diagnostic.code} {diagnostic.rule}",
        "file": visible(from_root(report, place.file, view.prefix)),
        "line": start.line,
    }
    # GitHub drops an annotation that names columns on different lines.
    if start.line == end.line:
        properties |= {"col": start.column, "endLine": end.line, "endColumn": end.column}
    else:
        properties |= {"endLine": end.line}
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {written}::{_data(_text(report, diagnostic))}\n"


def _text(report: Report, diagnostic: Diagnostic) -> str:
    """The message, what to write instead, and the other places, a line each."""
    finding = diagnostic.finding
    lines = [visible(finding.message)]
    if finding.help:
        lines += [visible(line) for line in f"help: {finding.help}".split("\n")]
    lines += [f"{located(report, other.place)}: {visible(other.message)}" for other in finding.related]
    return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
