"""A REDACT mask on a column whose values it doesn't hide, because they don't look like what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Confidence, Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddMask

_SSN: Final = (
    "what looks like a US social security number, nine digits",
    re.compile(r"ssn|itin|(^|_)tin(_|$)|social_?security|(^|_)tax(_|$|id|number|payer)", re.IGNORECASE),
)
_SHAPES: Final = {
    "REDACT": _SSN,
    "REDACT_SSN": _SSN,
    "REDACT_EMAIL": ("what has an `@`", re.compile(r"mail|contact", re.IGNORECASE)),
    "REDACT_PHONE": (
        "what has ten digits or more",
        re.compile(r"phone|mobile|cell|fax|(^|_)tel|contact", re.IGNORECASE),
    ),
    "REDACT_CREDIT_CARD": ("what has 13 to 19 digits", re.compile(r"card|credit|(^|_)(pan|cc)(_|$)", re.IGNORECASE)),
}
"""Each strategy: the values that it hides (engine 0.9.1, area mask), and the names of columns that hold such."""


def check(change: AddMask, step: Step) -> Iterator[Finding]:
    """The strategy, on a column whose name says another thing."""
    strategy = change.strategy.upper()
    shape, names = _SHAPES.get(strategy, (None, None))
    if names is None or names.search(change.column.text):
        return
    yield Finding(
        step.place(change.span),
        f"{strategy} hides only {shape}: any other value of `{change.column}` is shown as it is",
        help="write USING HASH, TOKENIZE or NULL, which hide every value",
        subject=f"{change.table}.{change.column}",
        confidence=Confidence.MEDIUM,
    )
