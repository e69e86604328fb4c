"""An UPDATE or DELETE of a table with rows that no index helps to find them."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.proposals import create_index
from kmblint.findings import Confidence, Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.predicate import column_refs
from kmblint.targets import Target
from kmblint.targets.verdict import DoesNothing


def check(change: UpdateRows | DeleteRows, step: Step, target: Target) -> Iterator[Finding]:
    """The condition none of whose columns an index, or a key that the target keeps, begins with."""
    table = step.before.table(change.table.text)
    if table is None or change.where is None or change.joined or not step.populated(table.name):
        return
    own = {None, table.name, change.alias}
    names = dict.fromkeys(ref.name for ref in column_refs(change.where) if ref.qualifier in own)
    unique = target.capabilities.semantics.keeps_unique
    known = [name for name in names if table.column(name)]
    if not known or any(table.searchable_by((name,), unique=unique) for name in known):
        return
    finds_none = step.reach is not None and step.reach.no_row(change.where)
    if finds_none or any(isinstance(hazard, DoesNothing) for hazard in step.outcome.hazards):
        return
    listed = ", ".join(f"`{name}`" for name in known)
    yield Finding(
        step.place(change.where.span),
        f"no index begins with {listed}, so every row of `{table.name}` is read to find those that change, "
        f"and the table holds rows ({step.why_populated(table.name)})",
        help=f"in a migration before this one: {create_index(table, tuple(known[:1]))}",
        subject=f"{table.name}.{known[0]}",
        confidence=Confidence.HIGH if table.complete else Confidence.MEDIUM,
    )
