"""A rule of kmblint's own that failed."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.errors import ISSUES
from kmblint.findings import Crash, Finding


def check(crash: Crash) -> Iterator[Finding]:
    """Which rule failed on what, and how to go on without it."""
    yield Finding(
        crash.place,
        f"rule `{crash.rule}` failed on this: {crash.error}",
        help=f"this is a bug in kmblint: please report it with the SQL at {ISSUES}; "
        f"`--ignore {crash.rule}` leaves the rule out until then",
    )
