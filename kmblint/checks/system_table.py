"""A migration that touches or makes a table of the engine's own."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddTable, Grant, Read, RenameTable
from kmblint.sql.statement import Statement
from kmblint.targets.capabilities import SYSTEM_PREFIX


def check(statement: Statement, step: Step) -> Iterator[Finding]:
    """The statement, unless it only reads the table or lets somebody read it."""
    for change in statement.changes:
        if isinstance(change, Read) or (isinstance(change, Grant) and change.privileges == ("SELECT",)):
            continue
        for name in change.touches():
            if not name.text.rpartition(".")[2].startswith(SYSTEM_PREFIX):
                continue
            made = (isinstance(change, AddTable) and name == change.table) or (
                isinstance(change, RenameTable) and name == change.new
            )
            yield Finding(
                step.place(name.span),
                f"`{name}` has the prefix of the engine's own tables"
                + (
                    ", and hides the one that the engine makes under this name"
                    if made
                    else " and is not yours to change"
                ),
                help=f"choose a name without `{SYSTEM_PREFIX}`" if made else "leave the statement out",
                subject=name.text,
            )
            return
