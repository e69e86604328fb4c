"""An applied or locked migration whose file is gone, or has another number."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related, point
from kmblint.history.files import History, Migration, checksum
from kmblint.history.folder import number_of
from kmblint.history.sections import split
from kmblint.history.state import APPLIED, LOCK, Record
from kmblint.text import Place


def check(history: History) -> Iterator[Finding]:
    """Every file of the revision and every record of the state files that no file has the number of."""
    told: set[int | None] = set()
    present = {file for files in history.by_number.values() for file in files} | history.by_file.keys()
    for name, source in sorted((history.released or {}).items()):
        if name in present:
            continue
        number = number_of(name)
        moved = _moved(history, checksum(source.text, split(source).header), number)
        if number not in history.by_number or moved is not None:
            told.add(number)
            yield _finding(point(name), f"`{name}`, which is applied (in `{history.since}`),", moved)
    for file, known, verb in (
        (APPLIED, history.state.applied_here, "applied"),
        (LOCK, history.state.locked, "locked"),
    ):
        for number, record in sorted(known.items()):
            moved = _moved(history, record.checksum, number)
            if number not in told and (number not in history.by_number or moved is not None):
                told.add(number)
                yield _finding(record.place, f"{_called(record)}, which is {verb} (in `{file}`),", moved)


def _moved(history: History, content: str, number: int | None) -> Migration | None:
    """The file that has its content under another number, where none has it under its own."""
    found = [migration for migration in history.migrations if migration.checksum == content]
    return None if any(migration.number == number for migration in found) else next(iter(found), None)


def _called(record: Record) -> str:
    return f"migration {record.id:04} (`{record.name}`)"


def _finding(place: Place, what: str, moved: Migration | None) -> Finding:
    if moved is None:
        return Finding(
            place,
            f"{what} has no file any more, so a new database is made without it",
            help="restore it from version control; what it did is undone by a new migration",
        )
    return Finding(
        place,
        f"{what} was renumbered to `{moved.file}`, so the runner takes it for pending and executes it again",
        help="give the file its number back",
        related=(Related(point(moved.file), "has the same content"),),
    )
