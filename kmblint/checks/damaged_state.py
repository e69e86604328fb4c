"""A lock or applied.toml that can't be trusted."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.history.files import History


def check(history: History) -> Iterator[Finding]:
    """Everything that is wrong with the state files."""
    for damage in history.state.damages:
        yield Finding(
            damage.place,
            damage.message,
            help="restore the file from version control, or from the machine that applied the migrations",
            related=damage.related,
        )
