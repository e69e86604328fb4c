"""SET of a column that isn't there, or under a qualifier: taken, and nothing changes."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import UpdateRows
from kmblint.targets.verdict import GhostColumn, QualifiedSet
from kmblint.wording import nearest


def check(hazard: GhostColumn | QualifiedSet, step: Step) -> Iterator[Finding]:
    """The assignment, and why it comes to nothing."""
    table = step.before.table(step.subject)
    outcome = ": the statement reports its rows and changes nothing" if isinstance(step.change, UpdateRows) else ""
    meant = nearest(hazard.column, table.column_names) if table and isinstance(hazard, GhostColumn) else None
    yield Finding(
        step.place(hazard.span),
        f"{hazard.reason}{outcome}",
        help=f"did you mean `{meant}`?" if meant else hazard.help,
        subject=step.subject_of(hazard.column),
    )
