"""A WHERE that holds on no row."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.predicate import And, Between, ColumnRef, Compare, In, IsNull, Null, Predicate
from kmblint.schema.reach import Reach
from kmblint.targets.verdict import DoesNothing


def check(change: UpdateRows | DeleteRows, step: Step) -> Iterator[Finding]:
    """The condition, or the part of it, that can't be met; what a type can't compare is another rule's."""
    reach = step.reach
    if change.where is None or reach is None:
        return
    if not reach.no_row(change.where) or any(isinstance(hazard, DoesNothing) for hazard in step.outcome.hazards):
        return
    parts = change.where.parts if isinstance(change.where, And) else (change.where,)
    culprit = next((part for part in parts if reach.no_row(part)), change.where)
    why, instead = _why(culprit, reach)
    word, does = ("UPDATE", "changes") if isinstance(change, UpdateRows) else ("DELETE", "takes")
    yield Finding(
        step.place(culprit.span),
        f"this condition is never true: {why}, so the `{word}` {does} nothing and reports success",
        help=instead,
        subject=change.table.text,
    )


def _why(culprit: Predicate, reach: Reach) -> tuple[str, str | None]:
    """Why it can't be met, and what to write instead."""
    column = reach.misfit(culprit)
    if column is not None:
        return f"`{column.name}` is {column.type}, and a literal of another type finds no row", (
            f"write the literal as {column.type} has it"
        )
    match culprit:
        case Compare(operator=operator, left=left, right=right) if isinstance(left, Null) or isinstance(right, Null):
            other = right if isinstance(left, Null) else left
            name = f"{other.name} " if isinstance(other, ColumnRef) else ""
            return f"nothing is `{operator} NULL`", f"write `{name}IS {'' if operator == '=' else 'NOT '}NULL`"
        case In(items=items) if any(isinstance(item, Null) for item in items):
            return "a list with NULL in it lets nothing through", "take NULL out of the list, and add `IS NOT NULL`"
        case IsNull():
            return "the column is never NULL", None
        case Between():
            return "the lower end is above the upper one", "swap the two ends"
        case _:
            return "no value meets all of it", None
