"""Workflow commands that GitHub shows as annotations beside the changed lines.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import Final

from kmblint.findings import Diagnostic, Report, Severity
from kmblint.reporters.view import View

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, view: View) -> str:  # noqa: ARG001 -- every format is called alike
    """One command a line, in the order of the files."""
    return "".join(_command(report, diagnostic) for diagnostic in report.diagnostics)


def _command(report: Report, diagnostic: Diagnostic) -> str:
    place = diagnostic.finding.place
    source = report.source(place.file)
    start, end = source.position(place.span.start), source.position(place.span.end)
    properties = {"title": f"{diagnostic.code} {diagnostic.rule}", "file": report.path(place.file), "line": start.line}
    # GitHub drops an annotation that names columns on different lines.
    if start.line == end.line:
        properties |= {"col": start.column, "endLine": end.line, "endColumn": end.column}
    else:
        properties |= {"endLine": end.line}
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {written}::{_data(_text(report, diagnostic))}\n"


def _text(report: Report, diagnostic: Diagnostic) -> str:
    """The message, the other places, and what to write instead, a line each."""
    finding = diagnostic.finding
    lines = [finding.message]
    for other in finding.related:
        at = report.source(other.place.file).position(other.place.span.start)
        lines.append(f"{report.path(other.place.file)}:{at.line}:{at.column}: {other.message}")
    if finding.help:
        lines.append(f"help: {finding.help}")
    return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
