"""CREATE TABLE without IF NOT EXISTS."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddTable, DropTable
from kmblint.text import Span


def check(change: AddTable, step: Step, replay: Replay) -> Iterator[Finding]:
    """That a second run would fail on the table; silent where the same file drops it first."""
    name = change.table
    dropped_here = any(each.subject == name.text for each in replay.earlier_here(step, DropTable))
    replaces = any(clause.keyword == "OR REPLACE" for clause in change.clauses)
    if change.if_not_exists or dropped_here or replaces:
        return
    guard = "if not exists " if step.statement.tokens[0].text.islower() else "IF NOT EXISTS "
    before_name = step.place(Span(name.span.start, name.span.start))
    yield Finding(
        step.place(name.span),
        f"table `{name}` is created without IF NOT EXISTS, so a second run fails here",
        help=f"write CREATE TABLE IF NOT EXISTS {name}",
        fix=Fix("add IF NOT EXISTS", (Edit(before_name, guard),)),
        subject=name.text,
    )
