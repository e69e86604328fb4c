"""A migration that the lock doesn't know, though it knows others."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import History
from kmblint.history.state import LOCK
from kmblint.wording import counted


def check(history: History) -> Iterator[Finding]:
    """Every file whose number isn't in a lock that is whole; where it is said what was applied, only those files."""
    if not history.state.lock or any(damage.place.file == LOCK for damage in history.state.damages):
        return
    known = history.applied_through is not None or history.since is not None
    others = len(history.state.lock)
    for migration in history.replayed:
        if (known and not migration.applied) or migration.file in history.absent:
            continue  # it may still be edited, or there is nothing left to edit
        if migration.numbered and migration.number not in history.state.locked:
            yield Finding(
                point(migration.file),
                f"`{migration.file}` is not in the lock, which knows {counted(others, 'other')}, "
                "so `migration validate` doesn't notice when it is edited",
                help=f"`kmblint lock` adds it to `{LOCK}`, with checksum `{migration.checksum}`",
            )
