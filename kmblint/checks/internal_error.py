"""A rule of kmblint's own that failed."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.errors import ISSUES
from kmblint.findings import Crash, Finding


def check(crash: Crash) -> Iterator[Finding]:
    """Which rule, or the replay, failed on what, and how to go on without it."""
    what = f"rule `{crash.rule}`" if crash.rule else "the replay"
    meanwhile = (
        f"`--ignore {crash.rule}` leaves the rule out until then"
        if crash.rule
        else "the run goes on as if the statement weren't there"
    )
    yield Finding(
        crash.place,
        f"{what} failed on this: {crash.error}",
        help=f"this is a bug in kmblint: please report it with the SQL at {ISSUES}; {meanwhile}",
    )
