"""Seed rows that a second run would insert again."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay import Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import Change, DropTable, InsertRows
from kmblint.schema.rows import clears


def check(change: InsertRows, step: Step) -> Iterator[Finding]:
    """That an INSERT has no ON CONFLICT on a key of its table; silent where the same file first clears the rows.

    OR IGNORE and OR REPLACE say what was meant; where the target ignores them, `ineffective-guard` says so.
    """
    table = step.before.table(change.table.text)
    guarded = change.replace or change.ignore or (change.query is not None and change.query.filtered)
    if table is None or guarded:
        return
    clause = change.on_conflict
    named = {column.text for column in clause.columns} if clause else set()
    if clause and (not named or any(set(key) == named for key in table.unique_keys)):
        return
    if any(_clears(table, earlier, change) for earlier in step.earlier_here()):
        return
    key = ", ".join(table.primary_key)
    effect = f"ON CONFLICT names no key of `{table.name}`" if clause else "there is no ON CONFLICT"
    outcome = f"fails on the key `{key}`" if key else "inserts them again"
    yield Finding(
        step.place(change.table.span),
        f"{effect}, so a second run {outcome}",
        help=f"add ON CONFLICT ({key}) DO NOTHING, or DO UPDATE SET … with the values that it should have"
        if key
        else None,
        subject=table.name,
    )


def _clears(table: Table, earlier: Change, change: InsertRows) -> bool:
    about = getattr(earlier, "table", None)
    return str(about) == table.name and (isinstance(earlier, DropTable) or clears(table, earlier, change))
