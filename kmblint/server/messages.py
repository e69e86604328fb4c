"""Findings as an editor shows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from lsprotocol import types

from kmblint.errors import page_of
from kmblint.findings import Diagnostic, Severity
from kmblint.reporters.characters import visible
from kmblint.reporters.positions import ColumnUnit
from kmblint.server.folder import Answer
from kmblint.server.places import range_of
from kmblint.text import Place

_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_UNNECESSARY: Final = frozenset(
    {"unused-suppression", "expired-suppression", "no-op-update", "unused-policy", "redundant-index", "duplicate-index"}
)
"""Rules whose findings are about what could as well not be there: editors fade it."""

UriOf = Callable[[Path], str]
"""How the editor calls a file."""


def by_path(answer: Answer, unit: ColumnUnit, uri_of: UriOf) -> dict[Path, list[types.Diagnostic]]:
    """The findings of a folder, by the file that they stand in."""
    messages: dict[Path, list[types.Diagnostic]] = {}
    for diagnostic in answer.report.diagnostics:
        path = answer.paths.get(diagnostic.finding.place.file)
        if path is not None:
            messages.setdefault(path, []).append(told(diagnostic, answer, unit, uri_of))
    return messages


def told(diagnostic: Diagnostic, answer: Answer, unit: ColumnUnit, uri_of: UriOf) -> types.Diagnostic:
    """One finding, with its help and what else belongs to it."""
    finding = diagnostic.finding
    message = visible(finding.message)
    if finding.help is not None:
        message = f"{message}\nhelp: {visible(finding.help)}"
    places = [(related, location(answer, related.place, unit, uri_of)) for related in finding.related]
    return types.Diagnostic(
        range=range_of(answer.source(finding.place.file), finding.place.span, unit),
        message=message,
        severity=_SEVERITIES[diagnostic.severity],
        code=f"{diagnostic.code} {diagnostic.rule}",
        code_description=types.CodeDescription(page_of(diagnostic.rule)),
        source="kmblint",
        tags=[types.DiagnosticTag.Unnecessary] if diagnostic.rule in _UNNECESSARY else None,
        related_information=[
            types.DiagnosticRelatedInformation(location, visible(related.message))
            for related, location in places
            if location is not None
        ]
        or None,
        data={"rule": diagnostic.rule},
    )


def location(answer: Answer, place: Place, unit: ColumnUnit, uri_of: UriOf) -> types.Location | None:
    """A place of the history; None where it is in no file that is there."""
    path = answer.paths.get(place.file)
    if path is None:
        return None
    return types.Location(uri_of(path), range_of(answer.source(place.file), place.span, unit))
