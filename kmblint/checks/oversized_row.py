"""Literal rows that don't fit a page."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import OversizedRow


def check(refusal: OversizedRow, step: Step) -> Iterator[Finding]:
    """The row, its size, and the page's."""
    yield Finding(
        step.place(refusal.span),
        f"refused by Kimberlite: {refusal.reason}",
        help=refusal.help,
        subject=step.subject,
    )
