"""A data change of a table with rows that no key bounds: how many rows it may reach, and the batch to send instead."""

from __future__ import annotations

from kmblint.analysis.batches import first_batch
from kmblint.analysis.few_rows import is_lookup
from kmblint.findings import Confidence, Finding
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import DeleteRows, DropTable, UpdateRows
from kmblint.targets import Target


def empties_before_drop(change: UpdateRows | DeleteRows, step: Step, replay: Replay) -> bool:
    """Whether a DELETE without WHERE empties a table, and its indexes, which a later statement of the file drops."""
    if not isinstance(change, DeleteRows) or change.where is not None:
        return False
    drops = (later for later in replay.later(step, DropTable) if later.migration is step.migration)
    return any(later.subject == change.table.text for later in drops)


def unbatched(
    change: UpdateRows | DeleteRows, step: Step, target: Target, *, max_rows: int, does: str, cost: str
) -> Finding | None:
    """The finding on a change that may reach more than so many rows at once; None where it is bounded.

    `does` says what it does to rows ("`UPDATE` rewrites"), `cost` what each of them costs an append-only target.
    """
    table = step.before.table(change.table.text)
    reach = step.reach
    if table is None or reach is None or not table.key_is_known or not step.populated(table.name):
        return None
    most = reach.most_changed(change)
    if (most is not None and most <= max_rows) or is_lookup(table, step.before):
        return None
    size = "any number of rows" if most is None else f"up to {most:,} rows"
    lacking = "no key bounds it" if most is None else f"a batch has {max_rows:,} at most"
    refused = (refusal.span for refusal in step.outcome.refusals)
    slice_of = step.migration.source.slice
    batch = first_batch(change, table, reach, text=slice_of, refused=refused, size=max_rows)
    advice = "bound it by a key of the table" if batch is None else f"send it in batches by the key: {batch}"
    return Finding(
        step.place(change.span.to(change.table.span)),
        f"this {does} {size} of `{table.name}` in one go: {lacking}, and the table holds rows "
        f"({step.why_populated(table.name)})",
        help=f"{advice}\n{cost}" if target.capabilities.append_only else advice,
        subject=table.name,
        confidence=Confidence.HIGH if table.complete else Confidence.MEDIUM,
    )
