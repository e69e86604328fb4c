"""A suppression whose date is past."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.lint.suppressions import Status, Suppression


def check(suppression: Suppression) -> Iterator[Finding]:
    """Since when it covers nothing any more."""
    if suppression.status is not Status.EXPIRED or suppression.frozen:
        return
    yield Finding(
        suppression.place,
        f"the suppression of `{suppression.name}` ended on {suppression.until}, so it covers nothing any more",
        help="mend what it covered and take it out, or give it a new date",
    )
