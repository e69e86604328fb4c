"""The folder of migrations: found, numbered and ordered; each file with its header, up and down.

Numbers, header and halves are the runner's (crates/kimberlite-migration/src/file.rs).
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from kmblint.sql.scanner import Piece
from kmblint.sql.statement import Statement
from kmblint.text import Place, Source, Span


class Header(msgspec.Struct, frozen=True):
    """The leading comment lines: what the runner reads from them, and where each stands."""

    span: Span
    """From the first character to the first SQL line."""
    name: str | None = None
    """`-- Migration: name`, which the runner records."""
    name_span: Span | None = None
    created: str | None = None
    author: str | None = None
    failed: str | None = None
    """`-- Failed: why`: the file was marked failed and a later one of its number takes its place."""


class Migration(msgspec.Struct, frozen=True, dict=True):
    """One numbered file."""

    file: str
    """Its name in the folder; how places call it."""
    path: Path
    source: Source
    digits: str
    """What stands before the first `_`, as written."""
    number: int | None
    """What the runner reads from it as u32; None where it can't (`+1` and `0` pass)."""
    description: str
    header: Header
    up: Span
    """What was meant as up: behind the header, before the first marker, the guide's `-- DOWN:` line included."""
    sent: Span
    """What the runner takes as up: behind the header, before the first `-- Down Migration` wherever it stands."""
    down: Span | None
    """What was meant as down: behind the marker; None where there is none."""
    statements: tuple[Statement, ...]
    """Of `up`."""
    pieces: tuple[Piece, ...]
    """Of `sent`."""
    down_statements: tuple[Statement, ...] = ()
    down_pieces: tuple[Piece, ...] = ()
    marker: Span | None = None
    """Where the marker that ends up stands."""
    applied: bool = False
    """It is said to have been applied: its file is frozen, and it happened as it happened."""
    failed: bool = False
    """It is marked failed (header or `[history] failed`): it isn't replayed."""

    @property
    def id(self) -> str:
        """How messages call it: the number as written (`0003`), or the file name where there is none."""
        return self.digits if self.number is not None else self.file

    def place(self, span: Span) -> Place:
        """A span of this file as a place."""
        return Place(self.file, span)


class Unreadable(msgspec.Struct, frozen=True):
    """A `*.sql` that can't be read as text: why, and where (`offset` in bytes)."""

    file: str
    path: Path
    reason: str
    help: str
    offset: int | None = None
    line: int = 1


class Stray(msgspec.Struct, frozen=True):
    """Something beside the migrations that the runner never reads though it looks like one."""

    file: str
    """Relative to the folder, with `/`."""
    reason: str
    help: str


class History(msgspec.Struct, frozen=True, dict=True):
    """The ordered sequence of migrations in one folder, and what is known of their state."""

    root: Path
    """The folder."""
    migrations: tuple[Migration, ...]
    """In the runner's order: by number; equal numbers by name (the runner leaves those undefined)."""
    unreadable: tuple[Unreadable, ...] = ()
    strays: tuple[Stray, ...] = ()
    baseline: Migration | None = None
    """`[history] baseline`: the schema that existed before the first migration."""
    applied_through: int | None = None
    """The number up to which files are said to be applied; None where nothing is said."""

    @property
    def baseline_file(self) -> str | None:
        """How places call the baseline."""
        return self.baseline.file if self.baseline else None
