"""NOT NULL columns that get NULL without a check."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import UncheckedNull


def check(hazard: UncheckedNull, step: Step) -> Iterator[Finding]:
    """The column, and how NULL gets into it."""
    how = "is left out" if hazard.left_out else "is set to NULL"
    yield Finding(
        step.place(hazard.span),
        f"`{hazard.column}` is NOT NULL and {how}: Kimberlite takes that, and the rows read NULL",
        help=_help(hazard),
        subject=step.subject_of(hazard.column),
    )


def _help(hazard: UncheckedNull) -> str:
    """A value, where the statement can write one."""
    if hazard.unwritable:
        return (
            f"no INSERT writes a {hazard.unwritable}: declare `{hazard.column}` without NOT NULL, and set it by UPDATE"
        )
    return f"write a value for `{hazard.column}`"
