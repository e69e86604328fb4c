"""A migration that changes the schema and the rows of a table that held some before it."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.history.files import Migration
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import DeleteRows, InsertRows, SchemaChange, UpdateRows


def check(migration: Migration, replay: Replay) -> Iterator[Finding]:
    """The first data change of a populated table in a file that changes the schema too; one a file."""
    steps = replay.by_file.get(migration.file, ())
    schema = next((step for step in steps if isinstance(step.change, SchemaChange)), None)
    data = next((step for step in steps if _changes_old_rows(step)), None)
    if schema is None or data is None or not isinstance(data.change, InsertRows | UpdateRows | DeleteRows):
        return
    table = data.change.table.text
    yield Finding(
        data.place(data.change.span.to(data.change.table.span)),
        f"{migration.id} changes the schema and the rows of `{table}` ({data.why_populated(table)}): "
        "if one half fails, the other has happened",
        help="put the data change into a migration of its own, behind the one that changes the schema",
        related=(Related(schema.place(schema.statement.span), "the schema changes here"),),
        subject=table,
    )


def _changes_old_rows(step: Step) -> bool:
    change = step.change
    return isinstance(change, InsertRows | UpdateRows | DeleteRows) and step.populated(change.table.text)
