"""Columns that are stored as another type than declared."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import ChangedType


def check(hazard: ChangedType, step: Step) -> Iterator[Finding]:
    """The declared type, the stored one, and what is lost."""
    yield Finding(
        step.place(hazard.span),
        f"`{hazard.column}` is declared {hazard.declared} and stored as {hazard.stored}: {hazard.effect}",
        help=f"declare it as {hazard.honest}, which says no more than is kept",
        subject=step.subject_of(hazard.column),
    )
