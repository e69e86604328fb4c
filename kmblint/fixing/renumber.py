"""Which numbers the migrations of a branch get behind those of the branch that it is merged into.

The plan follows from the names of both alone, so that whoever makes it, when and how often, comes to the same end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from kmblint.errors import InputError
from kmblint.fixing.draft import Draft, DraftFile
from kmblint.history.files import History, Migration, checksum
from kmblint.history.lock import Entry
from kmblint.history.names import LARGEST_NUMBER, number_of
from kmblint.history.sections import split
from kmblint.history.state import Record
from kmblint.sql.scanner import COMMENTS, scan
from kmblint.text import Span


class Move(msgspec.Struct, frozen=True):
    """A migration that gets another number."""

    migration: Migration
    number: int
    name: str
    """Of the file."""
    text: str
    """With the new names in its header and its suppressions, neither of which an applied file may change."""


class Plan(msgspec.Struct, frozen=True):
    """What moves, in the runner's order, and behind what."""

    moves: tuple[Move, ...]
    top: int
    """The largest number of the base; 0 where it has none."""

    @property
    def renamed(self) -> dict[str, str]:
        """Old name → new name."""
        return {move.migration.file: move.name for move in self.moves}

    def relocked(self, records: Iterable[Record]) -> tuple[Entry, ...]:
        """What the lock is to say, as far as it says anything of them."""
        wanted: dict[int, Entry] = {}
        for record in records:
            move = next((move for move in self.moves if _is_of(record, move.migration)), None)
            if move is None:
                wanted.setdefault(record.id, Entry(record.id, record.name, record.checksum))
            else:
                wanted[move.number] = Entry(move.number, move.migration.name, move.migration.checksum)
        return tuple(wanted[number] for number in sorted(wanted))


def _is_of(record: Record, migration: Migration) -> bool:
    same = record.checksum == migration.checksum or record.name == migration.name
    return record.id == migration.number and same


def plan(history: History, names: Collection[str]) -> Plan:
    """The moves of a branch's own migrations; `history` is held against the base, whose tip has files of these names.

    They keep their order, and move up only, as far as they must: gaps on purpose, as in numbers made of a day, stay.
    So a second plan adds nothing, and one that was carried out half-way is completed by the next. Raises
    InputError for a file of the branch that can't be read.
    """
    theirs = {*(history.released or {}), *names}
    top = max((number_of(name) or 0 for name in theirs), default=0)
    own = [*_own(history, theirs)]
    moved = [*_numbered(_grouped(own), top)]
    if all(migration.number == number for migration, number in moved):
        return Plan((), top)
    unreadable = [each for each in history.told_unreadable if each.file not in theirs]
    if unreadable:
        raise InputError("\n".join(map(history.why_unreadable, unreadable)))
    if moved[-1][1] > LARGEST_NUMBER:
        raise InputError(f"behind {top} the runner reads no {len(moved)} numbers more")
    named = [
        (migration, number, f"{history.digits(number)}{migration.file[len(migration.digits) :]}")
        for migration, number in moved
        if migration.number != number
    ]
    renamed = {migration.file: name for migration, _, name in named}
    moves = (Move(migration, number, name, renamed_within(migration, renamed)) for migration, number, name in named)
    return Plan(tuple(moves), top)


def _numbered(groups: Iterable[list[Migration]], top: int) -> Iterator[tuple[Migration, int]]:
    """Each migration with its number: its own where it may keep that, else the next that is free."""
    number = top
    for group in groups:
        number = max(number + 1, group[0].number or 0)
        yield from ((migration, number) for migration in group)


def _own(history: History, theirs: Collection[str]) -> Iterator[Migration]:
    """The branch's own migrations, in order; neither a released one under a new name, nor the repair of one."""
    released = history.released or {}
    gone = {checksum(released[name].text, split(released[name]).header) for name in history.gone}
    for migration in history.migrations:
        if not migration.numbered or migration.file in theirs or migration.file in history.absent:
            continue
        if migration.checksum not in gone and migration.replaces not in theirs:
            yield migration


def _grouped(own: Iterable[Migration]) -> Iterator[list[Migration]]:
    """What shares a number: a failed migration and its repair, a migration and its way back; others stand alone."""
    waiting: list[Migration] = []
    for migration in own:
        files = {each.file for each in waiting if each.number == migration.number}
        named = {name for each in waiting for name in _belonging(each)}
        if files and (migration.file in named or files.intersection(_belonging(migration))):
            waiting.append(migration)
            continue
        if waiting:
            yield waiting
        waiting = [migration]
    if waiting:
        yield waiting


def _belonging(migration: Migration) -> tuple[str | None, ...]:
    return migration.fixed_by, migration.replaces, migration.undoes, migration.undone_by


def renamed_within(migration: Migration, renamed: Mapping[str, str]) -> str:
    """The text of a migration with new names of files in its header and its suppressions."""
    source = migration.source
    behind = Span(migration.header.span.end, len(source.text))
    comments = (token for token in scan(source, behind) if token.kind in COMMENTS)
    ours = (Span(token.start, token.end) for token in comments if "kmblint" in source.text[token.start : token.end])
    parts: list[str] = []
    offset = 0
    for span in (migration.header.span, *ours):
        parts += [source.text[offset : span.start], names_replaced(source.slice(span), renamed)]
        offset = span.end
    return "".join([*parts, source.text[offset:]])


def names_replaced(text: str, renamed: Mapping[str, str]) -> str:
    """A text with new names of files, with `.sql` or without, wherever one stands as a word of its own."""
    stems = {old.removesuffix(".sql"): new.removesuffix(".sql") for old, new in renamed.items()}
    if not stems:
        return text
    words = "|".join(map(re.escape, sorted(stems, key=len, reverse=True)))
    return re.sub(rf"(?<![\w-])(?:{words})(?![\w-])", lambda found: stems[found[0]], text)


def drafts(plan: Plan, draft: Draft) -> Iterator[Draft]:
    """Drafts to write one after the other, the last file first: at no moment does one stand in another's place."""
    for move in reversed(plan.moves):
        yield msgspec.structs.replace(draft, files={move.name: _drafted(move, draft)})


def _drafted(move: Move, draft: Draft) -> DraftFile:
    old = move.migration
    before = old.source.text
    spelling = draft.spell(old.file) if move.text != before else None
    text = before if spelling is None else move.text  # bytes that hold more than the text stay as they are
    made = DraftFile(move.name, text, old.file, before)
    return made if spelling is None else msgspec.structs.replace(made, spelling=spelling)
