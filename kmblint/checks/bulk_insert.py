"""An INSERT of very many literal rows."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import InsertRows


def check(change: InsertRows, step: Step, *, max_rows: int) -> Iterator[Finding]:
    """The statement with more rows than that."""
    if len(change.rows) > max_rows:
        yield Finding(
            step.place(change.span.to(change.table.span)),
            f"this `INSERT` holds {len(change.rows):,} rows: each is written on its own, and a failure at one leaves "
            "those before it",
            help=f"load the data with a program, or in statements of at most {max_rows:,} rows with ON CONFLICT",
            subject=change.table.text,
        )
