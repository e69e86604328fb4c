"""DROP COLUMN of a column that may hold values."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.copies import copies_column
from kmblint.analysis.graph import dependents, referring
from kmblint.findings import Confidence, Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import DropColumn, UpdateRows
from kmblint.targets import Target


def check(change: DropColumn, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    """The column, why it is believed to hold values, and what hangs on it."""
    table = step.before.table(change.table.text)
    column = table.column(change.column.text) if table else None
    if table is None or column is None or not step.populated(table.name):
        return
    if not step.history.populated_at(column.made.file, step.migration):
        return
    if not target.capabilities.drops_key_columns and column.name in table.primary_key:
        return  # the engine refuses it, and so drops nothing
    if any(poison.column == column.name for poison in table.poisons):
        return  # nothing else makes the table readable again
    if any(copies_column(earlier.change, table, column.name) for earlier in replay.earlier(step, UpdateRows)):
        return
    pointing = list(referring(step.before, table.name, column.name))
    hanging = list(dependents(step.before, table, column.name))
    names = ", ".join([*(f"`{each.name}`" for each in pointing), *(each.what for each in hanging)])
    verb = "hangs" if len(pointing) + len(hanging) == 1 else "hang"
    yield Finding(
        step.place(change.span),
        f"`{table.name}.{column.name}` is dropped with its values "
        f"({step.history.why_populated(column.made.file, step.migration)})"
        + (f", and {names} {verb} on it" if names else ""),
        help="keep it until no program reads it; where its values are to go for good, say so in the header: "
        f"`-- kmblint: ignore[drop-column {table.name}.{column.name}] why`"
        + (
            "\nthe values stay in the log: a column of that name, added later, shows them again"
            if target.capabilities.append_only
            else ""
        ),
        related=(
            Related(column.made, "created here"),
            *(Related(each.place, f"refers to `{table.name}.{column.name}`") for each in pointing),
            *(Related(each.place, f"{each.what} hangs on it") for each in hanging),
        ),
        subject=f"{table.name}.{column.name}",
        confidence=Confidence.HIGH if table.complete else Confidence.MEDIUM,
    )
