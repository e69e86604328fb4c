"""A key column declared NULL, or a second primary key."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn, AddConstraint, AddTable, ChangeNullability
from kmblint.schema.parts import PrimaryKey
from kmblint.text import Span


def check(change: AddTable | AddColumn | AddConstraint | ChangeNullability, step: Step) -> Iterator[Finding]:
    """Each column of a primary key that is said to be nullable, and each primary key after the first."""
    table = step.before.table(change.table.text)
    match change:
        case AddTable():
            if table is None:
                yield from _of_table(change, step)
        case AddColumn(column=column):
            if table and table.primary_key and column.is_key and not table.column(column.name.text):
                yield _second(table.name, column.span, Related(table.made, "the table has its key from here"), step)
        case AddConstraint(constraint=PrimaryKey(span=span)):
            if table and table.primary_key:
                yield _second(table.name, span, Related(table.made, "the table has its key from here"), step)
        case ChangeNullability(nullable=True, column=column):
            if table and column.text in table.primary_key:
                yield _nullable(table.name, column.text, column.span, step)
        case _:
            return


def _of_table(change: AddTable, step: Step) -> Iterator[Finding]:
    keys = [(key, span) for key, span in change.constraints_with_places if isinstance(key, PrimaryKey)]
    for _, span in keys[1:]:
        yield _second(change.table.text, span, Related(step.place(keys[0][1]), "the first stands here"), step)
    in_key = {column.text for key, _ in keys for column in key.columns}
    for definition in change.columns:
        if definition.nullable is True and definition.name.text in in_key:
            yield _nullable(change.table.text, definition.name.text, definition.span, step)


def _nullable(table: str, column: str, span: Span, step: Step) -> Finding:
    return Finding(
        step.place(span),
        f"`{column}` is part of the primary key of `{table}` and is declared NULL: a key is never NULL",
        help=f"take NULL out, or write `{column}` … NOT NULL",
        subject=f"{table}.{column}",
    )


def _second(table: str, span: Span, first: Related, step: Step) -> Finding:
    return Finding(
        step.place(span),
        f"this is a second primary key of `{table}`, and a table has one",
        help="write one PRIMARY KEY (…) over all columns of the key, or make this one UNIQUE",
        related=(first,),
        subject=table,
    )
