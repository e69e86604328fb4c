"""LIMIT and ORDER BY of UPDATE and DELETE, which the engine ignores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding
from kmblint.replay import Step
from kmblint.schema.batches import first_batch
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.reach import Reach
from kmblint.targets import Target
from kmblint.targets.verdict import WiderThanAsked

_BATCH: Final = 1000


def check(hazard: WiderThanAsked, step: Step, target: Target) -> Iterator[Finding]:
    """The clause, and a batch that the engine does heed."""
    change = step.change
    if hazard.clause not in {"LIMIT", "ORDER BY"} or not isinstance(change, UpdateRows | DeleteRows):
        return
    table = step.before.table(change.table.text)
    batch = None
    if table is not None:
        reach = Reach.of(change, table, target.traits.dialect)
        refused = [refusal.span for refusal in step.outcome.refusals]
        size = change.limit or _BATCH
        batch = first_batch(
            change, table, reach, text=step.migration.source.slice, refused=refused, size=min(size, _BATCH)
        )
    done = "deleted" if isinstance(change, DeleteRows) else "changed"
    yield Finding(
        step.place(hazard.span),
        f"{hazard.clause} is taken and ignored: every row that the condition finds is {done} at once",
        help=f"bound it by the key, a range a statement: {batch}" if batch else "name the rows by their key",
        subject=step.subject,
    )
