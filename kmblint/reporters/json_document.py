"""The report as JSON, version 1, for programs.

Lines and columns are 1-based, columns and offsets counted in characters, ends exclusive;
paths are relative to the working directory, with `/`. `summary.hidden` counts the findings that are held back because
only an edit of an applied file could mend them.
"""

from __future__ import annotations

import json
from typing import Any, Final

from kmblint import __version__
from kmblint.findings import Diagnostic, Fix, Report
from kmblint.reporters.view import View
from kmblint.text import Place

VERSION: Final = 1
"""Raised when a key changes its meaning or goes; a new key doesn't raise it."""


def render(report: Report, view: View) -> str:  # noqa: ARG001 -- every format is called alike
    """One object, indented by two spaces."""
    return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as plain dictionaries, keys in the order in which they are written."""
    history, summary = report.history, report.summary
    return {
        "version": VERSION,
        "tool": {"name": "kmblint", "version": __version__},
        "history": {
            "root": history.root,
            "target": history.target,
            "migrations": history.migrations,
            "applied_through": history.applied_through,
        },
        "findings": [_finding(report, diagnostic) for diagnostic in report.diagnostics],
        "summary": {
            "error": summary.error,
            "warning": summary.warning,
            "info": summary.info,
            "suppressed": summary.suppressed,
            "hidden": summary.hidden,
            "fixable": summary.fixable,
        },
    }


def _finding(report: Report, diagnostic: Diagnostic) -> dict[str, Any]:
    finding = diagnostic.finding
    where = _where(report, finding.place)
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "help": finding.help,
        "path": where.pop("path"),
        "migration": diagnostic.migration,
        **where,
        "related": [{**_where(report, other.place), "message": other.message} for other in finding.related],
        "fix": _fix(report, finding.fix) if finding.fix else None,
        "fingerprint": diagnostic.fingerprint,
    }


def _fix(report: Report, fix: Fix) -> dict[str, Any]:
    """`files` only where the fix makes or renames files."""
    shown: dict[str, Any] = {
        "message": fix.message,
        "applicability": fix.applicability.value,
        "edits": [{**_where(report, edit.place), "replacement": edit.replacement} for edit in fix.edits],
    }
    if fix.files:
        shown["files"] = [{"name": file.name, "text": file.text, "replaces": file.replaces} for file in fix.files]
    return shown


def _where(report: Report, place: Place) -> dict[str, Any]:
    return {
        "path": report.path(place.file),
        "start": _position(report, place.file, place.span.start),
        "end": _position(report, place.file, place.span.end),
    }


def _position(report: Report, file: str, offset: int) -> dict[str, int]:
    at = report.source(file).position(offset)
    return {"line": at.line, "column": at.column, "offset": offset}
