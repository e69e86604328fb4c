"""Seed rows that a second run would insert again."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.clearing import is_cleared
from kmblint.findings import Applicability, Edit, Finding, Fix
from kmblint.replay.steps import Part, Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import InsertRows
from kmblint.text import Span


def check(change: InsertRows, step: Step, part: Part) -> Iterator[Finding]:
    """That an INSERT has no ON CONFLICT on a key of its table; silent where the same file first clears the rows.

    OR IGNORE and OR REPLACE say what was meant; where the target ignores them, `ineffective-guard` says so.
    """
    table = step.before.table(change.table.text)
    guarded = change.replace or change.ignore or (change.query is not None and change.query.filtered)
    if table is None or guarded or not table.key_is_known:
        return
    clause = change.on_conflict
    named = {column.text for column in clause.columns} if clause else set()
    if clause and (not named or any(set(key) == named for key in table.unique_keys)):
        return
    if is_cleared(table, change, step, part):
        return
    key = "" if _makes_the_key(table, change) else ", ".join(table.primary_key)
    effect = (
        f"ON CONFLICT names no key of `{table.name}`" if clause else f"INSERT INTO `{table.name}` has no ON CONFLICT"
    )
    outcome = f"fails on the key `{key}`" if key else "inserts them again"
    yield Finding(
        step.place(change.table.span),
        f"{effect}, so a second run {outcome}",
        help=f"add ON CONFLICT ({key}) DO NOTHING, or DO UPDATE SET … with the values that it should have"
        if key
        else None,
        fix=_fix(key, change, step) if key and clause is None else None,
        subject=table.name,
        cause=step.place(clause.span) if clause else None,
    )


def _fix(key: str, change: InsertRows, step: Step) -> Fix | None:
    """Behind the rows; one that is there stays as it is, though its author may want it set anew."""
    if not change.rows:
        return None
    end, text = change.rows[-1].span.end, f" ON CONFLICT ({key}) DO NOTHING"
    return Fix(f"add{text}", (Edit(step.place(Span(end, end)), text),), Applicability.UNSAFE)


def _makes_the_key(table: Table, change: InsertRows) -> bool:
    """Whether the database fills a part of the key, so that each run makes new rows."""
    named = table.column_names if change.columns is None else [column.text for column in change.columns]
    filled = (table.column(name) for name in table.primary_key if name not in named)
    return any(column and (column.generated or column.default is not None) for column in filled)
