"""An index over a column that its table doesn't have, or over an expression that the engine can't index."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kmblint.analysis.unresolved import Unresolved, may_be_there, unresolved_column
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import AddIndex
from kmblint.schema.conflict import UnknownColumn
from kmblint.schema.parts import IndexPart, Name
from kmblint.targets import Target
from kmblint.text import Place


def check(change: AddIndex, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    """Each part that indexes nothing when the statement runs."""
    table = step.before.table(change.table.text)
    if table is None or not table.complete:
        return
    for part in change.parts:
        if part.column is None:
            yield from _expression(table, part, step, replay, target)
        elif _lacks(table, part.column, step):
            absence = unresolved_column(step, replay, table.name, part.column.text)
            finding = _unknown(table, part.column.text, step.place(part.span), absence, target)
            yield replace(finding, fix=absence.fix(step.place(part.column.span)))


def _expression(table: Table, part: IndexPart, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    if not target.capabilities.keeps_index_clauses:
        yield Finding(
            step.place(part.span),
            f"the engine takes an expression in an index of `{table.name}` and indexes nothing by it",
            help="index the column itself",
            subject=table.name,
        )
        return
    for name in part.refs:
        if _lacks(table, Name(name, part.span, quoted=False), step):
            absence = unresolved_column(step, replay, table.name, name)
            yield _unknown(table, name, step.place(part.span), absence, target)


def _lacks(table: Table, column: Name, step: Step) -> bool:
    return table.column(column.text) is None and not may_be_there(step, UnknownColumn(table.name, column, "INDEX"))


def _unknown(table: Table, name: str, place: Place, absence: Unresolved, target: Target) -> Finding:
    checked = target.capabilities.keeps_index_clauses
    effect = "it can't be indexed" if checked else "the index is taken without a look and finds no row"
    return Finding(
        place,
        f"`{table.name}` has no column `{name}`{absence.why}; {effect}",
        help=absence.help or f"`{table.name}` has {', '.join(table.column_names)}",
        related=absence.related or (Related(table.made, f"`{table.name}` is created here"),),
        subject=f"{table.name}.{name}",
        confidence=absence.confidence,
    )
