"""A column that is added to a table with rows and filled in the same migration."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.history import Migration
from kmblint.replay import Replay, Step
from kmblint.schema.changes import AddColumn, UpdateRows


def check(migration: Migration, replay: Replay) -> Iterator[Finding]:
    """The first UPDATE that fills each column added earlier in the file."""
    added: dict[tuple[str, str], Step] = {}
    for step in replay.by_file.get(migration.file, ()):
        change = step.change
        if isinstance(change, AddColumn) and step.populated(change.table.text):
            added.setdefault((change.table.text, change.column.name.text), step)
        if not isinstance(change, UpdateRows):
            continue
        for assignment in change.assignments:
            cause = added.pop((change.table.text, assignment.column.text), None)
            if cause is None:
                continue
            column = f"{change.table.text}.{assignment.column.text}"
            yield Finding(
                step.place(change.span.to(change.table.span)),
                f"`{column}` is added and filled in one migration, and `{change.table.text}` holds rows "
                f"({step.why_populated(change.table.text)})",
                help="add the column here, and fill it in a later migration, in batches by the key",
                related=(Related(cause.place(cause.statement.span), "the column is added here"),),
                subject=column,
            )
