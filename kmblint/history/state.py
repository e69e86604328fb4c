"""What Kimberlite's runner keeps beside the migrations: the lock, and what one machine has applied.

Formats: crates/kimberlite-migration/src/lock.rs and tracker.rs. No command writes the lock, and `applied.toml` is one
machine's state: both feed the rules of family 7 and decide nothing by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from kmblint.access import Access, is_there, repository_of
from kmblint.findings import Related
from kmblint.history import decode
from kmblint.history.names import LARGEST_NUMBER
from kmblint.text import Place, Source, Span
from kmblint.tomlfile import TomlError, parse

LOCK: Final = ".kimberlite/migrations/.lock"
APPLIED: Final = ".kimberlite/migrations/applied.toml"
_KEYS: Final = {LOCK: "migration", APPLIED: "migrations"}
"""What each calls its array of records."""


class Record(msgspec.Struct, frozen=True):
    """What a state file says of one migration."""

    id: int
    name: str
    checksum: str
    place: Place
    """Its lines in the state file."""
    applied_at: str | None = None
    applied_by: str | None = None


class Damage(msgspec.Struct, frozen=True):
    """What is wrong with a state file: a lower-case clause, and where."""

    message: str
    place: Place
    related: tuple[Related, ...] = ()


class State(msgspec.Struct, frozen=True, dict=True):
    """The two state files; a file that is missing or empty says nothing, as the runner reads it."""

    lock: tuple[Record, ...] = ()
    applied: tuple[Record, ...] = ()
    damages: tuple[Damage, ...] = ()
    sources: Mapping[str, Source] = {}
    """By the names that places use (`LOCK`, `APPLIED`); only the files that are there."""

    @cached_property
    def locked(self) -> dict[int, Record]:
        """The lock by number; of two the first."""
        return _by_number(self.lock)

    @cached_property
    def applied_here(self) -> dict[int, Record]:
        """What this machine applied, by number; of two the first."""
        return _by_number(self.applied)

    @property
    def newest_applied(self) -> int | None:
        """The highest number that this machine applied."""
        return max(self.applied_here, default=None)

    @property
    def note(self) -> str | None:
        """What a summary says of this machine's state; None where there is none."""
        if self.newest_applied is None:
            return None
        return (
            f"this machine's applied.toml ends at migration {self.newest_applied} (nothing is taken from it as applied)"
        )


def project_of(root: Path) -> Path:
    """The project folder of a migrations folder: the nearest above it that Kimberlite marks, else its parent.

    A repository's edge ends the search.
    """
    folder = root.resolve()
    for above in folder.parents:
        with suppress(PermissionError):
            if (above / "kimberlite.toml").is_file() or (above / ".kimberlite" / "migrations").is_dir():
                return above
            if (above / ".git").exists():
                break
    return folder.parent


def boundary_of(root: Path) -> Path:
    """What a link in a migrations folder may not leave: its repository; where it lies in none, its project."""
    return repository_of(root) or project_of(root)


_LED_OUT: Final = decode.Trouble(
    "its folder is a link that leads out of the project", "put the folder itself there; `--follow-links` reads it", 0
)


def read_state(project: Path, access: Access, display: Callable[[Path], str] = Path.as_posix) -> State:
    """The state files of a project folder; `display` says how the user calls a path."""
    sources: dict[str, Source] = {}
    damages: list[Damage] = []
    for file in _KEYS:
        path = project / file
        if not is_there(path):
            continue
        text, trouble = (None, _LED_OUT) if access.is_outside(path.parent) else decode.read(path, access)
        sources[file] = Source(file, text or "", display(path))
        if trouble:
            line = sources[file].line_span(trouble.line)
            damages.append(Damage(f"`{file}` can't be read: {trouble.reason}", Place(file, line)))
    return _judged(sources, damages)


def with_lock(state: State, lock: str | None) -> State:
    """The state with another text of the lock; None for no lock."""
    here = state.sources.get(LOCK)
    if (None if here is None else here.text) == lock:
        return state
    sources = {file: source for file, source in state.sources.items() if file != LOCK}
    if lock is not None:
        sources = {LOCK: Source(LOCK, lock, here.path if here else LOCK), **sources}
    return _judged(sources, [])


def _judged(sources: Mapping[str, Source], damages: list[Damage]) -> State:
    """What the files say; `damages` are of those that can't be read."""
    records: dict[str, tuple[Record, ...]] = {}
    unread = {damage.place.file for damage in damages}
    for file, source in sources.items():
        if source.text.strip() and file not in unread:
            records[file], damaged = _File(source, _KEYS[file]).read()
            damages += damaged
    lock, applied = records.get(LOCK, ()), records.get(APPLIED, ())
    damages += _disagreements(_by_number(lock), _by_number(applied))
    return State(lock, applied, tuple(damages), sources)


def _by_number(records: tuple[Record, ...]) -> dict[int, Record]:
    return {record.id: record for record in reversed(records)}


def _disagreements(lock: Mapping[int, Record], applied: Mapping[int, Record]) -> list[Damage]:
    """One damage a migration that both files know with different checksums."""
    return [
        Damage(
            f"the lock and `applied.toml` know migration {number} with different checksums",
            applied[number].place,
            (Related(lock[number].place, "what the lock says"),),
        )
        for number in sorted(lock.keys() & applied.keys())
        if lock[number].checksum != applied[number].checksum
    ]


_Table: TypeAlias = Mapping[str, object]


class _File:
    """One state file: a table with an array of records."""

    def __init__(self, source: Source, key: str) -> None:
        self.source = source
        self.key = key
        self.damages: list[Damage] = []
        self._heads = [
            match.start() for match in re.finditer(rf"^[ \t]*\[\[[ \t]*{key}[ \t]*\]\]", source.text, re.MULTILINE)
        ]

    def read(self) -> tuple[tuple[Record, ...], list[Damage]]:
        """The records that are whole, the first of each number and its repetitions, and what is wrong."""
        try:
            document = parse(self.source.text)
        except TomlError as error:
            self._damaged(f"it is no TOML: {error.reason}", self.source.line_span(error.line))
            return (), self.damages
        if self.key == "migration" and not _is_id(document.get("version")):
            self._damaged("`version` is missing or no whole number", self.source.line_span(1))
        entries = document.get(self.key)
        if not isinstance(entries, list):
            self._damaged(f"there is no `[[{self.key}]]`", self.source.line_span(1))
            return (), self.damages
        places = self._places(len(entries))
        records = [
            record for entry, place in zip(entries, places, strict=True) if (record := self._record(entry, place))
        ]
        self._find_repetitions(records)
        return tuple(records), self.damages

    def _places(self, count: int) -> list[Span]:
        """The lines of each entry; the first line of the file where they are written in another style."""
        if len(self._heads) != count:
            return [self.source.line_span(1)] * count
        ends = [*self._heads, len(self.source.text)][1:]
        text = self.source.text
        return [
            Span(start, start + len(text[start:end].rstrip())) for start, end in zip(self._heads, ends, strict=True)
        ]

    def _record(self, entry: object, span: Span) -> Record | None:
        if not isinstance(entry, dict):
            self._damaged("an entry is no table", span)
            return None
        before = len(self.damages)
        if not _is_id(entry.get("id")):
            self._wrong(entry, "id", f"a whole number from 0 to {LARGEST_NUMBER}", span)
        for key in ("name", "checksum"):
            if not isinstance(entry.get(key), str):
                self._wrong(entry, key, "a string", span)
        if self.key == "migrations" and not _is_moment(entry.get("applied_at")):
            self._wrong(entry, "applied_at", "a string with a date and time (RFC 3339)", span)
        if not isinstance(entry.get("applied_by", ""), str):
            self._wrong(entry, "applied_by", "a string", span)
        if len(self.damages) > before:
            return None
        place = Place(self.source.name, span)
        return Record(
            entry["id"], entry["name"], entry["checksum"], place, entry.get("applied_at"), entry.get("applied_by")
        )

    def _wrong(self, entry: _Table, key: str, wanted: str, span: Span) -> None:
        if key not in entry:
            self._damaged(f"`{key}` is missing", span)
            return
        written = re.compile(rf"^[ \t]*{key}[ \t]*=.*$", re.MULTILINE).search(self.source.text, span.start, span.end)
        self._damaged(f"`{key}` is not {wanted}", Span(*written.span()) if written else span)

    def _find_repetitions(self, records: list[Record]) -> None:
        first: dict[int, Record] = {}
        for record in records:
            earlier = first.setdefault(record.id, record)
            if earlier is not record:
                related = (Related(earlier.place, "first here"),)
                self._damaged(f"migration {record.id} is recorded twice", record.place.span, related)

    def _damaged(self, what: str, span: Span, related: tuple[Related, ...] = ()) -> None:
        name = self.source.name.rsplit("/", 1)[-1]
        self.damages.append(Damage(f"`{name}` is damaged: {what}", Place(self.source.name, span), related))


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER


def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
