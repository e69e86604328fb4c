"""Literal rows, and changes of rows, that don't fit a page."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import OversizedChange, OversizedRow


def check(found: OversizedRow | OversizedChange, step: Step) -> Iterator[Finding]:
    """The row or the text, its size, and the page's."""
    if isinstance(found, OversizedRow):
        message = f"refused by Kimberlite: {found.reason}"
    else:
        message = (
            f"refused by Kimberlite as soon as a row matches: the change takes {found.size} bytes of the log, and a "
            f"page holds {found.most}"
        )
    yield Finding(step.place(found.span), message, help=found.help, subject=step.subject)
