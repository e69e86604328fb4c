"""A NOT NULL column is added to a table with rows, and nothing says what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn
from kmblint.schema.predicate import Null
from kmblint.targets import Target

_FILLED: Final = frozenset({"GENERATED", "IDENTITY", "AUTO_INCREMENT", "AUTOINCREMENT"})


def check(change: AddColumn, step: Step, target: Target) -> Iterator[Finding]:
    """The column; a default helps where the target keeps it."""
    table = step.before.table(change.table.text)
    definition = change.column
    if table is None or definition.nullable is not False or not step.populated(table.name):
        return
    if table.column(definition.name.text):
        return
    default = definition.default if not isinstance(definition.default, Null) else None
    generated = definition.type.serial or any(
        word in clause.keyword for clause in definition.clauses for word in _FILLED
    )
    why = step.why_populated(table.name)
    name = f"`{table.name}.{definition.name}`"
    if target.capabilities.keeps_declarations:
        if default is not None or generated:
            return
        effect = f"{name} is NOT NULL without a default, and `{table.name}` holds rows ({why}): the change fails"
        advice = "add it without NOT NULL, fill it in batches in a later migration, and set NOT NULL then"
    else:
        dropped = "; the default is thrown away" if default is not None else ""
        effect = (
            f"{name} is NOT NULL, and the rows that `{table.name}` holds ({why}) read NULL there all the same{dropped}"
        )
        advice = (
            "add it without NOT NULL, and fill it in batches in a later migration; let programs write it from now on"
        )
    yield Finding(
        step.place(definition.span),
        effect,
        help=f"{advice}\nALTER TABLE {table.name} ADD COLUMN {definition.name} {definition.type};",
        related=(Related(table.made, "created here"),),
        subject=f"{table.name}.{definition.name}",
    )
