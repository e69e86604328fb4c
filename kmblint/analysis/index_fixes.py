"""Fixes that make an index: at the end of the file that lacks it, or in a migration behind the others."""

from __future__ import annotations

from collections.abc import Iterable

from kmblint.findings import Applicability, Edit, Fix, NewFile
from kmblint.history.files import History, Migration
from kmblint.text import Span


def index_fixes(
    history: History,
    lacking: Iterable[tuple[str, str]],
    description: str,
    applicability: Applicability = Applicability.SAFE,
) -> dict[str, Fix]:
    """By file the indexes that it lacks, given as file and CREATE INDEX; of all applied files in one new migration."""
    by_file: dict[str, dict[str, None]] = {}
    for file, line in lacking:
        by_file.setdefault(file, {})[line] = None
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
