"""A mask that hides the columns of other tables too, because the engine knows it by the column's name alone."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Mask
from kmblint.schema.changes import AddMask


def check(change: AddMask, step: Step, replay: Replay) -> Iterator[Finding]:
    """The other tables that have a column of the name at the end of the history, if the mask is there still."""
    mask = replay.end.masks.get(change.name.text)
    if mask is None or mask.made != step.place(change.span):
        return
    alike = [each for each in replay.end.masks.values() if _alike(each, mask)]
    if alike[0] is not mask:
        return  # told at the first of them
    masked = {each.table for each in alike}
    others = [
        (table, column)
        for table in replay.end.in_order
        if table.name not in masked and (column := table.column(change.column.text)) is not None
    ]
    if not others:
        return
    shown = ", ".join(f"`{table.name}`" for table, _ in others[:3]) + (
        f" and {len(others) - 3} more" if len(others) > 3 else ""
    )
    gone = replay.end.table(change.table.text) is None
    of_own = f", and goes on to do so although `{change.table}` is dropped" if gone else ""
    yield Finding(
        step.place(change.column.span),
        f"mask `{change.name}` hides `{change.column}` of every table, also of {shown}{of_own}",
        help=f"drop it with its table: DROP MASK {change.name}"
        if gone
        else "give the column a name that no other table has, where the others are to be read",
        related=tuple(Related(at.made, f"`{table.name}.{at.name}` is hidden too") for table, at in others[:3]),
        subject=f"{change.table}.{change.column}",
    )


def _alike(one: Mask, other: Mask) -> bool:
    """Whether two masks hide a column of one name in one way, so that neither surprises the other's table."""
    return one.column == other.column and _way(one) == _way(other)


def _way(mask: Mask) -> str:
    return mask.strategy.upper().removesuffix("_SSN")  # REDACT is short for REDACT_SSN
