"""A migration of too many statements or lines."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import Migration


def check(migration: Migration, *, max_statements: int, max_lines: int) -> Iterator[Finding]:
    """The file, with both counts."""
    statements = len(migration.statements)
    lines = migration.source.position(len(migration.source.text.rstrip())).line
    if statements <= max_statements and lines <= max_lines:
        return
    too_many = (
        f"{statements} statements, and a migration should have {max_statements} at most"
        if statements > max_statements
        else f"{lines:,} lines, and a migration should have {max_lines} at most"
    )
    yield Finding(
        point(migration.file),
        f"{migration.id} has {too_many}: when one of them fails, the others have happened",
        help="split it into migrations of one logical change each; load bulk data by a program",
    )
