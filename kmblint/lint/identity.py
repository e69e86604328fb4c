"""Which statement of its file a place belongs to, and the identity of a finding.

Moved lines don't change it, nor does another number of the file.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from typing import Final

import msgspec

from kmblint.history.files import Migration
from kmblint.schema.changes import Change
from kmblint.sql.statement import Statement

_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Unlike msgspec's, this JSON takes the stray bytes of a file's name."""


class Layout(msgspec.Struct, frozen=True, dict=True):
    """The statements of one file, up and down, in the order of the text, each known by its index."""

    migration: Migration

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Those of up and of down."""
        both = (*self.migration.statements, *self.migration.down_statements)
        return tuple(sorted(both, key=lambda statement: statement.span))

    @cached_property
    def _ends(self) -> list[int]:
        return [
            statement.span.end if statement.semicolon is None else statement.semicolon for statement in self.statements
        ]

    def at(self, offset: int) -> int:
        """The index of the statement at an offset; what stands before a statement belongs to it.

        What stands behind the last one has the index after it.
        """
        return bisect_left(self._ends, offset)

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        """Object or keyword → the indices of the statements that are about it."""
        indices: dict[str, list[int]] = {}
        for index, statement in enumerate(self.statements):
            for name in {f"{statement.keyword} ", *_objects(statement.changes)}:
                indices.setdefault(name, []).append(index)
        return indices

    def ordinal(self, index: int, subject: str) -> int:
        """How many statements before this one are about the same object; where there is none, of the same kind."""
        for name in prefixes(subject):
            if name in self._by_name:
                return bisect_left(self._by_name[name], index)
        same_kind = f"{self.statements[index].keyword} " if index < len(self.statements) else ""
        return bisect_left(self._by_name.get(same_kind, []), index)


def _objects(changes: Iterable[Change]) -> Iterator[str]:
    return (name.text for change in changes for name in change.objects)


def prefixes(subject: str) -> Iterator[str]:
    """An object and what holds it, the nearest first: `a.b.c`, `a.b`, `a`."""
    while subject:
        yield subject
        subject = subject.rpartition(".")[0]


def names(migrations: Iterable[Migration]) -> dict[str, str]:
    """File name → what stays of it when the file is renumbered: its description; of several alike, which it is.

    A file without a number or a description goes by its whole name.
    """
    alike: Counter[str] = Counter()
    named: dict[str, str] = {}
    for migration in migrations:
        described = migration.numbered and migration.description
        name = f"{migration.description}.sql" if described else migration.file
        named[migration.file] = f"{name} {alike[name]}" if alike[name] else name
        alike[name] += 1
    return named


def fingerprint(code: str, name: str, subject: str, ordinal: int, repeated: int) -> str:
    """Sixteen hex digits of what makes a finding itself; `repeated` numbers those that are alike in all else."""
    parts = _JSON.encode((code, name, subject, ordinal, repeated))
    return sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:16]
