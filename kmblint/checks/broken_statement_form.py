"""Kimberlite's own statements in a spelling that its parser cuts wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import UnrecognisedForm, Verdict


def check(refusal: UnrecognisedForm, step: Step) -> Iterator[Finding]:
    """What breaks the statement, and the spelling that works."""
    if refusal.span.start < step.statement.span.start and step.outcome.verdict in {Verdict.SKIPPED, Verdict.SPLIT}:
        return  # the comment that the engine would stumble over keeps the runner from sending it so
    yield Finding(
        step.place(refusal.span),
        f"not recognised by Kimberlite: {refusal.reason}",
        help=refusal.help,
        fix=step.mended(refusal),
        subject=step.subject,
    )
