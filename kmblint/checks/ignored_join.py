"""Joins and foreign qualifiers of UPDATE and DELETE, which the engine ignores."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.targets.verdict import IgnoredJoin, IgnoredQualifier, UnsupportedForm


def check(step: Step) -> Iterator[Finding]:
    """What is ignored, once a statement, and what the condition falls on instead."""
    joins = [hazard for hazard in step.outcome.hazards if isinstance(hazard, IgnoredJoin | IgnoredQualifier)]
    if not joins or any(isinstance(refusal, UnsupportedForm) for refusal in step.outcome.refusals):
        return  # what isn't taken falls on no row
    first, *others = joins
    yield Finding(
        step.place(first.span),
        f"{_name(first)} is taken and ignored: conditions fall on the columns of `{step.subject}` itself, so other "
        "rows change than meant",
        help="name the rows by their key, and let the program read the other table",
        related=tuple(Related(step.place(hazard.span), f"{_name(hazard)} is ignored too") for hazard in others),
        subject=step.subject,
    )


def _name(hazard: IgnoredJoin | IgnoredQualifier) -> str:
    if isinstance(hazard, IgnoredQualifier):
        return f"the qualifier `{hazard.qualifier}`"
    return f"{hazard.keyword} {hazard.table}".strip()
