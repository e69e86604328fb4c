"""An UPDATE or DELETE of a table with rows that no index helps to find them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from msgspec.structs import replace

from kmblint.analysis.few_rows import changes_few
from kmblint.analysis.proposals import create_index
from kmblint.findings import Confidence, Finding
from kmblint.replay.steps import Part, Step
from kmblint.schema.catalog import Index, Table
from kmblint.schema.changes import DeleteRows, DropColumn, UpdateRows
from kmblint.schema.predicate import Or, Predicate, column_refs
from kmblint.targets import Target
from kmblint.targets.verdict import DoesNothing, OpenBound


def check(change: UpdateRows | DeleteRows, step: Step, part: Part, target: Target) -> Iterator[Finding]:
    """The condition none of whose columns an index, or a key that the target keeps, begins with.

    Of arms joined by OR, each needs its own.
    """
    table = step.before.table(change.table.text)
    if table is None or change.where is None or change.joined:
        return
    if not table.key_is_known or not step.populated(table.name):
        return
    unique = target.capabilities.semantics.keeps_unique
    known = _scanned(change.where, table, {None, table.name, change.alias}, unique=unique)
    if not known or changes_few(change, step) or any(_goes(name, step, part) for name in known):
        return
    finds_none = step.reach is not None and step.reach.no_row
    if finds_none or any(isinstance(hazard, DoesNothing | OpenBound) for hazard in step.outcome.hazards):
        return
    helping = next((name for name in known if _helps(name, change, table, step, target)), None)
    listed = ", ".join(f"`{name}`" for name in known)
    yield Finding(
        step.place(change.where.span),
        f"no index begins with {listed}, so every row of `{table.name}` is read to find those that change, "
        f"and the table holds rows ({step.why_populated(table.name)})",
        help=_advice(table, helping, target),
        subject=f"{table.name}.{known[0]}",
        confidence=Confidence.HIGH if table.complete else Confidence.MEDIUM,
    )


def _advice(table: Table, helping: str | None, target: Target) -> str:
    if helping is None:
        return "name the rows by their key: no index serves this condition"
    stays = _FOR_EVER[target.capabilities.drops_every_object]
    return f"in a migration before this one: {create_index(table, (helping,))}{stays}"


_FOR_EVER: Final = {True: "", False: "\nan index stays for ever"}


def _helps(column: str, change: UpdateRows | DeleteRows, table: Table, step: Step, target: Target) -> bool:
    """Whether the target would come to the same rows by an index on the column."""
    index = Index("proposed", (column,), table.made, unique=False, partial=False, declared=(), descending=())
    catalog = step.before.put(replace(table, indexes=(*table.indexes, index)))
    outcome = target.outcome(step.form, change, catalog, ())
    if outcome.way is None:
        return True
    strange = {type(hazard) for hazard in outcome.hazards} - {type(hazard) for hazard in step.outcome.hazards}
    return outcome.way.kind == "index range" and not strange


def _scanned(where: Predicate, table: Table, own: Collection[str | None], *, unique: bool) -> list[str]:
    """The columns of a condition, or of the first arm of its OR, that no index helps to find rows by."""
    if isinstance(where, Or):
        arms = (_scanned(part, table, own, unique=unique) for part in where.parts)
        return next(filter(None, arms), [])
    names = dict.fromkeys(ref.name for ref in column_refs(where) if ref.qualifier in own)
    known = [name for name in names if table.column(name)]
    return [] if any(table.searchable_by((name,), unique=unique) for name in known) else known


def _goes(column: str, step: Step, part: Part) -> bool:
    """Whether the same file drops the column, so that an index of it would be for nothing."""
    return any(
        isinstance(later.change, DropColumn) and later.subject == step.subject and later.change.column.text == column
        for later in part.later(step, DropColumn)
    )
