"""A table or column with rows gets another name."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import RenameColumn, RenameTable
from kmblint.text import Place


def check(change: RenameTable | RenameColumn, step: Step) -> Iterator[Finding]:
    """The renaming, and how to reach the same without breaking what runs."""
    table = step.before.table(change.table.text)
    if table is None or not step.populated(table.name):
        return
    made: Place = table.made
    what, subject, new = f"table `{table.name}`", table.name, f"a table `{change.new}`"
    if isinstance(change, RenameColumn):
        column = table.column(change.column.text)
        if column is None or not step.history.populated_at(column.made.file, step.migration):
            return
        made = column.made
        what, subject, new = f"column `{table.name}.{column.name}`", f"{table.name}.{column.name}", "a new column"
    yield Finding(
        step.place(change.span),
        f"{what} becomes `{change.new}`: programs that run while this is applied still ask for the old name "
        f"({step.history.why_populated(made.file, step.migration)})",
        help=f"expand, migrate, contract: add {new}, write to both and copy what is there, let programs read the new "
        "one, and drop the old one in a later migration",
        related=(Related(made, "created here"),),
        subject=subject,
    )
