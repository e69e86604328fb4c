"""A date that is usually searched by, without an index."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from kmblint.analysis.index_fixes import with_index_fixes
from kmblint.analysis.proposals import create_index
from kmblint.findings import Applicability, Confidence, Finding
from kmblint.replay.steps import Replay
from kmblint.schema.types import Family


def check(replay: Replay, *, names: tuple[str, ...]) -> Iterator[Finding]:
    """Each date or timestamp column of such a name that no index begins with at the end of the history."""
    return with_index_fixes(replay.history, _found(replay, names), "add_date_indexes", Applicability.UNSAFE)


def _found(replay: Replay, names: tuple[str, ...]) -> Iterator[Finding]:
    for table in replay.end.in_order:
        for column in table.columns:
            if column.type.family not in {Family.DATE, Family.TIMESTAMP} or table.searchable_by((column.name,)):
                continue
            searched = any(fnmatchcase(column.name.casefold(), name) for name in names)
            if searched and column.made.file in replay.history.by_file:
                yield Finding(
                    column.made,
                    f"`{table.name}.{column.name}` is a date as they are searched by, and no index begins with it",
                    help=create_index(table, (column.name,)),
                    subject=f"{table.name}.{column.name}",
                    confidence=Confidence.MEDIUM,
                )
