"""A statement whose effect on the schema isn't known."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import Opaque
from kmblint.schema.conflict import UnknownTable

_MOST_SHOWN: Final = 3


def check(change: Opaque, step: Step, replay: Replay) -> Iterator[Finding]:
    """The statement, and what later statements name that may come from it."""
    if change.changes_nothing:
        return
    weakened = tuple(islice(_unexplained(change, step, replay), _MOST_SHOWN))
    if weakened and not step.target.capabilities.closed_world:
        consequence = "so nothing is said of what later statements name and nobody made"
    elif weakened:
        consequence = "so findings on what later statements name and nobody made are less sure"
    elif change.tables:
        consequence = f"so findings on {', '.join(f'`{table}`' for table in change.tables)} are less sure from here on"
    elif change.makes_nothing:
        consequence = "so what later statements find is less sure"
    else:
        consequence = "so what exists from here on is less sure"
    yield Finding(
        step.place(change.span),
        f"{change.reason}, {consequence}",
        help="write what it does as statements of its own, or leave it out of the migration",
        related=weakened,
        subject=change.keyword,
    )


def _unexplained(change: Opaque, step: Step, replay: Replay) -> Iterator[Related]:
    """Tables that are named behind the statement, that it may make, and that were never made."""
    if change.makes_nothing or change.tables:
        return
    named: set[str] = set()
    for later in chain((step,), replay.later(step, UnknownTable)):
        for conflict in (*later.conflicts, *later.doubts):
            if not isinstance(conflict, UnknownTable) or conflict.table.text in named:
                continue
            if change.names is None or conflict.table.text in change.names:
                named.add(conflict.table.text)
                yield Related(later.place(conflict.table.span), f"`{conflict.table}` may come from it")
