"""A table that isn't there when the statement runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.analysis.unresolved import unresolved_table
from kmblint.findings import Finding
from kmblint.replay.steps import Replay, Step
from kmblint.schema.conflict import UnknownTable
from kmblint.targets.capabilities import SYSTEM_PREFIX, TRACKING_TABLE

_KEPT_BY_THE_DATABASE: Final = (SYSTEM_PREFIX, TRACKING_TABLE, "information_schema.", "pg_catalog.")


def check(conflict: UnknownTable, step: Step, replay: Replay) -> Iterator[Finding]:
    """That a table is named that isn't there, once a statement, and why it isn't."""
    name = conflict.table.text
    earlier = (change.table for change in step.statement.changes[: step.number])
    if name.startswith(_KEPT_BY_THE_DATABASE) or any(table and table.text == name for table in earlier):
        return
    absence = unresolved_table(step, replay, name)
    yield Finding(
        step.place(conflict.table.span),
        f"table `{name}` doesn't exist{absence.why}",
        help=absence.help,
        related=absence.related,
        subject=name,
        confidence=absence.confidence,
    )
