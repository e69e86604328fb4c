"""A mask that hides the columns of other tables too, because the engine knows it by the column's name alone."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Column, Mask, Table
from kmblint.schema.changes import AddMask


def check(replay: Replay) -> Iterator[Finding]:
    """The masks at the end of the history, those that hide one column in one way once, with what they hide beside."""
    alike: dict[tuple[str, str], list[Mask]] = {}
    for mask in replay.end.masks.values():
        alike.setdefault((mask.column, _way(mask)), []).append(mask)
    if not alike:
        return
    hidden = _columns(replay, {column for column, _ in alike})
    made = {
        step.place(step.change.span): step
        for step in replay.all_of(AddMask)
        if isinstance(step.change, AddMask) and step.migration is not replay.history.baseline
    }
    for (column, _), masks in alike.items():
        masked = {mask.table for mask in masks}
        others = [(table, its) for table, its in hidden.get(column, ()) if table.name not in masked]
        step = made.get(masks[0].made)
        if others and step is not None and isinstance(step.change, AddMask):
            yield _finding(step, step.change, replay, others)


def _columns(replay: Replay, names: set[str]) -> dict[str, list[tuple[Table, Column]]]:
    """The columns of these names, with their tables."""
    columns: dict[str, list[tuple[Table, Column]]] = {}
    for table in replay.end.in_order:
        for column in table.columns:
            if column.name in names:
                columns.setdefault(column.name, []).append((table, column))
    return columns


def _finding(step: Step, change: AddMask, replay: Replay, others: list[tuple[Table, Column]]) -> Finding:
    shown = ", ".join(f"`{table.name}`" for table, _ in others[:3]) + (
        f" and {len(others) - 3} more" if len(others) > 3 else ""
    )
    gone = replay.end.table(change.table.text) is None
    of_own = f", and goes on to do so although `{change.table}` is dropped" if gone else ""
    return Finding(
        step.place(change.column.span),
        f"mask `{change.name}` hides `{change.column}` of every table, also of {shown}{of_own}",
        help=f"drop it with its table: DROP MASK {change.name}"
        if gone
        else "give the column a name that no other table has, where the others are to be read",
        related=tuple(
            Related(column.made, f"`{table.name}.{column.name}` is hidden too") for table, column in others[:3]
        ),
        subject=f"{change.table}.{change.column}",
    )


def _way(mask: Mask) -> str:
    return mask.strategy.upper().removesuffix("_SSN")  # REDACT is short for REDACT_SSN
