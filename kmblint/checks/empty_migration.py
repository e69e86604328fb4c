"""A migration with nothing to apply."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import Migration
from kmblint.targets import Target


def check(migration: Migration, target: Target) -> Iterator[Finding]:
    """The file, where up holds nothing but header, blank lines and `;`."""
    if migration.pieces or migration.statements or not migration.replayed:
        return
    if target.capabilities.records_in_file and migration.source.slice(migration.sent).strip():
        message = (
            "nothing is to be applied: a `;` alone is no statement, and the runner records the migration all the same"
        )
    elif target.capabilities.records_in_file:
        message = "nothing is to be applied: the runner says nothing and never records it, so it stays pending for ever"
    else:
        message = "nothing is to be applied: there is no statement in it"
    yield Finding(point(migration.file), message, help="write the statements, or delete the file and close the gap")
