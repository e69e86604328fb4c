"""Literal rows, and changes of rows, that don't fit a page."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import OversizedChange, OversizedRow


def check(oversized: OversizedRow | OversizedChange, step: Step) -> Iterator[Finding]:
    """The row or the text, its size, and the page's."""
    if isinstance(oversized, OversizedRow):
        message = f"refused by Kimberlite: {oversized.reason}"
    else:
        message = (
            f"refused by Kimberlite as soon as a row matches: the change takes {oversized.size} bytes of the log, and "
            f"a page holds {oversized.most}"
        )
    yield Finding(step.place(oversized.span), message, help=oversized.help, subject=step.subject)
