"""An UPDATE that sets every column to the value that it has."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.removing import without
from kmblint.findings import Applicability, Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import UpdateRows
from kmblint.targets import Target


def check(change: UpdateRows, step: Step, target: Target) -> Iterator[Finding]:
    """The UPDATE none of whose assignments changes a value: `SET a = a`, or what WHERE demands already."""
    reach = step.reach
    if reach is None or not change.assignments:
        return
    if all(reach.keeps(assignment, change) for assignment in change.assignments):
        first, last = change.assignments[0], change.assignments[-1]
        cost = ", and each of them costs a log event for ever" if target.capabilities.append_only else ""
        yield Finding(
            step.place(first.span.to(last.span)),
            f"this `UPDATE` of `{change.table}` sets only what the rows hold already{cost}",
            help="leave it out, or set what was meant",
            fix=without(step.migration, step.statement, Applicability.UNSAFE),
            subject=change.table.text,
        )
