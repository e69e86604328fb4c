"""DROP CONSTRAINT."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddConstraint, DropConstraint
from kmblint.schema.conflict import UnknownObject
from kmblint.schema.parts import Check, Constraint, ForeignKey, PrimaryKey, Unique


def check(change: DropConstraint, step: Step, replay: Replay) -> Iterator[Finding]:
    """The constraint, and what nothing checks any more; silent where the same file declares its equal."""
    table = step.before.table(change.table.text)
    declared = table.constraint(change.constraint.text) if table else None
    if table is None or (declared is None and change.if_exists):
        return
    if any(isinstance(conflict, UnknownObject) for conflict in step.conflicts):
        return
    if declared is not None and not step.history.populated_at(declared.made.file, step.migration):
        return
    if declared is not None and _comes_back(declared.constraint, step, replay):
        return
    match declared and declared.constraint:
        case ForeignKey(table=to):
            effect = f"rows may then refer to nothing in `{to}`"
        case PrimaryKey():
            effect = "rows may then share a key, and nothing finds them by it"
        case Check():
            effect = "values that it kept out may then come in, and it can't come back while they are there"
        case Unique() | None:
            effect = "what it kept out may then come in, and it can't come back while that is there"
    yield Finding(
        step.place(change.span),
        f"constraint `{change.constraint}` of `{table.name}` is dropped: {effect}",
        help="say in the header why it isn't needed any more: "
        f"`-- kmblint: ignore[drop-constraint {table.name}.{change.constraint}] why`",
        related=(Related(declared.made, "declared here"),) if declared else (),
        subject=f"{table.name}.{change.constraint}",
    )


def _comes_back(gone: Constraint, step: Step, replay: Replay) -> bool:
    """Whether a later statement of the file declares a key that keeps out what this one did."""
    return _keeps(gone) is not None and any(
        isinstance(later.change, AddConstraint)
        and later.subject == step.subject
        and _keeps(later.change.constraint) == _keeps(gone)
        for later in replay.later_here(step, AddConstraint)
    )


def _keeps(constraint: Constraint) -> tuple[object, ...] | None:
    """What a key demands of rows, whatever its name and its actions; None of a condition."""
    match constraint:
        case PrimaryKey(columns=columns) | Unique(columns=columns):
            return type(constraint), frozenset(column.text for column in columns)
        case ForeignKey(columns=columns, table=table, targets=targets):
            return tuple(column.text for column in columns), table.text, tuple(target.text for target in targets)
        case Check():
            return None
