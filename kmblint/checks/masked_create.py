"""CREATE TABLE IF NOT EXISTS over a table of another shape."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.alter import column_of
from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import AddTable
from kmblint.schema.parts import PrimaryKey
from kmblint.targets import Target


def check(change: AddTable, step: Step, target: Target) -> Iterator[Finding]:
    """That the statement does nothing though it describes another table, with the difference column by column."""
    there, name = step.before.table(change.table.text), change.table.text
    if there is None or not change.if_not_exists or change.borrows or not there.complete:
        return
    differences = [*_differences(there, change, step, target)]
    if not differences:
        return
    told = "; ".join(message for message, _ in differences[:4])
    more = f"; and {len(differences) - 4} more" if len(differences) > 4 else ""
    yield Finding(
        step.place(change.table.span),
        f"`{name}` exists already in another shape, so this statement does nothing: {told}{more}",
        help=f"change the existing table with ALTER TABLE {name}, or give the new one another name",
        related=(
            Related(there.made, f"`{name}` was created here"),
            *(related for _, related in differences if related.place != there.made),
        ),
        subject=name,
    )


def _differences(there: Table, change: AddTable, step: Step, target: Target) -> Iterator[tuple[str, Related]]:
    """What differs, each with a place that shows it; what a later ALTER TABLE added isn't held against it."""
    here = {each.name.text: each for each in change.columns}
    keys = (each for each, _ in change.constraints_with_places if isinstance(each, PrimaryKey))
    wanted = tuple(column.text for key in keys for column in key.columns)
    for name, definition in here.items():
        column, asked = there.column(name), column_of(definition, step.place(definition.span), wanted)
        if column is None:
            gone = there.dropped.get(name)
            why = f" (it was dropped {step.said(gone.place)})" if gone else ""
            yield f"`{name}` is only here{why}", Related(asked.made, f"`{name}` is only here")
        else:
            yield from _of_column(column, asked, target)
    for column in there.columns:
        if column.name not in here and column.made.span in there.made.span and column.made.file == there.made.file:
            yield f"`{column.name}` is only there", Related(column.made, f"`{column.name}` is only there")
    if set(wanted) != set(there.primary_key):
        old, new = ", ".join(there.primary_key) or "nothing", ", ".join(wanted) or "nothing"
        yield f"the primary key is `{old}` there and `{new}` here", Related(there.made, f"the primary key is `{old}`")


def _of_column(column: Column, asked: Column, target: Target) -> Iterator[tuple[str, Related]]:
    kept, wanted = target.capabilities.kept_type(column.type), target.capabilities.kept_type(asked.type)
    place = (*column.changed, column.made)[0]
    if kept != wanted:
        message = f"`{column.name}` is {column.type} there and {asked.type} here"
        yield message, Related(place, f"`{column.name}` is {column.type} here")
    if column.nullable != asked.nullable:
        words = ("may be NULL", "is NOT NULL")
        message = f"`{column.name}` {words[not column.nullable]} there and {words[not asked.nullable]} here"
        yield message, Related(place, f"`{column.name}` {words[not column.nullable]} here")
