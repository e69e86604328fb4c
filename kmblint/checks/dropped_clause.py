"""Clauses that the engine parses and throws away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.sql.statement import Statement
from kmblint.targets.verdict import DroppedClause

_REFERENCES: Final = frozenset({"REFERENCES", "FOREIGN KEY"})

_INSTEAD: Final = {"(…)": "and say behind WHERE which rows are meant"}
_ELSE: Final = "so that nobody relies on it, and see to it in the program"


def check(hazard: DroppedClause, step: Step, statement: Statement) -> Iterator[Finding]:
    """The clause, and what is then not so."""
    name = f"`{hazard.clause}`" + (f" of `{hazard.column}`" if hazard.column else "")
    yield Finding(
        step.place(hazard.span),
        f"{name} is thrown away: {hazard.effect}",
        help=f"leave it out of `{statement.title}`, {_INSTEAD.get(hazard.clause, _ELSE)}",
        subject=step.subject_of(hazard.column) if hazard.column else step.subject,
        brief=name,
        severity=hazard.severity,
        cause=step.place(statement.span) if hazard.clause in _REFERENCES else None,
    )
