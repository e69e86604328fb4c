"""A statement that is not SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, Fix
from kmblint.replay.steps import Step
from kmblint.sql.statement import Problem

_MEANT: Final = re.compile(r"did you mean `(?P<word>\w+)`\?")


def check(problem: Problem, step: Step) -> Iterator[Finding]:
    """The token that the statement breaks at."""
    asked = _MEANT.fullmatch(problem.help or "")
    fix = Fix.instead(step.place(problem.span), asked["word"]) if asked else None
    yield Finding(step.place(problem.span), problem.message, help=problem.help, fix=fix)
