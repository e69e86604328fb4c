"""A table is made under the name of one that was dropped."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related, Severity
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddTable
from kmblint.targets import Target


def check(change: AddTable, step: Step, target: Target) -> Iterator[Finding]:
    """Both places, and what of the old table is still about."""
    name = change.table.text
    dropped = step.before.dropped.get(name)
    if dropped is None or dropped.renamed_to is not None or step.before.table(name):
        return
    stale = [index.name for index in step.before.stale_indexes(name)]
    if target.runner:
        indexes = ", ".join(f"`{index}`" for index in stale)
        effect = "time travel shows two tables under one name" + (
            f", and its old index{'es' if len(stale) > 1 else ''} {indexes} can't be made again" if stale else ""
        )
    else:
        effect = "programs and reports take the one for the other"
    remade = dropped.place.file == step.migration.file and step.history.populated_at(dropped.made.file, step.migration)
    if remade:
        why = step.history.why_populated(dropped.made.file, step.migration)
        effect = f"the rows of the first ({why}) are gone, and {effect}"
    yield Finding(
        step.place(change.table.span),
        f"`{name}` is the name of a table that was dropped {step.said(dropped.place)}: {effect}",
        help="keep the first until no program reads it, and give the new table a name of its own"
        if remade
        else "give the new table a name of its own",
        related=(Related(dropped.made, "the first one was made here"), Related(dropped.place, "it was dropped here")),
        subject=name,
        severity=Severity.ERROR if remade else None,
    )
