"""A DELETE from a table with rows that no key bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Confidence, Finding
from kmblint.replay import Step
from kmblint.schema.batches import first_batch
from kmblint.schema.changes import DeleteRows
from kmblint.schema.reach import Reach
from kmblint.targets import Target

_COST: Final = "each row costs a log event and an audit row, and isn't gone: the log is append-only"


def check(change: DeleteRows, step: Step, target: Target, *, max_rows: int) -> Iterator[Finding]:
    """The DELETE that may take more than so many rows at once, with the first batch of a bounded one."""
    table = step.before.table(change.table.text)
    if table is None or not step.populated(table.name):
        return
    reach = Reach.of(change, table, target.traits.dialect)
    most = reach.most_changed(change)
    if most is not None and most <= max_rows:
        return
    size = "any number of rows" if most is None else f"up to {most:,} rows"
    lacking = "no key bounds it" if most is None else f"a batch has {max_rows:,} at most"
    refused = (refusal.span for refusal in step.outcome.refusals)
    slice_of = step.migration.source.slice
    batch = first_batch(change, table, reach, text=slice_of, refused=refused, size=max_rows)
    advice = "bound it by a key of the table" if batch is None else f"send it in batches by the key: {batch}"
    yield Finding(
        step.place(change.span.to(change.table.span)),
        f"this `DELETE` takes {size} of `{table.name}` in one go: {lacking}, and the table holds rows "
        f"({step.why_populated(table.name)})",
        help=f"{advice}\n{_COST}" if target.traits.append_only else advice,
        subject=table.name,
        confidence=Confidence.HIGH if table.complete else Confidence.MEDIUM,
    )
