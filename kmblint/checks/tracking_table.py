"""A migration that touches the tracking table."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.capabilities import TRACKING_TABLE


def check(statement: Statement, step: Step, target: Target) -> Iterator[Finding]:
    """The statement, whatever it does with the table."""
    names = (name for change in statement.changes for name in change.touches())
    name = next((name for name in names if name.text.rpartition(".")[2] == TRACKING_TABLE), None)
    if name is None:
        return
    reason = (
        "Kimberlite has no such table: what was applied stands in `.kimberlite/migrations/applied.toml`"
        if target.capabilities.records_in_file
        else "the system keeps it, and what a migration writes there is believed"
    )
    yield Finding(
        step.place(name.span),
        f"`{name}` tracks which migrations are applied and is not a migration's to touch; {reason}",
        help="leave the statement out; `kimberlite migration status` shows what is applied",
        subject=name.text,
    )
