"""Two files with one description."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related, point
from kmblint.history.files import History, Migration


def check(history: History) -> Iterator[Finding]:
    """Every file whose description an earlier one has."""
    first: dict[str, Migration] = {}
    for migration in history.replayed:
        earlier = first.setdefault(migration.description, migration)
        if earlier is not migration and migration.description:
            yield Finding(
                point(migration.file),
                f"`{earlier.file}` has the same description",
                help="say what is different about this one",
                related=(Related(point(earlier.file), "the first of this description"),),
            )
