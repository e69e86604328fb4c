"""Statements that the engine refuses."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.targets.verdict import AttachedPolicyRefusal, PoisonedTableRefusal, UnsupportedForm


def check(refusal: UnsupportedForm | PoisonedTableRefusal | AttachedPolicyRefusal, step: Step) -> Iterator[Finding]:
    """The words that the engine stumbles over, its reason, and what it takes instead."""
    cause = refusal.cause
    yield Finding(
        step.place(refusal.span),
        f"refused by Kimberlite: {refusal.reason}",
        help=refusal.help,
        related=(Related(cause, refusal.cause_note or "because of this"),) if cause else (),
        fix=step.mended(refusal),
        subject=step.subject,
        cause=cause,
    )
