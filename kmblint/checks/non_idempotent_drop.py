"""DROP without IF EXISTS."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix
from kmblint.replay.steps import Step
from kmblint.schema.changes import DropIndex, DropObject, DropTable
from kmblint.schema.kinds import ObjectKind
from kmblint.text import Span


def check(change: DropTable | DropIndex | DropObject, step: Step) -> Iterator[Finding]:
    """That a second run would fail on what is gone by then; once a statement. Kimberlite's own drops take no guard."""
    if isinstance(change, DropObject) and change.kind.is_own:
        return
    name = change.table if isinstance(change, DropTable) else change.name
    refused_anyway = step.form.refused and not isinstance(change, DropTable)
    if change.if_exists or name is None or step.number > 0 or refused_anyway or _born_here(change, step):
        return
    kind = _kind(change)
    guard = "if exists " if step.statement.tokens[0].text.islower() else "IF EXISTS "
    before_name = step.place(Span(name.span.start, name.span.start))
    yield Finding(
        step.place(name.span),
        f"{kind} `{name}` is dropped without IF EXISTS, so a second run fails here",
        help=f"write DROP {kind.upper()} IF EXISTS {name}",
        fix=Fix("add IF EXISTS", (Edit(before_name, guard),)),
        subject=name.text,
    )


def _kind(change: DropTable | DropIndex | DropObject) -> ObjectKind:
    if isinstance(change, DropObject):
        return change.kind
    return ObjectKind.TABLE if isinstance(change, DropTable) else ObjectKind.INDEX


def _born_here(change: DropTable | DropIndex | DropObject, step: Step) -> bool:
    """Whether the same file made it, so that a second run makes it again first."""
    match change:
        case DropTable(table=table):
            return step.born_here(table.text)
        case DropIndex(name=name):
            indexes = (table.index(name.text) for table in step.before.tables.values())
            return any(index.made.file == step.migration.file for index in indexes if index)
        case DropObject(kind=kind, name=name):
            there = step.before.named(kind).get(str(name))
            return there is not None and there.made.file == step.migration.file
