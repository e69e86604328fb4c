"""The runner's lock as it should be for a folder, and what to change of the one that is there.

Format: crates/kimberlite-migration/src/lock.rs; no command of Kimberlite writes it. What somebody wrote beside the
entries stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from kmblint.errors import InputError
from kmblint.history.files import History, Migration
from kmblint.history.state import LOCK, Record


class Entry(msgspec.Struct, frozen=True):
    """What the lock should say of one migration."""

    id: int
    name: str
    checksum: str

    @property
    def text(self) -> str:
        """The entry as TOML."""
        return f"[[migration]]\nid = {self.id}\nname = {_string(self.name)}\nchecksum = {_string(self.checksum)}\n"


class LockChange(msgspec.Struct, frozen=True):
    """An entry that is new, gone or another."""

    before: Record | None
    after: Entry | None

    @property
    def told(self) -> str:
        """What becomes of it, as a line."""
        if self.after is None:
            assert self.before is not None, "a change has a side"
            return f"- {self.before.id:04} {self.before.name}: no file has that number"
        if self.before is None:
            return f"+ {self.after.id:04} {self.after.name}"
        what = [f"is called {self.after.name}"] * (self.before.name != self.after.name)
        if self.before.checksum != self.after.checksum:
            what.append(f"checksum {self.before.checksum[:12]}… becomes {self.after.checksum[:12]}…: it was edited")
        return f"~ {self.after.id:04} {self.before.name}: {', '.join(what)}"


def entries(history: History) -> tuple[Entry, ...]:
    """One entry a migration, by number.

    Raises InputError for what no entry can stand for: a file without a number or that can't be read, a number twice.
    """
    problems = [*map(history.why_unreadable, history.told_unreadable)]
    problems += [
        f"{migration.source.path}: its name begins with no number; write `0001_{migration.description or 'words'}.sql`"
        for migration in history.migrations
        if not migration.numbered
    ]
    by_number: dict[int, Migration] = {}
    for migration in history.replayed:
        if migration.number is None or not migration.numbered:
            continue
        first = by_number.setdefault(migration.number, migration)
        if first is not migration:
            problems.append(
                f"{migration.source.path}: number {migration.id} is that of `{first.file}` too; "
                "`kmblint renumber` moves it"
            )
    if problems:
        raise InputError("\n".join(problems))
    return tuple(
        Entry(number, migration.name, migration.checksum)
        for number, migration in sorted(by_number.items())
        if migration.file not in history.absent
    )


def changes(locked: Mapping[int, Record], wanted: Iterable[Entry]) -> tuple[LockChange, ...]:
    """What leads from the lock that is there to the one that is wanted, by number."""
    after = {entry.id: entry for entry in wanted}
    pairs = (LockChange(locked.get(number), after.get(number)) for number in sorted({*locked, *after}))
    return tuple(change for change in pairs if not _is_same(change))


def _is_same(change: LockChange) -> bool:
    old, new = change.before, change.after
    return old is not None and new is not None and (old.name, old.checksum) == (new.name, new.checksum)


def relocked(history: History, wanted: Iterable[Entry]) -> str:
    """The text of the lock with these entries and no others; comments and the order of what stays are kept.

    Raises InputError where the lock that is there is damaged, or written otherwise than an entry a `[[migration]]`.
    """
    source, wanted = history.state.sources.get(LOCK), tuple(wanted)
    records = history.state.lock
    if source is None or not source.text.strip():
        return "".join(["version = 1\n", *(f"\n{entry.text}" for entry in wanted)])
    damages = [each for each in history.state.damages if each.place.file == LOCK and not each.related]
    spans = [record.place.span for record in records]
    if damages or len(set(spans)) < len(spans):
        where = source.where(damages[0].place.span if damages else spans[0])
        reason = damages[0].message if damages else "its entries are no `[[migration]]` tables"
        raise InputError(f"{where}: {reason}; mend it, or remove the file and let `kmblint lock` write it")
    parts, offset = [], 0
    left = {entry.id: entry for entry in wanted}
    for record in records:
        parts.append(source.text[offset : record.place.span.start])
        entry = left.pop(record.id, None)
        offset = record.place.span.end
        if entry is not None:
            parts.append("".join(_rewritten(source.text[record.place.span.start : offset], record, entry)))
        else:
            offset = _behind_line(source.text, offset)
    rest = source.text[offset:]
    text = "".join([*parts, rest])
    return "".join([text.rstrip("\n") + "\n" if left else text, *(f"\n{left[number].text}" for number in sorted(left))])


def _rewritten(text: str, record: Record, entry: Entry) -> Iterator[str]:
    """The lines of an entry with what is another in them."""
    values = {"name": (record.name, entry.name), "checksum": (record.checksum, entry.checksum)}
    for line in text.splitlines(keepends=True):
        key = re.match(r"[ \t]*(name|checksum)[ \t]*=", line)
        if key is None or values[key[1]][0] == values[key[1]][1]:
            yield line
        else:
            ending = line[len(line.rstrip("\r\n")) :]
            yield f"{key[1]} = {_string(values[key[1]][1])}{ending}"


def _behind_line(text: str, offset: int) -> int:
    """Behind the line and the blank lines that follow it."""
    blanks = re.compile(r"[ \t]*(?:\r?\n[ \t]*)*(?:\r?\n)?").match(text, offset)
    return blanks.end() if blanks else offset


def _string(text: str) -> str:
    """A text as a basic string of TOML."""
    escaped = (f"\\u{ord(each):04x}" if ord(each) < 32 or ord(each) == 127 else each for each in text)
    return '"' + "".join(f"\\{each}" if each in '"\\' else each for each in escaped) + '"'
