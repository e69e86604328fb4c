"""An applied or locked migration whose file is gone, or has another number."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kmblint.findings import Finding, Related, point
from kmblint.fixing.squash import succeeded
from kmblint.history.files import History, Migration, checksum
from kmblint.history.names import number_of
from kmblint.history.sections import split
from kmblint.history.state import APPLIED, LOCK, Record
from kmblint.targets import Target
from kmblint.text import Place


def check(history: History, target: Target) -> Iterator[Finding]:
    """Every file of the revision and every record of the state files that no file has the number of.

    A baseline stands for the first migrations: where it was put in the place of those that are gone, and is equal to
    them, nothing is missing; nor is what only this machine's records know, from before the first that is left.
    """
    succeeded_here = succeeded(history, target)
    told = {number_of(name) for name in succeeded_here}
    numbers = {number for number, files in history.by_number.items() if not history.absent.issuperset(files)}
    begun = min(numbers, default=0) if history.baseline is not None else 0
    for name in sorted(history.gone - succeeded_here):
        source, number = (history.released or {})[name], number_of(name)
        moved = _moved(history, checksum(source.text, split(source).header), number)
        if number not in numbers or moved is not None:
            told.add(number)
            yield _finding(point(name), f"`{name}`, which is applied (in `{history.since}`),", moved)
    for file, known, verb in (
        (APPLIED, history.state.applied_here, "applied"),
        (LOCK, history.state.locked, "locked"),
    ):
        for number, record in sorted(known.items()):
            moved = _moved(history, record.checksum, number)
            if file == APPLIED and moved is None and number < begun and number not in history.state.locked:
                continue
            if number not in told and (number not in numbers or moved is not None):
                told.add(number)
                what = f"{_called(record)}, which is {verb} (in `{file}`),"
                # Where the revision hasn't it either, it went long ago.
                yield replace(_finding(record.place, what, moved), settled=history.released is not None)


def _moved(history: History, content: str, number: int | None) -> Migration | None:
    """The file that has its content under another number, where none has it under its own."""
    migrations = [
        here
        for migration in history.migrations
        if migration.file not in history.absent
        and (here := history.edited.get(migration.file, migration)).checksum == content
    ]
    return None if any(migration.number == number for migration in migrations) else next(iter(migrations), None)


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
