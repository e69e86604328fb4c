"""One report of several histories."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import asdict, replace

from kmblint.findings import Diagnostic, Finding, Fix, HistorySummary, Report, RuleSummary, Summary
from kmblint.text import Place


def merged(reports: Sequence[Report]) -> Report:
    """The reports in their order as one; files are then called by their paths, as two folders may share a name."""
    if len(reports) == 1:
        return reports[0]
    return Report(
        diagnostics=tuple(_renamed(report, diagnostic) for report in reports for diagnostic in report.diagnostics),
        summary=_added([report.summary for report in reports]),
        history=_facts([report.history for report in reports]),
        sources={source.path: source for report in reports for source in report.sources.values()},
        rules=tuple(sorted({rule.code: rule for report in reports for rule in report.rules}.values(), key=_code)),
    )


def _code(rule: RuleSummary) -> str:
    return rule.code


def _added(summaries: Sequence[Summary]) -> Summary:
    counts = [asdict(summary) for summary in summaries]
    return Summary(**{key: sum(count[key] for count in counts) for key in counts[0]})


def _facts(histories: Sequence[HistorySummary]) -> HistorySummary:
    """What the histories share: their common folder, their targets, the sum of their files."""
    applied = {history.applied_through for history in histories}
    roots = [os.path.normpath(history.root) for history in histories]
    mixed = len({Path(root).is_absolute() for root in roots}) > 1
    return HistorySummary(
        root=", ".join(roots) if mixed else (os.path.commonpath(roots) or ".").replace(os.sep, "/"),
        target=", ".join(dict.fromkeys(history.target for history in histories)),
        migrations=sum(history.migrations for history in histories),
        applied_through=applied.pop() if len(applied) == 1 else None,
        notes=tuple(dict.fromkeys(note for history in histories for note in history.notes)),
    )


def _renamed(report: Report, diagnostic: Diagnostic) -> Diagnostic:
    def place(old: Place) -> Place:
        return Place(report.path(old.file), old.span)

    def fix(old: Fix) -> Fix:
        return replace(old, edits=tuple(replace(edit, place=place(edit.place)) for edit in old.edits))

    old: Finding = diagnostic.finding
    finding = replace(
        old,
        place=place(old.place),
        related=tuple(replace(other, place=place(other.place)) for other in old.related),
        fix=fix(old.fix) if old.fix else None,
    )
    return replace(diagnostic, finding=finding)
