"""Joins and foreign qualifiers of UPDATE and DELETE, which the engine ignores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.sql.statement import Statement
from kmblint.targets.verdict import WiderThanAsked

_SAID_ELSEWHERE: Final = frozenset({"LIMIT", "ORDER BY", "condition"})


def check(statement: Statement, step: Step) -> Iterator[Finding]:  # noqa: ARG001 -- asked once a statement
    """What is ignored, once a statement, and what the condition falls on instead."""
    joins = [
        hazard
        for hazard in step.outcome.hazards
        if isinstance(hazard, WiderThanAsked) and hazard.clause not in _SAID_ELSEWHERE
    ]
    if not joins:
        return
    first, *others = joins
    yield Finding(
        step.place(first.span),
        f"{_name(first)} is taken and ignored: conditions fall on the columns of `{step.subject}` itself, so other "
        "rows change than meant",
        help="name the rows by their key, and let the program read the other table",
        related=tuple(Related(step.place(hazard.span), f"{_name(hazard)} is ignored too") for hazard in others),
        subject=step.subject,
    )


def _name(hazard: WiderThanAsked) -> str:
    if hazard.clause == "qualifier":
        return f"the qualifier `{hazard.detail}`"
    return f"{hazard.clause} {hazard.detail}".strip()
