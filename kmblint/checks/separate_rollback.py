"""A way back in a file of its own."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related, Severity, point
from kmblint.history.files import Migration
from kmblint.targets import Target


def check(migration: Migration, target: Target) -> Iterator[Finding]:
    """The file of the way back; where nobody knows what runs it, that is a warning."""
    if migration.undoes is None:
        return
    marker = target.capabilities.rollback_marker
    if not target.capabilities.applies_by_number:
        effect = "what runs every numbered file runs it too"
    elif not migration.numbered:
        effect = "the runner, which looks for a way back in the same file, takes it for a migration"
    else:
        effect = (
            "the runner, which looks for a way back in the same file, executes both in no defined order and then fails "
            "to record the second"
        )
    line = f"behind the line `{marker}`" if marker else "in comments behind the line `-- DOWN:`"
    yield Finding(
        point(migration.file),
        f"`{migration.file}` is the way back of `{migration.undoes}` in a file of its own: {effect}",
        help=f"write its statements {line} in `{migration.undoes}`, and delete this file",
        related=(Related(point(migration.undoes), "is what it takes back"),),
        severity=None if target.capabilities.applies_by_number else Severity.WARNING,
    )
