"""A file in the folder that looks like a migration and is none to the runner."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import IgnoredFile


def check(file: IgnoredFile) -> Iterator[Finding]:
    """The file, and why it isn't read."""
    yield Finding(point(file.file), f"`{file.file}` is never read: {file.reason}", help=file.help)
