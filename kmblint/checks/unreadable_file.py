"""A `*.sql` that the runner can't read as text."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import History, Unreadable
from kmblint.targets import Target


def check(unreadable: Unreadable, history: History, target: Target) -> Iterator[Finding]:
    """The file, at the line that it stumbles over where there is one."""
    migration = history.by_file.get(unreadable.file)
    place = point(unreadable.file)
    if migration is not None and unreadable.offset:
        place = migration.place(migration.source.line_span(unreadable.line))
    consequence = (
        "; one such file makes the whole folder unusable"
        if target.capabilities.applies_by_number and unreadable.fatal
        else ""
    )
    yield Finding(place, f"`{unreadable.file}` can't be used: {unreadable.reason}{consequence}", help=unreadable.help)
