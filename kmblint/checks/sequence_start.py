"""A history that doesn't begin with number 1."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import History
from kmblint.targets import Target


def check(history: History, target: Target) -> Iterator[Finding]:
    """The first file, where its number isn't 1 and no baseline says what was there before it."""
    first = min(history.by_number, default=1)
    if first == 1 or history.baseline is not None:
        return
    consequence = ", and `migration validate` fails" if target.capabilities.applies_by_number else ""
    yield Finding(
        point(history.by_number[first][0]),
        f"the history begins with {first:04}: the first migration is 0001{consequence}",
        help="number the files from 0001 on as long as they are applied nowhere; else leave them and ignore this rule",
    )
