"""Indexes whose name a dropped table or column still holds."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.targets.verdict import StaleIndexRefusal


def check(refusal: StaleIndexRefusal, step: Step) -> Iterator[Finding]:
    """The index, and where its name was first used."""
    cause = refusal.cause
    yield Finding(
        step.place(refusal.span),
        f"refused by Kimberlite: {refusal.reason}",
        help=refusal.help,
        related=(Related(cause, refusal.cause_note or "the index of that name was made here"),) if cause else (),
        subject=step.subject,
    )
