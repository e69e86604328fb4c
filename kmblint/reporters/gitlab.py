"""A Code Quality report for GitLab's merge requests (https://docs.gitlab.com/ci/testing/code_quality/).

`type` and `categories` are Code Climate's: Jenkins' reader of this format needs them. Paths start at the repository's
root, as GitLab wants them.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from kmblint.findings import Diagnostic, Report, Severity
from kmblint.reporters.json_document import written
from kmblint.reporters.positions import from_root, utf8
from kmblint.reporters.view import View

_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report, view: View) -> str:
    """A list of issues in the order of the files; empty where nothing is found."""
    seen: set[str] = set()
    issues = [_issue(report, diagnostic, view, seen) for diagnostic in report.diagnostics]
    return written(issues)


def _issue(report: Report, diagnostic: Diagnostic, view: View, seen: set[str]) -> dict[str, Any]:
    finding = diagnostic.finding
    source = report.source(finding.place.file)
    path = utf8(from_root(report, finding.place.file, view.prefix))
    lines = {
        "begin": source.position(finding.place.span.start).line,
        "end": source.position(finding.place.span.end).line,
    }
    return {
        "type": "issue",
        "check_name": f"{diagnostic.code} {diagnostic.rule}",
        "description": finding.message,
        "content": {"body": finding.help or ""},
        "categories": ["Bug Risk"],
        "severity": _SEVERITIES[diagnostic.severity],
        "fingerprint": _unique(diagnostic.fingerprint, path, seen),
        "location": {"path": path, "lines": lines},
    }


def _unique(fingerprint: str, path: str, seen: set[str]) -> str:
    """The fingerprint; of two histories' files that share one, the later gets another: of equal ones the last wins."""
    number = 0
    unique = fingerprint
    while unique in seen:
        number += 1
        unique = sha256(f"{fingerprint} {path} {number}".encode()).hexdigest()[:16]
    seen.add(unique)
    return unique
