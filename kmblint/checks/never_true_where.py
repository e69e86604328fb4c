"""A WHERE that holds on no row."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Fix
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.predicate import Between, ColumnRef, Compare, In, IsNull, Null, Predicate
from kmblint.targets.verdict import BlindComparison


def check(change: UpdateRows | DeleteRows, step: Step) -> Iterator[Finding]:
    """The condition, or the part of it, that can't be met; what a type can't compare is another rule's."""
    reach = step.reach
    if change.where is None or reach is None or not reach.no_row:
        return
    blind = [hazard for hazard in step.outcome.hazards if isinstance(hazard, BlindComparison)]
    if not all(hazard.foreign for hazard in blind):
        return
    culprit = reach.contradiction or change.where
    span, subject = culprit.span, change.table.text
    why, instead = _why(culprit)
    if blind:
        foreign = blind[0]
        table = step.before.table(subject)
        column = table.column(foreign.column) if table else None
        type_ = f"`{foreign.column}` is {column.type}" if column else f"`{foreign.column}` is of another type"
        span, why, instead = foreign.span, f"{type_}, and a literal of another kind finds no row", foreign.help
    word, does = ("UPDATE", "changes") if isinstance(change, UpdateRows) else ("DELETE", "takes")
    yield Finding(
        step.place(span),
        f"this condition is never true: {why}, so the `{word}` {does} nothing and reports success",
        help=instead,
        fix=_fix(culprit, blind, step),
        subject=subject,
    )


def _fix(culprit: Predicate, blind: list[BlindComparison], step: Step) -> Fix | None:
    """The comparison as it was probably meant."""
    if blind:
        return step.edited(blind[0].replacement)
    compared = isinstance(culprit, Compare) and (culprit.left, culprit.right)
    if not compared or not any(isinstance(each, Null) for each in compared) or not isinstance(culprit, Compare):
        return None
    column = next((each for each in compared if isinstance(each, ColumnRef)), None)
    if column is None:
        return None
    negation = "" if culprit.operator == "=" else "NOT "
    return Fix.instead(step.place(culprit.span), f"{column.name} IS {negation}NULL")


def _why(culprit: Predicate) -> tuple[str, str | None]:
    """Why it can't be met, and what to write instead."""
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
