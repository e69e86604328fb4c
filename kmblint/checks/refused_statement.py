"""Statements that the engine refuses."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix, Related
from kmblint.replay import Step
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
        fix=_fix(refusal, step),
        subject=step.subject,
    )


def _fix(refusal: Refusal, step: Step) -> Fix | None:
    if not refusal.replacements:
        return None
    edits = tuple(Edit(step.place(each.span), each.text) for each in refusal.replacements)
    worst = max((each.applicability for each in refusal.replacements), key=lambda a: list(type(a)).index(a))
    return Fix(refusal.replacements[0].message, edits, worst)
