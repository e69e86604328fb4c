"""A placeholder that nothing fills in."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.sql.placeholders import may_hold, placeholders
from kmblint.sql.statement import Statement


def check(statement: Statement, step: Step) -> Iterator[Finding]:
    """The first placeholder of a statement, with the others."""
    if not may_hold(step.migration.source.slice(statement.span)):
        return
    spans = list(placeholders(statement.tokens))
    if not spans:
        return
    shown = " ".join(step.migration.source.slice(spans[0]).split())
    if shown.startswith("\\"):
        message = f"`{shown}` is a command of psql, and a migration is not run by psql"
        help_ = "write the statements themselves"
    else:
        message = f"nothing fills in `{shown}` in a migration"
        help_ = "write the value itself: a migration is the same everywhere"
    more = f" (nor {len(spans) - 1} more in this statement)" if len(spans) > 1 else ""
    yield Finding(
        step.place(spans[0]),
        message + more,
        help=help_,
        related=tuple(Related(step.place(span), "another one") for span in spans[1:]),
    )
