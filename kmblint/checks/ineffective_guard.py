"""IF [NOT] EXISTS, or OR IGNORE, that the target parses and ignores."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Edit, Finding, Fix
from kmblint.replay.steps import Step
from kmblint.schema.write import column_list
from kmblint.targets.verdict import IgnoredGuard
from kmblint.text import Span


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
        fix=_fix(hazard, step),
        subject=step.subject,
    )


def _fix(hazard: IgnoredGuard, step: Step) -> Fix | None:
    """The statement without such words and the blanks behind them; what ON CONFLICT is to say isn't known."""
    guards = [each for each in step.outcome.hazards if isinstance(each, IgnoredGuard)]
    if any(each.guard.startswith("OR ") for each in guards):
        return None
    text = step.migration.source.text
    edits = tuple(
        Edit(step.place(Span(guard.span.start, len(text) - len(text[guard.span.end :].lstrip()))), "")
        for guard in guards
    )
    return Fix(f"leave {hazard.guard} out", edits, Applicability.UNSAFE)
