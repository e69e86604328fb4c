"""A failed migration beside its repair, and nothing that says which is out."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Edit, Finding, Fix, Related, point
from kmblint.history.files import History
from kmblint.targets import Target


def check(history: History, target: Target) -> Iterator[Finding]:
    """The repair of every failed file that isn't marked."""
    by_number = target.capabilities.applies_by_number
    order = "the runner executes both, in no defined order" if by_number else "nothing says which of them runs"
    for migration in history.migrations:
        if migration.fixed_by is None or migration.failed:
            continue
        yield Finding(
            point(migration.fixed_by),
            f"`{migration.fixed_by}` takes the place of `{migration.file}`, which is not marked failed: {order}",
            help=f"put `-- Failed: why` into the header of `{migration.file}` (the checksum doesn't see it), "
            f'or `failed = ["{migration.file}"]` under `[history]`; better still, delete it',
            related=(Related(point(migration.file), "the one that failed"),),
            fix=Fix(
                f"mark `{migration.file}` as failed",
                (Edit(point(migration.file), f"-- Failed: {migration.fixed_by} takes its place\n"),),
                Applicability.UNSAFE,
            ),
        )
