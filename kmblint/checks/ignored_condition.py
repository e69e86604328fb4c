"""Conditions that the engine leaves out beside a whole key, or beside an index of several columns."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.targets.verdict import IgnoredCondition


def check(step: Step) -> Iterator[Finding]:
    """The first condition that is left out, the others as its related places, and a spelling that is heeded."""
    ignored = [hazard for hazard in step.outcome.hazards if isinstance(hazard, IgnoredCondition)]
    if not ignored:
        return
    first, *others = ignored
    text = step.migration.source.slice
    beside, advice = (
        ("`=` on the whole key", "compare the key by IN: conditions beside `id IN (7)` are heeded")
        if first.index is None
        else (f"a comparison by the index `{first.index}`", "write the literal first: `7 = n` is heeded")
    )
    yield Finding(
        step.place(first.span),
        f"`{text(first.span)}` is ignored beside {beside}: rows are changed whether it holds or not",
        help=advice,
        related=tuple(Related(step.place(each.span), "ignored too") for each in others),
        subject=step.subject,
    )
