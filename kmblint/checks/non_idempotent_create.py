"""CREATE TABLE without IF NOT EXISTS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Edit, Finding, Fix, Severity
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddTable, DropTable
from kmblint.targets import Target
from kmblint.text import Span

_CONVENTION: Final = 3
"""So many tables, none of them guarded, are how a project writes them, as the guide's own examples do."""


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """Each table that a second run would fail on; only advice where the history guards none.

    Silent where the same file drops it first, and for a temporary table that the target keeps as one.
    """
    made = [(step, step.change) for step in replay.all_of(AddTable) if isinstance(step.change, AddTable)]
    convention = len(made) >= _CONVENTION and not any(change.if_not_exists for _, change in made)
    for step, change in made:
        if step.migration is not replay.history.baseline and not _can_run_twice(change, step, replay, target):
            yield _finding(change, step, Severity.INFO if convention else None)


def _can_run_twice(change: AddTable, step: Step, replay: Replay, target: Target) -> bool:
    keywords = {clause.keyword for clause in change.clauses}
    passing = "OR REPLACE" in keywords or ("TEMPORARY" in keywords and target.capabilities.keeps_declarations)
    dropped_here = any(each.subject == change.table.text for each in replay.earlier_here(step, DropTable))
    return change.if_not_exists or dropped_here or passing


def _finding(change: AddTable, step: Step, severity: Severity | None) -> Finding:
    name = change.table
    guard = "if not exists " if step.statement.tokens[0].text.islower() else "IF NOT EXISTS "
    before_name = step.place(Span(name.span.start, name.span.start))
    return Finding(
        step.place(name.span),
        f"table `{name}` is created without IF NOT EXISTS, so a second run fails here",
        help=f"write CREATE TABLE IF NOT EXISTS {name}",
        fix=Fix("add IF NOT EXISTS", (Edit(before_name, guard),)),
        subject=name.text,
        severity=severity,
    )
