"""A suppression that names no rule, or that can't be read."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Finding, Fix
from kmblint.lint.suppressions import Status, Suppression


def check(suppression: Suppression) -> Iterator[Finding]:
    """What is wrong with it, and the rule that was probably meant."""
    if suppression.status is not Status.UNKNOWN or suppression.frozen:
        return
    if suppression.problem is not None:
        yield Finding(
            suppression.place,
            f"{suppression.problem}, so the suppression has no effect",
            help="write `kmblint: ignore[rule] reason`, or `ignore[rule table.column until=2026-12-31] reason`",
        )
        return
    meant = f"did you mean `{suppression.nearest}`?" if suppression.nearest else "`kmblint rules` lists every rule"
    yield Finding(
        suppression.place,
        f"there is no rule `{suppression.name}`, so nothing is suppressed",
        help=meant,
        fix=Fix.instead(suppression.place, suppression.nearest, Applicability.SAFE) if suppression.nearest else None,
    )
