"""An UPDATE or DELETE of every row of a table that holds some."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.unbatched import empties_before_drop
from kmblint.findings import Finding
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.targets import Target


def check(change: UpdateRows | DeleteRows, step: Step, target: Target, part: Part) -> Iterator[Finding]:
    """The data change without WHERE, unless the target honours its LIMIT or the file drops the table."""
    table = change.table.text
    limited = change.limit is not None and target.capabilities.semantics.limits_hold
    if change.where is not None or limited or not step.populated(table):
        return
    if empties_before_drop(change, step, part):
        return
    word, does = ("UPDATE", "rewrites") if isinstance(change, UpdateRows) else ("DELETE", "takes")
    yield Finding(
        step.place(change.span.to(change.table.span)),
        f"this `{word}` has no `WHERE`: it {does} every row of `{table}`, {step.why_populated(table)}",
        help="add a WHERE that bounds it by a key; if every row is meant, go through the keys in batches",
        subject=table,
    )
