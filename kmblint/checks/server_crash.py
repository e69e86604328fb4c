"""Statements that kill the server."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import UpdateRows
from kmblint.targets.kimberlite.values import instead, stored_type
from kmblint.targets.verdict import Crashes


def check(hazard: Crashes, step: Step) -> Iterator[Finding]:
    """What kills it and when, and the literal that the column does hold."""
    when = f" {hazard.when}" if hazard.when else ""
    better = _instead(hazard, step)
    passes = ["a trial on an empty database shows nothing of it"] if hazard.when else []
    yield Finding(
        step.place(hazard.span),
        f"this statement kills the server{when}: {hazard.reason}",
        help="; ".join([f"write {better}" for _ in better[:1]] + passes) or None,
        subject=step.subject,
    )


def _instead(hazard: Crashes, step: Step) -> str:
    """The literal to set in place of the one that kills; empty where there is none."""
    table = step.before.table(step.subject)
    if table is None or not isinstance(step.change, UpdateRows):
        return ""
    for assignment in step.change.assignments:
        column = table.column(assignment.column.text)
        stored = stored_type(column.type) if column and hazard.span in assignment.span else None
        if stored is not None:
            return instead(stored, assignment.value, update=True) or ""
    return ""
