"""IF [NOT] EXISTS, or OR IGNORE, that the target parses and ignores."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.write import column_list
from kmblint.targets.verdict import IgnoredGuard


def check(hazard: IgnoredGuard, step: Step) -> Iterator[Finding]:
    """That the guard guards nothing, once a statement."""
    if hazard != next(each for each in step.outcome.hazards if isinstance(each, IgnoredGuard)):
        return
    table = step.before.table(step.subject)
    key = column_list(table.primary_key) if table and table.primary_key else "the key"
    yield Finding(
        step.place(hazard.span),
        f"{hazard.guard} is ignored here: {hazard.effect}",
        help=f"write INSERT INTO, and behind the rows ON CONFLICT ({key}) DO NOTHING"
        if hazard.guard.startswith("OR ")
        else "leave it out, and put the statement where it runs once: alone, or last in its file",
        subject=step.subject,
    )
