"""DROP TABLE of a table that may hold rows."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.copies import copies_table
from kmblint.analysis.graph import dependents, referring
from kmblint.findings import Confidence, Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddTable, DropTable, InsertRows
from kmblint.targets import Target
from kmblint.text import Place


def check(change: DropTable, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    """The table, why it is believed to hold rows, and what still refers to it."""
    table = step.before.table(change.table.text)
    if table is None or not step.populated(table.name):
        return
    if any(copies_table(earlier.change, table, step.before) for earlier in replay.earlier(step, InsertRows)):
        return
    pointing = list(referring(step.before, table.name))
    hanging = list(dependents(step.before, table))
    names = ", ".join(f"`{reference.name}`" for reference in pointing)
    verb = "refers" if len(pointing) == 1 else "refer"
    left = "goes with it" if target.capabilities.drops_dependents else "stays"
    yield Finding(
        step.place(change.span.to(change.table.span)),
        f"`{table.name}` is dropped with its rows ({step.why_populated(table.name)})"
        + (f", and {names} still {verb} to it" if names else ""),
        help="keep it until no program reads it; where its rows are to go for good, say so in the header: "
        f"`-- kmblint: ignore[drop-table {table.name}] why`",
        related=(
            Related(table.made, "created here"),
            *(Related(each.place, _how(each.declared, table.name)) for each in pointing),
            *(Related(each.place, f"{each.what} {left}") for each in hanging),
        ),
        subject=table.name,
        cause=_made_again(change, step, replay),
        confidence=Confidence.HIGH if table.complete else Confidence.MEDIUM,
    )


def _made_again(change: DropTable, step: Step, replay: Replay) -> Place | None:
    """Where the same file makes a table of that name again: one change, which is told there."""
    later = replay.later_here(step, AddTable)
    return next((each.place(each.statement.span) for each in later if each.subject == change.table.text), None)


def _how(declared: bool, table: str) -> str:
    return f"refers to `{table}`" if declared else f"refers to `{table}` by its name"
