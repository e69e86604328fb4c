"""Two files with one number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from kmblint.findings import Applicability, Finding, Fix, Related, point
from kmblint.history.base import on_default_branch
from kmblint.history.files import History
from kmblint.history.git import origin
from kmblint.targets import Target
from kmblint.wording import listed

_NAMED: Final = 3
"""Other files of the number that a finding names: a copied folder doubles every number, a template gives all one."""


def check(history: History, target: Target) -> Iterator[Finding]:
    """Every file but the first of its number; the guide's failed and fixed pair has a rule of its own."""
    ahead = 0
    for number, files in history.by_number.items():
        clashing = _clashing(history, files)
        if number in history.taken and not any(history.is_applied(file) for file in clashing):
            for file in clashing:
                yield _taken(history, target, number, file, ahead)
                ahead += 1
            continue
        if len(clashing) < 2:
            continue
        by_age = _by_age(history, clashing)
        first, *later = by_age
        branches = {file: _branch(history, file) for file in later}
        for file in later:
            others = list(islice((other for other in by_age if other != file), _NAMED))
            more = len(clashing) - 1 - len(others)
            named = (*(f"`{other}`" for other in others), *((f"{more} more",) if more else ()))
            migration = history.by_file.get(file)
            wanted = history.next_file(migration.description, ahead) if migration else ""
            ahead += 1
            yield Finding(
                point(file),
                f"number {number:04} is also that of {listed(named)}{branches[file]}: "
                f"{_effect(history, target, file, first)}",
                help=f"renumber this file: `{wanted}`" if wanted else "renumber this file",
                related=tuple(Related(point(other), "has the same number") for other in others),
                fix=Fix(
                    f"rename it to `{wanted}`",
                    applicability=Applicability.UNSAFE,
                    files=(migration.renamed(wanted),),
                )
                if migration and not migration.applied
                else None,
            )


def _taken(history: History, target: Target, number: int, file: str, ahead: int) -> Finding:
    """The number is that of a file that the branch doesn't have yet."""
    other, migration = history.taken[number], history.by_file.get(file)
    wanted = history.next_file(migration.description, ahead) if migration else ""
    effect = (
        "and never executes this file"
        if target.capabilities.applies_by_number
        else "and which of them runs first is undefined"
    )
    return Finding(
        point(file),
        f"number {number:04} is taken in `{history.since}` by `{other}`: a database that has that one takes the number "
        f"for done {effect}",
        help=f"renumber this file: `{wanted}`; `kmblint renumber` moves all files of the branch"
        if wanted
        else "renumber this file",
        related=(Related(point(other), f"has the number in `{history.since}`"),),
        fix=Fix(f"rename it to `{wanted}`", applicability=Applicability.UNSAFE, files=(migration.renamed(wanted),))
        if migration
        else None,
    )


def _by_age(history: History, clashing: list[str]) -> list[str]:
    """What is applied or on the default branch first, what a merge brought last."""
    known = _applied_or_merged(history, clashing)
    return sorted(
        clashing, key=lambda file: (file not in known, bool(_branch(history, file)), file.removesuffix(".sql"))
    )


def _applied_or_merged(history: History, clashing: list[str]) -> frozenset[str]:
    """Of a branch that merged the default branch, the files of that one stay, whichever merge brought them."""
    applied = frozenset(file for file in clashing if history.is_applied(file))
    return applied or on_default_branch(history.root) if history.released is None else applied


def _clashing(history: History, files: tuple[str, ...]) -> list[str]:
    """The files that are not a failed migration."""
    return [file for file in files if file not in history.by_file or history.by_file[file].replayed]


def _branch(history: History, file: str) -> str:
    """Which merge brought the file, where git knows."""
    brought = origin(history.root / file)
    return f" (this file came with branch `{brought.branch}`)" if brought and brought.branch else ""


def _effect(history: History, target: Target, file: str, first: str) -> str:
    if not target.capabilities.applies_by_number:
        return "which of them runs first is undefined"
    if history.is_applied(first) and not history.is_applied(file):
        return f"`{first}` is applied, so the runner takes the number for done and never executes this file"
    return "the runner executes both in no defined order and then fails to record the second"
