"""Conditions that the engine leaves out: beside a whole key, by an index of several columns, before a later bound."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.conflict import UnknownColumn
from kmblint.targets.verdict import IgnoredCondition, OverwrittenCondition


def check(step: Step) -> Iterator[Finding]:
    """The first condition that is left out, the others as its related places, and a spelling that is heeded.

    One on an unknown column is told as that: in the spelling that is heeded, the engine would refuse it.
    """
    unknown = [each.column.span for each in step.conflicts if isinstance(each, UnknownColumn)]
    ignored = [
        hazard
        for hazard in step.outcome.hazards
        if isinstance(hazard, IgnoredCondition | OverwrittenCondition)
        and not any(span in hazard.span for span in unknown)
    ]
    if not ignored:
        return
    first, *others = ignored
    text = step.migration.source.slice
    if isinstance(first, OverwrittenCondition):
        beside = f"beside `{text(first.by)}`: of bounds of one column the last counts"
        related = [Related(step.place(first.by), "this one counts")]
    else:
        how = "`=` on the whole key" if first.index is None else f"a comparison by the index `{first.index}`"
        beside, related = f"beside {how}", []
    yield Finding(
        step.place(first.span),
        f"`{text(first.span)}` is ignored {beside}, and rows are changed whether it holds or not",
        help=first.help,
        related=(*related, *(Related(step.place(each.span), "ignored too") for each in others)),
        subject=step.subject,
    )
