"""What a folder of migrations holds: each file with its header, up and down, in the runner's order.

Numbers, header and halves are the runner's (crates/kimberlite-migration/src/file.rs); `folder.read` finds them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from kmblint.findings import NewFile
from kmblint.history.names import number_of
from kmblint.history.state import State
from kmblint.schema.changes import AddColumn, AddTable
from kmblint.schema.secrets import key_in
from kmblint.sql.statement import Statement
from kmblint.targets.layout import Piece
from kmblint.text import Place, Source, Span
from kmblint.wording import counted

_ALTERS_A_TYPE: Final = re.compile(r"\bALTER\s+TYPE\b|pg_enum", re.IGNORECASE)


class Header(msgspec.Struct, frozen=True):
    """The leading comment lines: what the runner reads from them, and where each stands."""

    span: Span
    """From the first character to the first SQL line."""
    name: str | None = None
    """`-- Migration: name`, which the runner records."""
    name_span: Span | None = None
    failed: str | None = None
    """`-- Failed: why`: the file was marked failed and a later one of its number takes its place."""


class Migration(msgspec.Struct, frozen=True, dict=True):
    """One numbered file."""

    file: str
    """Its name in the folder; how places call it."""
    location: str
    """Its path."""
    source: Source
    digits: str
    """What stands before the first `_`, as written."""
    number: int | None
    """What the runner reads from it as u32 (`+1` and `0` pass), else the number that was evidently meant."""
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
    guide_marker: bool = False
    """Whether that is the guide's `-- DOWN:`, behind which the SQL stands in comments; the runner doesn't know it."""
    applied: bool = False
    """It is said to have been applied: its file is frozen, and it happened as it happened."""
    failed: bool = False
    """It is marked failed (header or `[history] failed`): it isn't replayed."""

    fixed_by: str | None = None
    """The file of the same number, called `fixed`, that the guide puts in the place of a failed one."""
    replaces: str | None = None
    """The failed file of the same number whose place it takes; it may be gone since the revision."""
    undoes: str | None = None
    """The file of the same number whose way back it holds, as some other tools lay files out; it isn't replayed."""
    undone_by: str | None = None
    """The file of the same number that holds its way back."""
    numbered: bool = True
    """Whether the runner reads a number from its name; one where it can't makes the whole folder unusable."""
    readable: bool = True
    """False where the runner can't read the file (it is an `Unreadable` too) and this is what was meant."""

    @cached_property
    def path(self) -> Path:
        """Where it lies; made when it is asked for, as that takes its time."""
        return Path(self.location)

    @property
    def id(self) -> str:
        """How messages call it: the number as written (`0003`), or the file name where there is none."""
        return self.digits if self.numbered else self.file

    @property
    def name(self) -> str:
        """The name that the runner records: the header's, else the description."""
        return self.description if self.header.name is None else self.header.name

    @property
    def replayed(self) -> bool:
        """Whether it belongs to the history: a failed migration, marked or plainly replaced, or a way back doesn't."""
        return not self.failed and self.fixed_by is None and self.undoes is None

    @cached_property
    def may_tell_of_users(self) -> bool:
        """Whether its text holds one of the words behind which a password stands that no column's name tells of."""
        upper = self.source.text.upper()  # as words are compared
        return "PASSWORD" in upper or "IDENTIFIED" in upper

    @cached_property
    def holds_a_key(self) -> bool:
        """Whether something in its text looks like the key of a service, or a password in an address."""
        return key_in(self.source.text, 0) is not None

    @cached_property
    def checksum(self) -> str:
        """SHA-256 in hex as the runner computes it: blind to the header and to CRLF."""
        return checksum(self.source.text, self.header)

    def place(self, span: Span) -> Place:
        """A span of this file as a place."""
        return Place(self.file, span)

    def renamed(self, name: str) -> NewFile:
        """The same file under another name."""
        return NewFile(name, self.source.text, replaces=self.file)


def checksum(text: str, header: Header) -> str:
    """SHA-256 in hex of a migration's text: behind its header, lines joined by a line feed, none at the end."""
    sent = text[header.span.end :].replace("\r\n", "\n").removesuffix("\n")
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()


class Unreadable(msgspec.Struct, frozen=True):
    """A `*.sql` that can't be read as text: why, and where (`offset` in bytes)."""

    file: str
    path: Path
    reason: str
    help: str
    offset: int | None = None
    line: int = 1
    number: int | None = None
    """As in `Migration`."""
    fatal: bool = True
    """Whether the runner can't read it either, and so none of the folder."""
    beyond: bool = False
    """Whether it stands behind the file with which the history is too large to be read: that one tells of it too."""


class IgnoredFile(msgspec.Struct, frozen=True):
    """Something beside the migrations that the runner never reads though it looks like one."""

    file: str
    """Relative to the folder, with `/`."""
    reason: str
    help: str


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder held in the revision that it is held against, where this branch began from it."""

    migrations: tuple[Migration, ...]
    """In the runner's order; a file that is as it was is the same object as in the history."""
    unreadable: tuple[Unreadable, ...]
    ignored_files: tuple[IgnoredFile, ...]
    state: State
    """The lock was the revision's; what this machine has applied is what it is."""


class History(msgspec.Struct, frozen=True, dict=True):
    """The ordered sequence of migrations in one folder, and what is known of their state."""

    root: Path
    """The folder."""
    migrations: tuple[Migration, ...]
    """In the runner's order: by number; equal numbers by name (the runner leaves those undefined)."""
    unreadable: tuple[Unreadable, ...] = ()
    ignored_files: tuple[IgnoredFile, ...] = ()
    baseline: Migration | None = None
    """`[history] baseline`: the schema that existed before the first migration."""
    applied_through: int | None = None
    """The number up to which files are said to be applied; None where nothing is said."""
    since: str | None = None
    """The git revision whose files are applied, where that is how it was said."""
    released: Mapping[str, Source] | None = None
    """File name → text of every migration where this branch left that revision, those deleted since included."""
    ahead: Mapping[str, Source] = {}
    """File name → text of what the revision has beside them, and the folder hasn't: their numbers are taken."""
    edited: Mapping[str, Migration] = {}
    """File name → what the folder holds of a released file whose content is another; `migrations` has the released one,
    as it is what was executed."""
    absent: frozenset[str] = frozenset()
    """The released files that are gone; `migrations` has them, as they were executed."""
    notes: tuple[str, ...] = ()
    """What the summary says of how the revision was read."""
    state: State = State()
    """The lock and `applied.toml` of the project."""
    earlier: Earlier | None = None
    """None where no revision is known."""
    called: str = ""
    """How the user calls the folder; as `root` says where nothing is given."""

    @cached_property
    def as_it_was(self) -> History | None:
        """The history of the revision that this one is held against; None where there is none."""
        if self.earlier is None:
            return None
        then = {field: getattr(self.earlier, field) for field in self.earlier.__struct_fields__}
        return msgspec.structs.replace(self, **then, ahead={}, edited={}, absent=frozenset(), earlier=None)

    @property
    def inherited(self) -> frozenset[str]:
        """The files that the revision has as well, by the names that they have now."""
        return frozenset() if self.as_it_was is None else frozenset(self.as_it_was.by_file)

    @property
    def baseline_file(self) -> str | None:
        """How places call the baseline."""
        return self.baseline.file if self.baseline else None

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Every text that a place may name: migrations, the baseline, deleted files of the revision, state files.

        What can't be read, and what lies beside the migrations, has no text but a path.
        """
        beside = (*(each.file for each in self.unreadable), *(each.file for each in self.ignored_files))
        texts = (
            *(migration.source for migration in self.migrations),
            *((self.baseline.source,) if self.baseline else ()),
        )
        return {
            **{file: Source(file, "", f"{self.called or self.root.as_posix()}/{file}") for file in beside},
            **self.ahead,
            **(self.released or {}),
            **self.state.sources,
            **{source.name: source for source in texts},
        }

    @cached_property
    def by_file(self) -> dict[str, Migration]:
        """The migrations by file name."""
        return {migration.file: migration for migration in self.migrations}

    @cached_property
    def lost(self) -> tuple[Unreadable, ...]:
        """The files of which nobody knows what they hold."""
        return tuple(each for each in self.unreadable if each.file not in self.by_file)

    @cached_property
    def told_unreadable(self) -> tuple[Unreadable, ...]:
        """Those that can't be read without those that another one tells of."""
        return tuple(each for each in self.unreadable if not each.beyond)

    def nor_behind(self, one: Unreadable) -> str:
        """Behind the reason of a file with which the history is too large: how many more aren't read for it."""
        behind = sum(each.beyond and each.reason == one.reason for each in self.unreadable)
        return f", nor the {counted(behind, 'file')} behind it" if behind > 1 else ", nor the one behind it" * behind

    def why_unreadable(self, one: Unreadable) -> str:
        """A line on a file that can't be read: which, why, and what to do."""
        return f"{self.sources[one.file].path}: {one.reason}{self.nor_behind(one)}; {one.help}"

    @cached_property
    def by_number(self) -> dict[int, tuple[str, ...]]:
        """The files of each number, by number and then by name, those that can't be read among them."""
        numbers = {migration.file: migration.number for migration in self.migrations}
        numbers |= {unreadable.file: unreadable.number for unreadable in self.unreadable}
        by_number: dict[int, list[str]] = {}
        for file in sorted(numbers):
            number = numbers[file]
            if number is not None:
                by_number.setdefault(number, []).append(file)
        return {number: tuple(by_number[number]) for number in sorted(by_number)}

    @cached_property
    def replayed(self) -> tuple[Migration, ...]:
        """The migrations that make the schema: all but the failed ones and the ways back."""
        return tuple(migration for migration in self.migrations if migration.replayed)

    @cached_property
    def columns_written(self) -> dict[str, tuple[str, ...]]:
        """The columns of each table as its files write them, whether or not an engine takes the statements."""
        written: dict[str, dict[str, None]] = {}
        for change in (change for each in self.migrations for one in each.statements for change in one.changes):
            if isinstance(change, AddTable | AddColumn):
                added = change.columns if isinstance(change, AddTable) else (change.column,)
                written.setdefault(change.table.text, {}).update(dict.fromkeys(column.name.text for column in added))
        return {table: tuple(columns) for table, columns in written.items()}

    def altering_types(self, until: Migration) -> Iterator[Migration]:
        """The baseline and the migrations up to one that hold ALTER TYPE, or PostgreSQL's table of enumerations."""
        last = self._positions.get(until.file, -1)
        for migration in self._altering_types:
            if self._positions.get(migration.file, -1) <= last:
                yield migration

    @cached_property
    def _altering_types(self) -> tuple[Migration, ...]:
        every = (*((self.baseline,) if self.baseline else ()), *self.replayed)
        return tuple(migration for migration in every if _ALTERS_A_TYPE.search(migration.source.text))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {migration.file: position for position, migration in enumerate(self.replayed)}

    @cached_property
    def gone(self) -> frozenset[str]:
        """The names of the released files that the folder has no more, whatever took their place."""
        return frozenset(self.released or ()) - (self.by_file.keys() - self.absent) - {each.file for each in self.lost}

    @cached_property
    def taken(self) -> dict[int, str]:
        """Number → the file that has it in the revision, of those that the folder hasn't."""
        return {number: name for name in self.ahead if (number := number_of(name)) is not None}

    def next_file(self, description: str, further: int = 0) -> str:
        """The name of a migration behind the newest (`0008_add_indexes.sql`), or so many numbers further."""
        newest = max((*self.by_number, *self.taken), default=0)
        return f"{self.digits(newest + 1 + further)}_{description}.sql"

    def digits(self, number: int) -> str:
        """A number as the names of the folder write it, with as many digits as the longest: `0008`."""
        width = max((len(migration.digits) for migration in self.migrations if migration.numbered), default=4)
        return f"{number:0{width}}"

    def is_applied(self, file: str) -> bool:
        """Whether a file ran before all that is pending: it is said to be applied, or is the baseline."""
        return file == self.baseline_file or (file in self.by_file and self.by_file[file].applied)

    def populated_at(self, made_file: str, migration: Migration) -> bool:
        """Whether what was made in a file holds rows when a migration runs.

        Where it is said what was applied, what applied files made does, and all pending files are one deployment;
        else each file is a deployment of its own. What the baseline holds was there before.
        """
        if made_file == migration.file:
            return False
        if made_file == self.baseline_file:
            return True
        if self.applied_through is not None:
            return self.is_applied(made_file)
        return self._position(made_file) < self._position(migration.file)

    def why_populated(self, made_file: str, migration: Migration) -> str:
        """Why it is believed to: "created in 0002, two migrations earlier"; empty where it isn't."""
        if not self.populated_at(made_file, migration):
            return ""
        if made_file == self.baseline_file:
            return f"part of the baseline `{made_file}`"
        made = self.by_file[made_file]
        if self.since is not None:
            return f"created in {made.id}, which is applied (in `{self.since}`)"
        if self.applied_through is not None:
            width = len(made.digits)
            return f"created in {made.id}, which is applied (through {self.applied_through:0{width}})"
        distance = self._position(migration.file) - self._position(made_file)
        count = _COUNTS[distance] if distance < len(_COUNTS) else str(distance)
        return f"created in {made.id}, {count} migration{'s' if distance > 1 else ''} earlier"

    def _position(self, file: str) -> int:
        return self._positions.get(file, len(self._positions))


_COUNTS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
