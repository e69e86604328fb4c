"""Keys under which a row can be neither changed nor deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Fix
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddTable
from kmblint.schema.parts import PrimaryKey
from kmblint.targets.verdict import FreezesRow

_NO_LITERAL = "no literal makes such a key that is found again: take BIGINT, and count in units of the last digit"
_EVERY = {"REAL": "take BIGINT, or TEXT for what has a fraction", "DECIMAL": "take BIGINT for whole numbers"}


def check(subject: AddTable | FreezesRow, step: Step) -> Iterator[Finding]:
    """The key column of a type that freezes every row, or the literal that freezes its own."""
    if isinstance(subject, AddTable):
        yield from _of_type(subject, step)
        return
    more = f" (and {subject.more} more)" if subject.more else ""
    yield Finding(
        step.place(subject.span),
        f"the key `{subject.column}` is {subject.column_type} and is written {subject.value}{more}: every UPDATE and "
        "DELETE that meets the row is refused, for ever",
        help=f"write {subject.instead}" if subject.instead else _NO_LITERAL,
        fix=Fix.instead(step.place(subject.span), subject.instead) if subject.instead else None,
        subject=f"{subject.table}.{subject.column}",
    )


def _of_type(change: AddTable, step: Step) -> Iterator[Finding]:
    if step.before.table(change.table.text):
        return
    keys = (each for each, _ in change.constraints_with_places if isinstance(each, PrimaryKey))
    key = {name.text for each in keys for name in each.columns}
    for column in change.columns:
        stored = step.target.stored_type(column.type)
        if column.name.text in key and stored is not None and step.target.capabilities.freezes_rows(column.type):
            yield Finding(
                step.place(column.type_span),
                f"the key `{column.name}` is {column.type}: every UPDATE and DELETE that meets a row of "
                f"`{change.table}` is refused",
                help=_EVERY[stored.name],
                subject=f"{change.table}.{column.name}",
            )
