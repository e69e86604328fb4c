"""The report as JSON, version 1, for programs.

Lines and columns are 1-based, columns and offsets counted in characters, ends exclusive;
paths are relative to the working directory, with `/`. A path that isn't UTF-8 has its bytes spelt (`caf\\xe9.sql`), and
beside it `path_uri` holds them percent-encoded. `summary.hidden` counts the findings that are held back because
only an edit of an applied file could mend them, or because the revision that the folder is held against has them too;
`summary.baselined` those that the baseline knows.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from kmblint import __version__
from kmblint.findings import Diagnostic, Fix, Report
from kmblint.reporters.positions import uri, utf8
from kmblint.reporters.view import View
from kmblint.text import Place

VERSION: Final = 1
"""Raised when a key changes its meaning or goes; a new key doesn't raise it."""


def render(report: Report, view: View) -> str:  # noqa: ARG001 -- every format is called alike
    """One object, indented by two spaces."""
    return written(document(report))


def written(value: object) -> str:
    """A value of plain dictionaries, lists and texts as JSON, indented by two spaces."""
    return msgspec.json.format(encoded(value), indent=2).decode() + "\n"


def encoded(value: object) -> bytes:
    """The same on one line, for whoever counts lines; bytes of a path that are no UTF-8 are spelt out.

    Nothing in it begins a command to a CI runner that reads logs, as `##[` does wherever it stands.
    """
    try:
        text = msgspec.json.encode(value)
    except UnicodeEncodeError:
        text = msgspec.json.encode(_spelt(value))
    for separator in ("\x85", "\u2028", "\u2029"):
        text = text.replace(separator.encode(), f"\\u{ord(separator):04x}".encode())
    return text.replace(b"##", b"#\\u0023")


def _spelt(value: Any) -> Any:
    match value:
        case str():
            return utf8(value)
        case dict():
            return {key: _spelt(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_spelt(inner) for inner in value]
    return value


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
        "findings": [finding(report, diagnostic) for diagnostic in report.diagnostics],
        "summary": {
            "error": summary.error,
            "warning": summary.warning,
            "info": summary.info,
            "suppressed": summary.suppressed,
            "hidden": summary.hidden,
            "baselined": summary.baselined,
            "fixable": summary.fixable,
        },
    }


def finding(report: Report, diagnostic: Diagnostic) -> dict[str, Any]:
    """One finding as plain dictionaries."""
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
    path = report.path(place.file)
    text = utf8(path)
    return {
        "path": text,
        **({} if text == path else {"path_uri": uri(path)}),
        "start": _position(report, place.file, place.span.start),
        "end": _position(report, place.file, place.span.end),
    }


def _position(report: Report, file: str, offset: int) -> dict[str, int]:
    place = report.source(file).position(offset)
    return {"line": place.line, "column": place.column, "offset": offset}
