"""An applied migration whose file was changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from kmblint.analysis.follow_up import follow_up
from kmblint.findings import Applicability, Finding, Fix, NewFile, Related, point
from kmblint.history.files import History, Migration
from kmblint.history.names import number_of
from kmblint.history.state import APPLIED, LOCK, Record
from kmblint.text import Source
from kmblint.wording import listed

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
            edited = history.edited.get(migration.file)
            # Of two files with one number, the state files can't say which is meant: the first stands for both.
            knowing = records if migration is migrations[0] else []
            if edited is not None and not _is_renumbered(history, migration):
                yield _finding(history, edited, _released(history, migration), knowing)
            elif knowing:
                settled = history.released is not None and migration.file in history.released
                yield replace(_finding(history, migration, None, knowing), settled=settled)


def _differs(history: History, record: Record, migrations: list[Migration]) -> bool:
    """Whether no file of its number has the recorded content, nor one that it was renumbered to."""
    readable = all(migration.readable for migration in migrations)
    return readable and not any(here.checksum == record.checksum for here in _here(history))


def _here(history: History) -> Iterator[Migration]:
    """What the folder holds."""
    for migration in history.migrations:
        if migration.file not in history.absent:
            yield history.edited.get(migration.file, migration)


def _is_renumbered(history: History, migration: Migration) -> bool:
    """Whether a file of another name has the released content of this number."""
    name = migration.file in (history.released or {})
    return not name and any(here.checksum == migration.checksum for here in _here(history))


def _released(history: History, migration: Migration) -> Source:
    """What the revision holds: under this name, or under this number where the description is new."""
    released = history.released or {}
    if migration.file in released:
        return released[migration.file]
    return next(source for name, source in released.items() if number_of(name) == migration.number)


def _finding(history: History, migration: Migration, old: Source | None, records: list[tuple[str, Record]]) -> Finding:
    knowing = [f"`{history.since}`"] if old is not None else []
    knowing += [f"`{name}`" for name, _ in records]
    applied = "applied" if old is not None or migration.applied or any(n == APPLIED for n, _ in records) else "locked"
    proposed = follow_up(old, migration) if old is not None else ""
    name = history.next_file(f"{migration.description}_continued")
    return Finding(
        point(migration.file),
        f"`{migration.file}` is {applied} and was edited: {listed(knowing)} "
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
