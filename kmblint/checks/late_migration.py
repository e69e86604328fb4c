"""A new migration with a number at or below the newest that is applied."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Finding, Fix, point
from kmblint.folder import number_of
from kmblint.history import History
from kmblint.state import APPLIED


def check(history: History) -> Iterator[Finding]:
    """Every migration that is not applied and stands before one that is."""
    newest, where = _newest(history)
    ahead = 0
    for migration in history.replayed:
        if migration.number is None or migration.number > newest or migration.applied:
            continue
        if history.released is None and migration.number in history.state.applied_here:
            continue
        wanted = history.next_file(migration.description, ahead)
        ahead += 1
        below = "is below" if migration.number < newest else "is that of"
        yield Finding(
            point(migration.file),
            f"`{migration.file}` is new and its number {below} {newest:04}, which is applied (in `{where}`): "
            "databases that have it would run this one out of order, or never",
            help=f"renumber it: `{wanted}`",
            fix=Fix(
                f"rename it to `{wanted}`",
                applicability=Applicability.UNSAFE,
                files=(migration.renamed(wanted),),
            ),
        )


def _newest(history: History) -> tuple[int, str]:
    """The newest number that is known to be applied, and who knows it; -1 where nobody does."""
    if history.released is not None:
        return max((number_of(name) or 0 for name in history.released), default=-1), history.since or ""
    if any(damage.place.file == APPLIED for damage in history.state.damages):
        return -1, ""
    newest = history.state.newest_applied
    return (newest, APPLIED) if newest is not None else (-1, "")
