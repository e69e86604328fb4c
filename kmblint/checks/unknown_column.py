"""A column that its table doesn't have."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.unresolved import unresolved_column
from kmblint.findings import Finding
from kmblint.replay.steps import Replay, Step
from kmblint.schema.conflict import UnknownColumn


def check(conflict: UnknownColumn, step: Step, replay: Replay) -> Iterator[Finding]:
    """That a column is named that its table doesn't have, and why it doesn't."""
    name = conflict.column.text
    absence = unresolved_column(step, replay, conflict.table, name)
    effect = ", so that every INSERT will fail" if conflict.where == "PRIMARY KEY" and not absence.why else ""
    yield Finding(
        step.place(conflict.column.span),
        f"column `{name}` doesn't exist in `{conflict.table}`{absence.why}{effect}",
        help=absence.help,
        fix=absence.fix(step.place(conflict.column.span)),
        related=absence.related,
        subject=f"{conflict.table}.{name}",
        confidence=absence.confidence,
    )
