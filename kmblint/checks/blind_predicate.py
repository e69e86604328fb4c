"""Comparisons that the type of their column can't do."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import BlindComparison


def check(hazard: BlindComparison, step: Step) -> Iterator[Finding]:
    """The comparison, and what it finds."""
    outcome = "so nothing is changed, and success is reported"
    if hazard.finds_all or hazard.finds_other:
        outcome = "so every row is changed" if hazard.finds_all else "and those are changed"
    yield Finding(
        step.place(hazard.span),
        f"the condition on `{hazard.column}` is blind: {hazard.reason}, {outcome}",
        help=hazard.help,
        subject=step.subject_of(hazard.column),
    )
