"""Reviewdog's JSON (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf): columns count bytes.

Paths are relative to the working directory, which reviewdog's filter of a diff goes by.
"""

from __future__ import annotations

from typing import Any, Final

from kmblint.errors import HOME, page_of
from kmblint.findings import Applicability, Diagnostic, Report, Severity
from kmblint.reporters.json_document import written
from kmblint.reporters.positions import ColumnUnit, position, utf8
from kmblint.reporters.view import View
from kmblint.text import Place

_SEVERITIES: Final = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}
"""In lower case they are no severity to reviewdog, and it says nothing."""


def render(report: Report, view: View) -> str:  # noqa: ARG001 -- every format is called alike
    """One result of one source."""
    document = {
        "source": {"name": "kmblint", "url": HOME},
        "diagnostics": [_diagnostic(report, each) for each in report.diagnostics],
    }
    return written(document)


def _diagnostic(report: Report, diagnostic: Diagnostic) -> dict[str, Any]:
    finding = diagnostic.finding
    shown: dict[str, Any] = {
        "message": finding.message if finding.help is None else f"{finding.message}\nhelp: {finding.help}",
        "location": _location(report, finding.place),
        "severity": _SEVERITIES[diagnostic.severity],
        "code": {"value": diagnostic.code, "url": page_of(diagnostic.rule)},
    }
    if finding.related:
        shown["related_locations"] = [
            {"message": other.message, "location": _location(report, other.place)} for other in finding.related
        ]
    fix = finding.fix
    if fix is not None and fix.applicability is not Applicability.DISPLAY:
        edits = [edit for edit in fix.edits if edit.place.file == finding.place.file]
        if edits and len(edits) == len(fix.edits):
            shown["suggestions"] = [{"range": _range(report, edit.place), "text": edit.replacement} for edit in edits]
    return shown


def _location(report: Report, place: Place) -> dict[str, Any]:
    return {"path": utf8(report.path(place.file)), "range": _range(report, place)}


def _range(report: Report, place: Place) -> dict[str, Any]:
    source = report.source(place.file)
    ends = (position(source, offset, ColumnUnit.BYTES) for offset in (place.span.start, place.span.end))
    start, end = ({"line": position.line, "column": position.column} for position in ends)
    return {"start": start, "end": end}
