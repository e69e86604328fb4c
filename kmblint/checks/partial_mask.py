"""REDACT on a column whose values it doesn't hide, because they don't look like a social security number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Confidence, Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddMask

_NUMBERS: Final = re.compile(r"ssn|social|tax|tin(_|\b)|insurance", re.IGNORECASE)


def check(change: AddMask, step: Step) -> Iterator[Finding]:
    """The strategy, on a column whose name says another thing."""
    if change.strategy.upper() not in {"REDACT", "REDACT_SSN"} or _NUMBERS.search(change.column.text):
        return
    yield Finding(
        step.place(change.span),
        f"{change.strategy.upper()} hides only what looks like a US social security number, nine digits: any other "
        f"value of `{change.column}` is shown as it is",
        help="write USING HASH, TOKENIZE or NULL, which hide every value",
        subject=f"{change.table}.{change.column}",
        confidence=Confidence.MEDIUM,
    )
