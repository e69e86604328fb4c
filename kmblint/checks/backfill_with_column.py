"""A column that is added to a table with rows and filled in the same migration."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.few_rows import changes_few
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import AddColumn, UpdateRows


def check(part: Part) -> Iterator[Finding]:
    """The first UPDATE that fills each column added earlier in the file; one finding for all that it fills."""
    added: dict[tuple[str, str], Step] = {}
    for step in part.steps:
        change = step.change
        if isinstance(change, AddColumn) and step.populated(change.table.text):
            added.setdefault((change.table.text, change.column.name.text), step)
        if not isinstance(change, UpdateRows) or changes_few(change, step):
            continue
        table = change.table.text
        names = dict.fromkeys(assignment.column.text for assignment in change.assignments)
        filled = {name: added.pop((table, name)) for name in names if (table, name) in added}
        if not filled:
            continue
        columns = " and ".join(f"`{table}.{name}`" for name in filled)
        yield Finding(
            step.place(change.span.to(change.table.span)),
            f"{columns} {'is' if len(filled) == 1 else 'are'} added and filled in one migration, and `{table}` holds "
            f"rows ({step.why_populated(table)})",
            help="add the column here, and fill it in a later migration, in batches by the key",
            related=tuple(
                Related(cause.place(cause.statement.span), f"`{name}` is added here") for name, cause in filled.items()
            ),
            subject=f"{table}.{next(iter(filled))}",
        )
