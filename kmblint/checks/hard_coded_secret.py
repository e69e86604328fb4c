"""A password, key or token that stands in a migration as a literal."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Confidence, Finding
from kmblint.replay.leaks import leaks
from kmblint.replay.steps import Step


def check(step: Step) -> Iterator[Finding]:
    """Each literal, which no report then shows."""
    for secret in leaks(step) if step.number == 0 else ():
        yield Finding(
            step.place(secret.span),
            f"{secret.what} stands here as a literal: it stays in this file's history, and in the log of every tenant",
            help="change the secret, for it is known by now; let a program write it from a secret store, "
            "and leave it NULL here",
            subject=secret.subject,
            confidence=Confidence.HIGH if secret.sure else Confidence.MEDIUM,
            secrets=(step.place(secret.span),),
        )
