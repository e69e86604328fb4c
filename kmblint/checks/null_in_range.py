"""Comparisons that also take the rows where the column is NULL."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import NullRows


def check(hazard: NullRows, step: Step) -> Iterator[Finding]:
    """The comparison, and the condition that leaves those rows alone."""
    if hazard.others:
        yield Finding(
            step.place(hazard.span),
            f"`{hazard.comparison}` with NULL changes rows where `{hazard.column}` isn't NULL, and in SQL none: "
            "Kimberlite takes NULL for the smallest value",
            help=f"say {hazard.column} IS NOT NULL where those rows are meant, or leave NULL out",
            subject=step.subject_of(hazard.column),
        )
        return
    yield Finding(
        step.place(hazard.span),
        f"`{hazard.comparison}` also changes the rows where `{hazard.column}` is NULL: Kimberlite takes NULL for the "
        "smallest value",
        help=f"add AND {hazard.column} IS NOT NULL, or say IS NULL where those rows are meant",
        subject=step.subject_of(hazard.column),
    )
