"""Statements that kill the server."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Fix
from kmblint.replay.steps import Step
from kmblint.targets.verdict import Crashes


def check(hazard: Crashes, step: Step) -> Iterator[Finding]:
    """What kills it and when, and the literal that the column does hold."""
    when = f" {hazard.when}" if hazard.when else ""
    better = f"write {hazard.instead}" if hazard.instead else hazard.remedy
    passes = ["a trial on an empty database shows nothing of it"] if hazard.when else []
    yield Finding(
        step.place(hazard.span),
        f"this statement kills the server{when}: {hazard.reason}",
        help="; ".join(filter(None, (better, *passes))) or None,
        fix=Fix.instead(step.place(hazard.span), hazard.instead) if hazard.instead else None,
        subject=step.subject,
    )
