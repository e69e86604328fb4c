"""A migration without the header lines that a project asks for."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import Migration


def check(migration: Migration, *, required: tuple[str, ...]) -> Iterator[Finding]:
    """The file, and the lines that it lacks; a way back in a file of its own is told to be none."""
    if migration.undoes is not None:
        return
    lines = [line.strip().lstrip("-").strip() for line in migration.source.slice(migration.header.span).splitlines()]
    keys = {
        key.strip().lower() for key, colon, value in (line.partition(":") for line in lines) if colon and value.strip()
    }
    lacking = [key for key in required if key.lower() not in keys]
    if lacking:
        named = " and ".join(f"`-- {key}:`" for key in lacking)
        yield Finding(
            point(migration.file),
            f"the header of {migration.id} has no {named}, so nobody knows later what to ask, or whom",
            help="put the line before the first statement; it doesn't change the checksum",
        )
