"""Values that a column can't hold and the engine takes all the same."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import Poisons


def check(hazard: Poisons, step: Step) -> Iterator[Finding]:
    """The literal, the column's type, what happens to the table, and what would rescue it."""
    rescue = (
        "the column is part of the key and can't be dropped, so nothing rescues the table"
        if hazard.is_key
        else f"only ALTER TABLE {hazard.table} DROP COLUMN {hazard.column} would rescue it, or writing the row anew by "
        "INSERT … ON CONFLICT (the key) DO UPDATE SET"
    )
    instead = f"write {hazard.instead}; " if hazard.instead else ""
    yield Finding(
        step.place(hazard.span),
        f"`{hazard.column}` is {hazard.column_type} and can't hold {hazard.value}: it is taken, and from then on "
        f"`{hazard.table}` can only be read by the key of another row",
        help=f"{instead}{rescue}",
        subject=f"{hazard.table}.{hazard.column}",
    )
