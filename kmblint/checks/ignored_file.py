"""A file in the folder that looks like a migration and is none to the runner."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import Stray


def check(stray: Stray) -> Iterator[Finding]:
    """The stray, and why it isn't read."""
    yield Finding(point(stray.file), f"`{stray.file}` is never read: {stray.reason}", help=stray.help)
