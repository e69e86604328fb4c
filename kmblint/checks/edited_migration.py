"""An applied migration whose file was changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from kmblint.analysis.follow_up import follow_up
from kmblint.findings import Applicability, Finding, Fix, NewFile, Related, point
from kmblint.history.files import History, Migration, checksum
from kmblint.history.folder import number_of
from kmblint.history.sections import split
from kmblint.history.state import APPLIED, LOCK, Record
from kmblint.text import Source

_MOST_LINES: Final = 12
"""Lines of a difference that are shown."""


def check(history: History) -> Iterator[Finding]:
    """Every file of which git, the lock or applied.toml knows another content."""
    for number, files in history.by_number.items():
        migrations = [history.by_file[file] for file in files if file in history.by_file]
        records = [
            (name, record)
            for name, known in ((LOCK, history.state.locked), (APPLIED, history.state.applied_here))
            if (record := known.get(number)) and _differs(history, record, migrations)
        ]
        applied = history.state.applied_here.get(number)
        if applied and all(name == LOCK for name, _ in records):
            records = []  # the files are as they were applied, and the lock is what is wrong: `damaged-state` says it
        for migration in migrations:
            old = _released(history, migration)
            edited = old is not None and checksum(old.text, split(old).header) != migration.checksum
            # Of two files with one number, the state files can't say which is meant: the first stands for both.
            knowing = records if migration is migrations[0] else []
            if edited or knowing:
                yield _finding(history, migration, old if edited else None, knowing)


def _differs(history: History, record: Record, migrations: list[Migration]) -> bool:
    """Whether no file of its number has the recorded content, nor one that it was renumbered to."""
    readable = all(migration.readable for migration in migrations)
    return readable and not any(migration.checksum == record.checksum for migration in history.migrations)


def _released(history: History, migration: Migration) -> Source | None:
    """What the revision holds under this name, or under this number where the description is new."""
    released = history.released or {}
    if migration.file in released:
        return released[migration.file]
    renamed = [name for name in released if name not in history.by_file and number_of(name) == migration.number]
    if not migration.applied or len(renamed) != 1:
        return None
    old = released[renamed[0]]
    moved = any(other.checksum == checksum(old.text, split(old).header) for other in history.migrations)
    return None if moved else old


def _finding(history: History, migration: Migration, old: Source | None, records: list[tuple[str, Record]]) -> Finding:
    knowing = [f"`{history.since}`"] if old is not None else []
    knowing += [f"`{name}`" for name, _ in records]
    applied = "applied" if old is not None or migration.applied or any(n == APPLIED for n, _ in records) else "locked"
    proposed = follow_up(old, migration) if old is not None else ""
    name = history.next_file(f"{migration.description}_continued")
    return Finding(
        point(migration.file),
        f"`{migration.file}` is {applied} and was edited: {_listed(knowing)} "
        f"{'knows' if len(knowing) == 1 else 'know'} another content, and the runner notices nothing",
        help="restore the file, and write a new migration with what is to change"
        + _difference(old, migration)
        + (f"\n`{name}` would then say:\n{proposed.rstrip()}" if proposed else ""),
        related=tuple(Related(record.place, "the checksum that was recorded") for _, record in records),
        fix=Fix(
            f"restore the file, and write what was added as `{name}`",
            applicability=Applicability.DISPLAY,
            files=(NewFile(name, proposed),),
        )
        if proposed
        else None,
    )


def _listed(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} and {names[2]}"


def _difference(old: Source | None, migration: Migration) -> str:
    """The changed lines, below the sentence they belong to; empty where the old text isn't known."""
    if old is None:
        return ""
    lines = [
        line
        for line in difflib.unified_diff(old.text.splitlines(), migration.source.text.splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    more = [f"… and {len(lines) - _MOST_LINES} lines more"] if len(lines) > _MOST_LINES else []
    return "".join(f"\n{line}" for line in [*lines[:_MOST_LINES], *more])
