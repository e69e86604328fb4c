"""A foreign key that no index and no primary key begins with."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kmblint.analysis.index_fixes import with_index_fixes
from kmblint.analysis.proposals import create_index
from kmblint.findings import Applicability, Confidence, Finding
from kmblint.replay.steps import Replay
from kmblint.schema.catalog import Table
from kmblint.targets import Target
from kmblint.text import Place


class _Key(msgspec.Struct, frozen=True):
    table: Table
    columns: tuple[str, ...]
    to: str
    place: Place
    indexed: tuple[str, ...]
    """The columns of the index that it lacks: the first alone where an index drops conditions on the others."""


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """Every such key at the end of the history, with the index that a file or a follow-up migration should make."""
    findings = _found(replay, target)
    return with_index_fixes(replay.history, findings, "add_foreign_key_indexes", Applicability.SAFE)


def _found(replay: Replay, target: Target) -> Iterator[Finding]:
    for key in _keys(replay, target):
        if key.place.file not in replay.history.by_file:
            continue
        named = " and ".join(f"`{column}`" for column in key.columns)
        yield Finding(
            key.place,
            f"no index begins with {named}: looking up the `{key.table.name}` of one row of `{key.to}` "
            "reads the whole table",
            help=create_index(key.table, key.indexed),
            subject=".".join((key.table.name, *key.columns[:1])),
            confidence=Confidence.HIGH if key.table.complete else Confidence.MEDIUM,
        )


def _keys(replay: Replay, target: Target) -> Iterator[_Key]:
    heeded = target.capabilities.heeds_later_columns
    unique, partial = target.capabilities.semantics.keeps_unique, not target.capabilities.keeps_index_clauses
    for table in replay.end.in_order:
        for key, place in table.foreign_keys:
            columns = tuple(column.text for column in key.columns)
            if not all(map(table.column, columns)):
                continue
            serving = (columns,) if heeded else tuple((column,) for column in columns)
            if not any(table.searchable_by(each, unique=unique, partial=partial) for each in serving):
                yield _Key(table, columns, key.table.text, place, serving[0])
