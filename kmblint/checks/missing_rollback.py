"""A migration without a down section."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, point
from kmblint.history.files import Migration
from kmblint.targets import Target

_TEMPLATE: Final = "todo: add rollback sql here"


def check(migration: Migration, target: Target) -> Iterator[Finding]:
    """The file; a section that says why there is nothing to take back is one."""
    if not migration.statements or not migration.replayed or migration.undone_by is not None:
        return
    if migration.marker is not None and (migration.down_statements or _says_why(migration)):
        return
    runner_marker = target.capabilities.rollback_marker
    yield Finding(
        point(migration.file),
        f"{migration.id} has no down section"
        + (
            ": a rollback forgets the record and keeps the schema"
            if runner_marker
            else ", so nobody knows the way back"
        ),
        help=f"write `{runner_marker}` on a line of its own, and behind it what takes this back"
        if runner_marker
        else "write `-- DOWN:` on a line of its own, and behind it, in comments, what takes this back",
    )


def _says_why(migration: Migration) -> bool:
    """Whether words stand at or behind the marker, other than those of the template."""
    marker = migration.marker
    assert marker is not None, "asked only where there is a marker"
    text = migration.source.text
    words = text[marker.start : marker.end].lower().strip("- \t").removeprefix("down").strip()
    own = words.removeprefix("migration").replace("(optional)", "").strip(" :.-")
    behind = " ".join(line.strip("- \t\r") for line in text[marker.end :].splitlines()).strip().lower()
    return bool(own) or behind not in ("", _TEMPLATE)
