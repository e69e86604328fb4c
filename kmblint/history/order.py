"""The runner's order of the files of a folder, and which of them belong together: a repair, or a way back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

import msgspec

from kmblint.history.files import Migration
from kmblint.history.names import description_of, number_of

_WAY_BACK: Final = re.compile(r"(?:(?P<base>.+)(?P<sign>[._-]))?(?:down|undo|rollback|revert)")
"""What other tools call a migration's way back where it has a file of its own, in lower case."""


def in_order(names: Iterable[str]) -> list[str]:
    """File names by number, then by name; what has no number comes last."""
    numbers = {name: number_of(name) for name in names}
    return sorted(numbers, key=lambda name: (numbers[name] is None, numbers[name] or 0, name))


def ordered(migrations: Collection[Migration], gone: Mapping[int, str]) -> tuple[Migration, ...]:
    """By number, then by name; what has no number comes last. What belongs together learns of each other."""
    ordered = sorted(migrations, key=lambda m: (m.number is None, m.number or 0, m.file))
    return tuple(
        paired
        for number, namesakes in groupby(ordered, key=lambda m: m.number)
        for paired in _paired(list(namesakes), None if number is None else gone.get(number))
    )


def _paired(namesakes: list[Migration], gone: str | None) -> list[Migration]:
    if namesakes[0].number is None:
        return _with_ways_back(namesakes)
    if len(namesakes) == 1 and gone is None:
        return namesakes
    described: dict[str, list[str]] = {}
    for one in namesakes:
        described.setdefault(description_of(one.file), []).append(one.file)
    marked = [msgspec.structs.replace(one, fixed_by=_repair(one, described)) for one in namesakes]
    failed = [one.file for one in marked if one.failed][:2]
    repaired: dict[str, str] = {}
    for one in marked:
        if one.fixed_by is not None:
            repaired.setdefault(one.fixed_by, one.file)
    return _with_ways_back(
        [msgspec.structs.replace(one, replaces=_replaced(one, failed, repaired, gone)) for one in marked]
    )


def _with_ways_back(namesakes: list[Migration]) -> list[Migration]:
    ways_back = dict(_ways_back(namesakes))
    if not ways_back:
        return namesakes
    undone = {undoes: file for file, undoes in ways_back.items()}
    return [
        msgspec.structs.replace(one, undoes=ways_back.get(one.file), undone_by=undone.get(one.file))
        for one in namesakes
    ]


def _ways_back(namesakes: list[Migration]) -> Iterator[tuple[str, str]]:
    """Each file that is called as a way back, with the one that it takes back: `0001_x.down.sql`, `0001_x.up.sql`."""
    there = {_called(one): one.file for one in reversed(namesakes) if one.replayed}
    for one in namesakes:
        way_back = _WAY_BACK.fullmatch(_called(one))
        if one.replayed and way_back is not None:
            base, sign = way_back["base"], way_back["sign"]
            forth = (f"{base}{sign}up", base) if base else ("up",)
            undone = next((there[name] for name in forth if name in there), None)
            if undone is not None:
                yield one.file, undone


def _called(migration: Migration) -> str:
    """What tells a file from its namesakes: its description, or the whole name where the runner reads no number."""
    named = description_of(migration.file) if migration.numbered else migration.file.removesuffix(".sql")
    return named.lower()


def _repair(migration: Migration, described: Mapping[str, list[str]]) -> str | None:
    """The file that takes its place, of the number's files by description; of two, the one that is called after it."""
    description = description_of(migration.file)
    if description == "fixed":
        return None
    repairs = (*described.get("fixed", ()), *described.get(f"{description}_fixed", ()))
    return max(sorted(repairs), key=len, default=None)


def _replaced(migration: Migration, failed: list[str], repaired: Mapping[str, str], gone: str | None) -> str | None:
    """The first file of its number that failed or has it as its repair, else the one that the revision had."""
    files = [file for file in (*failed, repaired.get(migration.file)) if file is not None and file != migration.file]
    if not files and gone is not None and replaces(migration.file, gone):
        return gone
    return min(files, default=None)


def replaces(name: str, failed: str) -> bool:
    """The guide's "Handling Failures": `0003_fixed.sql`, or `0003_x_fixed.sql`, takes the place of `0003_x.sql`."""
    described, broken = description_of(name), description_of(failed)
    return broken != "fixed" and described in ("fixed", f"{broken}_fixed")
