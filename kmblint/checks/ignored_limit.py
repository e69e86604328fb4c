"""LIMIT and ORDER BY of UPDATE and DELETE, which the engine ignores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.analysis.batches import first_batch
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.targets.verdict import WiderThanAsked

_BATCH: Final = 1000
_CLAUSES: Final = ("LIMIT", "ORDER BY")


def check(change: UpdateRows | DeleteRows, step: Step) -> Iterator[Finding]:
    """The clauses, once a statement, and a batch that the engine does heed; one row needs no limit and no order."""
    ignored = [
        hazard for hazard in step.outcome.hazards if isinstance(hazard, WiderThanAsked) and hazard.clause in _CLAUSES
    ]
    if not ignored:
        return
    table, reach = step.before.table(change.table.text), step.reach
    batch = None
    if table is not None and reach is not None:
        most = reach.most_changed(change)
        if most is not None and most <= (1 if change.limit is None else change.limit):
            return
        refused = [refusal.span for refusal in step.outcome.refusals]
        size = change.limit or _BATCH
        batch = first_batch(
            change, table, reach, text=step.migration.source.slice, refused=refused, size=min(size, _BATCH)
        )
    first, *others = sorted(ignored, key=lambda hazard: hazard.clause)
    done = "deleted" if isinstance(change, DeleteRows) else "changed"
    found = " that the condition finds" if change.where else ""
    yield Finding(
        step.place(first.span),
        f"{first.clause} is taken and ignored: every row{found} is {done} at once",
        help=f"bound it by the key, a range a statement: {batch}" if batch else "name the rows by their key",
        related=tuple(Related(step.place(hazard.span), f"{hazard.clause} is ignored too") for hazard in others),
        subject=step.subject,
    )
