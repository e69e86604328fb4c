"""Clauses that the engine parses and throws away."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.sql.statement import Statement
from kmblint.targets.verdict import DroppedClause


def check(statement: Statement, step: Step) -> Iterator[Finding]:
    """One finding a statement, at its worst clause, that lists them all."""
    dropped = [hazard for hazard in step.outcome.hazards if isinstance(hazard, DroppedClause)]
    if not dropped:
        return
    worst = min(dropped, key=lambda hazard: (hazard.severity.rank, hazard.span))
    others = [hazard for hazard in dropped if hazard is not worst]
    columns = {hazard.column for hazard in dropped}
    beside = ""
    if others:
        names = list(dict.fromkeys(_name(hazard) for hazard in others))
        beside = f"; so {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
    yield Finding(
        step.place(worst.span),
        f"{_name(worst)} is thrown away: {worst.effect}{beside}",
        help=f"leave it out of `{statement.title}`, so that nobody relies on it, and see to it in the program",
        subject=step.subject_of(worst.column) if worst.column and len(columns) == 1 else step.subject,
        severity=worst.severity,
    )


def _name(hazard: DroppedClause) -> str:
    return f"`{hazard.clause}`" + (f" of `{hazard.column}`" if hazard.column else "")
