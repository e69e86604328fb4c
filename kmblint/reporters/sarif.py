"""SARIF 2.1.0, for code scanning and the viewers of it (https://docs.oasis-open.org/sarif/sarif/v2.1.0/).

Columns are UTF-16 code units, as the readers count whatever is declared; paths start at the repository's root. Only
live findings are listed: several readers count suppressed and absent results as live ones.
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import Any, Final

from kmblint import __version__
from kmblint.errors import HOME, page_of
from kmblint.findings import Applicability, Diagnostic, Edit, Report, RuleSummary, Severity
from kmblint.reporters.json_document import written
from kmblint.reporters.positions import ColumnUnit, from_root, position, uri
from kmblint.reporters.view import View
from kmblint.text import Place

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LINK: Final = re.compile(r"\[(?=[^\[\]]*\]\(\d+\))")
"""What a reader takes for a link to a related place: `[text](1)`."""


def render(report: Report, view: View) -> str:
    """One log of one run."""
    return written(_Log(report, view).document())


class _Log:
    def __init__(self, report: Report, view: View) -> None:
        self.report = report
        self.view = view
        self.rules = list(report.rules)
        known = {rule.code for rule in self.rules}
        for diagnostic in report.diagnostics:
            if diagnostic.code not in known:  # a rule that ran for one of several histories only
                known.add(diagnostic.code)
                self.rules.append(
                    RuleSummary(diagnostic.code, diagnostic.rule, diagnostic.rule, diagnostic.severity, "")
                )
        self.index = {rule.code: number for number, rule in enumerate(self.rules)}
        self.alike: Counter[str] = Counter()

    def document(self) -> dict[str, Any]:
        """The whole log."""
        driver = {
            "name": "kmblint",
            "version": __version__,
            "semanticVersion": __version__,
            "informationUri": HOME,
            "rules": [_rule(rule) for rule in self.rules],
        }
        run = {
            "tool": {"driver": driver},
            "columnKind": "utf16CodeUnits",
            "automationDetails": {"id": f"kmblint/{self.report.history.target}/"},
            "results": [self._result(each) for each in self.report.diagnostics],
        }
        return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}

    def _result(self, diagnostic: Diagnostic) -> dict[str, Any]:
        finding = diagnostic.finding
        text = finding.message if finding.help is None else f"{finding.message}\n\nhelp: {finding.help}"
        result: dict[str, Any] = {
            "ruleId": diagnostic.code,
            "ruleIndex": self.index[diagnostic.code],
            "level": _LEVELS[diagnostic.severity],
            "message": {"text": _plain(text)},
            "locations": [{"physicalLocation": self._physical(finding.place)}],
            "partialFingerprints": {
                "kmblint/v1": diagnostic.fingerprint,
                "primaryLocationLineHash": self._line_hash(finding.place),
            },
            "properties": {"slug": diagnostic.rule, "confidence": finding.confidence.value},
        }
        if finding.related:
            result["relatedLocations"] = [
                {
                    "id": number,
                    "physicalLocation": self._physical(other.place),
                    "message": {"text": _plain(other.message)},
                }
                for number, other in enumerate(finding.related, start=1)
            ]
        fix = finding.fix
        if fix is not None and fix.edits and fix.applicability is not Applicability.DISPLAY:
            result["fixes"] = [
                {"description": {"text": _plain(fix.message)}, "artifactChanges": self._edits(fix.edits)}
            ]
        return result

    def _edits(self, edits: tuple[Edit, ...]) -> list[dict[str, Any]]:
        """The replacements of each file; a reader fails on one without `insertedContent`."""
        by_file: dict[str, list[Edit]] = {}
        for edit in edits:
            by_file.setdefault(edit.place.file, []).append(edit)
        return [
            {
                "artifactLocation": self._artifact(file),
                "replacements": [
                    {"deletedRegion": self._region(edit.place), "insertedContent": {"text": edit.replacement}}
                    for edit in members
                ],
            }
            for file, members in by_file.items()
        ]

    def _physical(self, place: Place) -> dict[str, Any]:
        return {"artifactLocation": self._artifact(place.file), "region": self._region(place)}

    def _artifact(self, file: str) -> dict[str, str]:
        return {"uri": uri(from_root(self.report, file, self.view.prefix))}

    def _region(self, place: Place) -> dict[str, int]:
        source = self.report.source(place.file)
        start, end = (position(source, offset, ColumnUnit.UTF16) for offset in (place.span.start, place.span.end))
        return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}

    def _line_hash(self, place: Place) -> str:
        """The line's text, hashed, and which of the run's results with such a line it is: moved lines keep it."""
        source = self.report.source(place.file)
        text = " ".join(source.line(source.position(place.span.start).line).split())
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self.alike[digest] += 1
        return f"{digest}:{self.alike[digest]}"


def _rule(rule: RuleSummary) -> dict[str, Any]:
    """A rule in a few words: readers print the whole of `help` before every message, so the card is behind a link."""
    page = page_of(rule.slug)
    return {
        "id": rule.code,
        "name": rule.slug,
        "shortDescription": {"text": _plain(rule.summary)},
        "help": {"text": f"kmblint explain {rule.code}, or {page}"},
        "helpUri": page,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.category] if rule.category else []},
    }


def _plain(text: str) -> str:
    return _LINK.sub(r"\\[", text)
