"""A suppression without a reason."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.lint.suppressions import Status, Suppression


def check(suppression: Suppression) -> Iterator[Finding]:
    """That no word stands behind its bracket; said once a comment."""
    if suppression.reason or not suppression.first or suppression.frozen or suppression.status is Status.UNKNOWN:
        return
    yield Finding(
        suppression.place,
        f"the suppression of `{suppression.name}` gives no reason",
        help=f"write it behind the bracket: `kmblint: ignore[{suppression.name}] why this is right here`",
    )
