"""Statements that the engine refuses."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.targets.verdict import Refusal

_SAID_HERE = frozenset({"form", "poisoned", "attached"})


def check(refusal: Refusal, step: Step) -> Iterator[Finding]:
    """The words that the engine stumbles over, its reason, and what it takes instead."""
    if refusal.topic not in _SAID_HERE:
        return
    cause = refusal.cause
    yield Finding(
        step.place(refusal.span),
        f"refused by Kimberlite: {refusal.reason}",
        help=refusal.help,
        related=(Related(cause, refusal.cause_note or "because of this"),) if cause else (),
        fix=step.mended(refusal),
        subject=step.subject,
    )
