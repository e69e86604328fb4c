"""LIMIT and ORDER BY of a data change, which the engine ignores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.analysis.batches import first_batch
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, InsertRows, UpdateRows
from kmblint.targets.verdict import IgnoredLimit, IgnoredOrder

_BATCH: Final = 1000


def check(change: UpdateRows | DeleteRows | InsertRows, step: Step) -> Iterator[Finding]:
    """The clauses, once a statement, and a batch that the engine does heed; one row needs no limit and no order."""
    ignored = [hazard for hazard in step.outcome.hazards if isinstance(hazard, IgnoredLimit | IgnoredOrder)]
    if not ignored:
        return
    if isinstance(change, InsertRows):
        yield from _inserted(change, step, ignored[0])
        return
    table, reach = step.before.table(change.table.text), step.reach
    batch = None
    if table is not None and reach is not None:
        most = reach.most_rows
        if most is not None and most <= (1 if change.limit is None else change.limit):
            return
        refused = [refusal.span for refusal in step.outcome.refusals]
        size = change.limit or _BATCH
        batch = first_batch(
            change, table, reach, text=step.migration.source.slice, refused=refused, size=min(size, _BATCH)
        )
    first, *others = sorted(ignored, key=_clause)
    done = "deleted" if isinstance(change, DeleteRows) else "changed"
    which = " that the condition finds" if change.where else ""
    yield Finding(
        step.place(first.span),
        f"{_clause(first)} is taken and ignored: every row{which} is {done} at once",
        help=f"bound it by the key, a range a statement: {batch}" if batch else "name the rows by their key",
        related=tuple(Related(step.place(hazard.span), f"{_clause(hazard)} is ignored too") for hazard in others),
        subject=step.subject,
    )


def _inserted(change: InsertRows, step: Step, hazard: IgnoredLimit | IgnoredOrder) -> Iterator[Finding]:
    """More rows than LIMIT names."""
    if change.limit is not None and change.limit < len(change.rows):
        yield Finding(
            step.place(hazard.span),
            f"LIMIT is taken and ignored: all {len(change.rows)} rows are inserted",
            help="leave out LIMIT, and the rows that aren't meant",
            subject=step.subject,
        )


def _clause(hazard: IgnoredLimit | IgnoredOrder) -> str:
    return "LIMIT" if isinstance(hazard, IgnoredLimit) else "ORDER BY"
