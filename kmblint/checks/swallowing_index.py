"""An index of several columns, which drops conditions on all but the first."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.proposals import create_index
from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import AddIndex
from kmblint.schema.parts import Name


def check(change: AddIndex, step: Step) -> Iterator[Finding]:
    """The index that a comparison of its first column is served by, and the columns that are then not looked at."""
    table = step.before.table(change.table.text)
    if table is None or change.name is None or step.outcome.refusals:
        return
    first, *others = (part.column for part in change.parts)
    if not _kept(first) or first is None or table.primary_key == (first.text,):
        return  # nothing is ever found by it
    later = [column.text for column in others if column is not None and _kept(column) and column.text != first.text]
    if not later:
        return
    named = " and ".join(f"`{column}`" for column in later)
    yield Finding(
        step.place(change.span),
        f"where `{first}` is compared, the engine goes by this index and drops what is said of {named}: `WHERE {first} "
        f"= … AND {later[0]} = …` finds the rows that don't meet the second too, in programs as in migrations, and an "
        "index stays for ever",
        help=_instead(table, first.text),
        subject=f"{table.name}.{change.name}",
    )


def _instead(table: Table, first: str) -> str:
    there = next((index.name for index in table.indexes if index.columns == (first,)), None)
    if there is not None:
        return f"leave it out: `{there}` serves `{first}` already"
    return f"make it of one column: {create_index(table, (first,))}"


def _kept(column: Name | None) -> bool:
    """Whether a part of an index is a column that the engine knows: no expression, and no quoted name."""
    return column is not None and not column.quoted
