"""A migration that the lock doesn't know, though it knows others."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history import History
from kmblint.state import LOCK


def check(history: History) -> Iterator[Finding]:
    """Every file whose number isn't in a lock that is whole."""
    if not history.state.lock or any(damage.place.file == LOCK for damage in history.state.damages):
        return
    for migration in history.replayed:
        if migration.number is not None and migration.number not in history.state.locked:
            yield Finding(
                point(migration.file),
                f"`{migration.file}` is not in the lock, which knows {len(history.state.lock)} others, "
                "so `migration validate` doesn't notice when it is edited",
                help=f"add it to `{LOCK}` with checksum `{migration.checksum}`",
            )
