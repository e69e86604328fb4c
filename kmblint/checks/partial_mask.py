"""A REDACT mask on a column whose values it doesn't hide, because they don't look like what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Confidence, Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddMask
from kmblint.targets.capabilities import Masked

_NAMES: Final = {
    Masked.SSN: re.compile(r"ssn|itin|(^|_)tin(_|$)|social_?security|(^|_)tax(_|$|id|number|payer)", re.IGNORECASE),
    Masked.EMAIL: re.compile(r"mail|contact", re.IGNORECASE),
    Masked.PHONE: re.compile(r"phone|mobile|cell|fax|(^|_)tel|contact", re.IGNORECASE),
    Masked.CARD: re.compile(r"card|credit|(^|_)(pan|cc)(_|$)", re.IGNORECASE),
}
"""The names of columns that hold such values."""


def check(change: AddMask, step: Step) -> Iterator[Finding]:
    """The strategy, on a column whose name says another thing."""
    strategy = change.strategy.upper()
    hidden = step.target.capabilities.partial_masks.get(strategy)
    if hidden is None or _NAMES[hidden].search(change.column.text):
        return
    yield Finding(
        step.place(change.span),
        f"{strategy} hides only {hidden.value}: any other value of `{change.column}` is shown as it is",
        help="write USING HASH, TOKENIZE or NULL, which hide every value",
        subject=f"{change.table}.{change.column}",
        confidence=Confidence.MEDIUM,
    )
