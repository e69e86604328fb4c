"""A header that says another name than the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix
from kmblint.history.files import Migration
from kmblint.targets import Target


def check(migration: Migration, target: Target) -> Iterator[Finding]:
    """`-- Migration: name`, where its words aren't those of the description."""
    header = migration.header
    if not header.name or header.name_span is None or not migration.description:
        return
    if header.name == migration.description:
        return
    name = _letters(header.name.removesuffix(".sql"))
    if name in (_letters(migration.description), _letters(f"{migration.digits}_{migration.description}")):
        return
    consequence = ", and the runner records the header's name" if target.capabilities.records_in_file else ""
    place = migration.place(header.name_span)
    yield Finding(
        place,
        f"the header says `{header.name}`, the file is called `{migration.description}`{consequence}",
        help=f"write `-- Migration: {migration.description}`; the checksum doesn't see the header",
        fix=Fix(f"write `{migration.description}`", (Edit(place, migration.description),)),
    )


def _letters(name: str) -> str:
    """What is left of a name without what merely parts its words."""
    return re.sub(r"[\W_]+", "", name.lower())
