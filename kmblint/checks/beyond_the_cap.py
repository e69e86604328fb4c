"""A data change that looks at the first rows of a range only, on a table that holds more."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.batches import first_batch
from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, UpdateRows

_BATCH = 1000


def check(change: UpdateRows | DeleteRows, step: Step, *, large_tables: tuple[str, ...]) -> Iterator[Finding]:
    """The change that may have to look at more rows than the engine does, with a batch that it looks at whole."""
    way, reach, table = step.outcome.way, step.reach, step.before.table(change.table.text)
    if way is None or way.looks_at is None or reach is None or table is None or reach.no_row:
        return
    if table.name not in large_tables and len(table.rows) <= way.looks_at:
        return
    if reach.most_rows is not None and reach.most_rows <= way.looks_at:
        return
    refused = [refusal.span for refusal in step.outcome.refusals]
    batch = first_batch(change, table, reach, text=step.migration.source.slice, refused=refused, size=_BATCH)
    word, done = ("UPDATE", "changed") if isinstance(change, UpdateRows) else ("DELETE", "deleted")
    rest = "the others aren't looked at" + (", whatever the other conditions say" if way.compares else "")
    yield Finding(
        step.place(change.span.to(change.table.span)),
        f"this `{word}` comes by {way}, of which the engine takes the first {way.looks_at:,} rows, and `{table.name}` "
        f"holds more: {rest}, so they aren't {done}, and success is reported",
        help=f"bound it by the key, a range a statement: {batch}" if batch else "name the rows by their key",
        subject=table.name,
    )
