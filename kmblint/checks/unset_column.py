"""SET of a column that isn't there, or under a qualifier: taken, and nothing changes."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Finding, Fix
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
        fix=_fix(hazard, meant, step),
        subject=step.subject_of(hazard.column),
    )


def _fix(hazard: GhostColumn | QualifiedSet, meant: str | None, step: Step) -> Fix | None:
    """The column that was meant: guessed, or named behind its qualifier or in its quotes."""
    if meant:
        return Fix.instead(step.place(hazard.span), meant)
    named = hazard.help is not None and hazard.help.startswith(f"write `{hazard.column}`")
    if not named or isinstance(hazard, GhostColumn):
        return None
    return Fix.instead(step.place(hazard.span), hazard.column, Applicability.SAFE)
