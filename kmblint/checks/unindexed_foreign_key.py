"""A foreign key that no index and no primary key begins with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from kmblint.analysis.proposals import create_index
from kmblint.findings import Confidence, Edit, Finding, Fix, NewFile
from kmblint.history.files import History, Migration
from kmblint.replay.steps import Replay
from kmblint.schema.catalog import Table
from kmblint.targets import Target
from kmblint.text import Place, Span


class _Key(msgspec.Struct, frozen=True):
    table: Table
    columns: tuple[str, ...]
    to: str
    place: Place
    indexed: tuple[str, ...]
    """The columns of the index that it lacks: the first alone where an index drops conditions on the others."""


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """Every such key at the end of the history, with the index that a file or a follow-up migration should make."""
    history = replay.history
    keys = [key for key in _keys(replay, target) if key.place.file in history.by_file]
    fixes = _fixes(history, keys)
    for key in keys:
        named = " and ".join(f"`{column}`" for column in key.columns)
        yield Finding(
            key.place,
            f"no index begins with {named}: looking up the `{key.table.name}` of one row of `{key.to}` "
            "reads the whole table",
            help=create_index(key.table, key.indexed),
            fix=fixes[key.place.file],
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


def _fixes(history: History, keys: Iterable[_Key]) -> dict[str, Fix]:
    """For each file the indexes that it lacks, at its end; those of all applied files in one new migration."""
    lacking: dict[str, dict[str, None]] = {}
    for key in keys:
        lacking.setdefault(key.place.file, {})[create_index(key.table, key.indexed)] = None
    applied = [file for file in lacking if history.by_file[file].applied]
    text = "".join(f"{line}\n" for line in dict.fromkeys(line for file in applied for line in lacking[file]))
    name = history.next_file("add_foreign_key_indexes")
    follow_up = Fix(f"add `{name}` with the missing indexes", files=(NewFile(name, text),))
    message = "create the missing index at the end of the file"
    return {
        file: Fix(message, edits=(_append(history.by_file[file], lines),)) for file, lines in lacking.items()
    } | dict.fromkeys(applied, follow_up)


def _append(migration: Migration, lines: Iterable[str]) -> Edit:
    """An insertion behind the last statement of up, whose `;` it adds where there is none."""
    last = migration.statements[-1]
    end = last.span.end if last.semicolon is None else last.semicolon + 1
    lead = ";" if last.semicolon is None else ""
    return Edit(migration.place(Span(end, end)), f"{lead}\n\n" + "\n".join(lines))
