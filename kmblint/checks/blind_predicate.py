"""Comparisons that the type of their column, or the kind of their literal, can't do."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import BlindComparison, Finds


def check(hazard: BlindComparison, step: Step) -> Iterator[Finding]:
    """The comparison, and what it finds; that a literal of another kind finds nothing at all is another rule's."""
    if hazard.foreign and hazard.alone:
        return
    yield Finding(
        step.place(hazard.span),
        f"the condition on `{hazard.column}` is blind: {hazard.reason}, {_so(hazard)}",
        help=hazard.help,
        fix=step.edited(hazard.replacement),
        subject=step.subject_of(hazard.column),
    )


def _so(hazard: BlindComparison) -> str:
    match hazard.finds:
        case Finds.NOTHING if hazard.alone:
            return "so nothing is changed, and success is reported"
        case Finds.NOTHING:
            return "so this side of the OR changes nothing"
        case Finds.NULLS:
            return "so no row that is meant is changed"
        case Finds.ALL:
            return "so it keeps no such row out"
        case Finds.OTHER:
            return "and those are changed"
