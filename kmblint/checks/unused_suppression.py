"""A suppression that suppresses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.lint.suppressions import Status, Suppression


def check(suppression: Suppression) -> Iterator[Finding]:
    """That its rule ran and found nothing there; silent where it can't be taken out, or has to be moved first."""
    if suppression.status is not Status.UNUSED or suppression.frozen or suppression.harm:
        return
    where = "in this file" if suppression.statement is None else "in this statement"
    about = f" about `{suppression.object}`" if suppression.object else ""
    yield Finding(
        suppression.place,
        f"`{suppression.rule}` finds nothing{about} {where}, so there is nothing to suppress",
        help="take the suppression out, or it will hide the next finding that comes here",
    )
