"""A statement that is not SQL."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.sql.statement import Problem


def check(problem: Problem, step: Step) -> Iterator[Finding]:
    """The token that the statement breaks at."""
    yield Finding(step.place(problem.span), problem.message, help=problem.help)
