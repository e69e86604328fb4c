"""A table without a primary key."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddColumn, AddConstraint, AddTable, RenameTable


def check(change: AddTable, step: Step, replay: Replay) -> Iterator[Finding]:
    """That a new table has no primary key; silent where the target lets a later statement add it, and one does."""
    made = step.after.table(change.table.text)
    if change.borrows or made is None or made.primary_key or step.before.table(change.table.text):
        return
    refused = step.outcome.refusal is not None
    makers = replay.later(step, AddConstraint, AddColumn, RenameTable)
    later = (each.after.table(made.name) for each in makers)
    if not refused and any(table.primary_key for table in later if table and table.made == made.made):
        return
    effect = ", so it is refused" if refused else ", so no row of it can be told from another"
    ids = [column.name.text for column in change.columns if column.name.text in {"id", f"{made.name}_id"}]
    key = ids[0] if ids else "id"
    yield Finding(
        step.place(change.table.span),
        f"table `{made.name}` has no primary key{effect}",
        help=f"write PRIMARY KEY behind `{key}`"
        if ids
        else "add a column `id BIGINT PRIMARY KEY`, or name the columns that make a row unique: PRIMARY KEY (…)",
        subject=made.name,
    )
