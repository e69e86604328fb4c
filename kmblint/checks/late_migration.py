"""A new migration with a number at or below the newest that is applied."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Finding, Fix, point
from kmblint.history.files import History
from kmblint.history.names import number_of
from kmblint.history.state import APPLIED


def check(history: History) -> Iterator[Finding]:
    """Every migration that is not applied and stands before one that is."""
    newest, where = _newest(history)
    taken = {number_of(name) for name in history.released or ()} | history.taken.keys()
    ahead = 0
    for migration in history.replayed:
        if migration.number is None or not migration.numbered or migration.number > newest or migration.applied:
            continue
        if migration.replaces is not None:
            continue  # the failed one of its number was never recorded
        if history.released is None and migration.number in history.state.applied_here:
            continue
        wanted = history.next_file(migration.description, ahead)
        ahead += 1
        if migration.number in taken:
            effect = "that number is applied already, so the runner never executes this file"
        else:
            effect = f"a database that has {newest:04} executes it afterwards, a new one before"
        yield Finding(
            point(migration.file),
            f"`{migration.file}` is new, and {newest:04} is applied (in `{where}`): {effect}",
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
        known = (*history.released, *history.ahead)
        return max((number_of(name) or 0 for name in known), default=-1), history.since or ""
    if any(damage.place.file == APPLIED for damage in history.state.damages):
        return -1, ""
    newest = history.state.newest_applied
    return (newest, APPLIED) if newest is not None else (-1, "")
