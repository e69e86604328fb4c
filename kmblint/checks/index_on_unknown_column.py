"""An index over a column that its table doesn't have, or over an expression that the engine can't index."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay import Replay, Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import AddIndex, IndexPart
from kmblint.spelling import nearest
from kmblint.targets import Target


def check(change: AddIndex, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    """Each part that indexes nothing, unless a later migration adds the column."""
    table = step.before.table(change.table.text)
    if table is None or not table.complete:
        return
    end = replay.end.table(table.name)
    for part in change.parts:
        if part.column is None:
            yield from _expression(table, part, step, target)
        elif table.column(part.column.text) is None and not (end and end.column(part.column.text)):
            yield _unknown(table, part.column.text, part, step, target)


def _expression(table: Table, part: IndexPart, step: Step, target: Target) -> Iterator[Finding]:
    if not target.traits.keeps_index_clauses:
        yield Finding(
            step.place(part.span),
            f"the engine takes an expression in an index of `{table.name}` and indexes nothing by it",
            help="index the column itself",
            subject=table.name,
        )
        return
    for name in part.refs:
        if table.column(name) is None:
            yield _unknown(table, name, part, step, target)


def _unknown(table: Table, name: str, part: IndexPart, step: Step, target: Target) -> Finding:
    gone = table.dropped.get(name)
    meant = nearest(name, table.column_names)
    if gone is not None:
        related = Related(gone.place, f"`{name}` is {'renamed' if gone.renamed_to else 'dropped'} here")
    else:
        related = Related(table.made, f"`{table.name}` is created here")
    meant = gone.renamed_to if gone is not None and gone.renamed_to else meant
    why = " any more" if gone is not None else ""
    checked = target.traits.keeps_index_clauses
    effect = "it can't be indexed" if checked else "the index is taken without a look and never finds a row"
    return Finding(
        step.place(part.span),
        f"`{table.name}` has no column `{name}`{why}: {effect}",
        help=f"did you mean `{meant}`?" if meant else f"`{table.name}` has {', '.join(table.column_names)}",
        related=(related,),
        subject=f"{table.name}.{name}",
    )
