"""Fixes that make an index: at the end of the file that lacks it, or in a migration behind the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from kmblint.findings import Applicability, Edit, Finding, Fix, NewFile
from kmblint.history.files import History, Migration
from kmblint.text import Span

_MOST_TOGETHER: Final = 50
"""Indexes of one fix: each of its findings holds the whole of it. The next ones are offered once these are there."""


def with_index_fixes(
    history: History, findings: Iterable[Finding], description: str, applicability: Applicability
) -> Iterator[Finding]:
    """Findings whose help is the CREATE INDEX that their file lacks, with the fix that adds all that it lacks.

    What applied files lack is made by one new migration of that description. Of a file that lacks more than fifty,
    the first fifty are fixed.
    """
    unfixed = list(findings)
    by_file: dict[str, dict[str, None]] = {}
    for finding in unfixed:
        lines = by_file.setdefault(finding.place.file, {})
        if len(lines) < _MOST_TOGETHER:
            lines[finding.help or ""] = None
    fixes = _fixes(history, by_file, description, applicability)
    for finding in unfixed:
        is_among = (finding.help or "") in by_file[finding.place.file]
        yield replace(finding, fix=fixes.get(finding.place.file) if is_among else None)


def _fixes(
    history: History, by_file: dict[str, dict[str, None]], description: str, applicability: Applicability
) -> dict[str, Fix]:
    applied = [file for file in by_file if history.is_applied(file)]
    text = "".join(f"{line}\n" for line in dict.fromkeys(line for file in applied for line in by_file[file]))
    name = history.next_file(description)
    follow_up = Fix(f"add `{name}` with the missing indexes", (), applicability, (NewFile(name, text),))
    message = "create the missing index at the end of the file"
    return {
        file: Fix(message, (_append(history.by_file[file], lines),), applicability)
        for file, lines in by_file.items()
        if file != history.baseline_file and history.by_file[file].statements
    } | dict.fromkeys(applied, follow_up)


def _append(migration: Migration, lines: Iterable[str]) -> Edit:
    """An insertion behind the last statement of up, whose `;` it adds where there is none."""
    last = migration.statements[-1]
    end = last.span.end if last.semicolon is None else last.semicolon + 1
    lead = ";" if last.semicolon is None else ""
    return Edit(migration.place(Span(end, end)), f"{lead}\n\n" + "\n".join(lines))
