"""A row whose key is there already."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.rows_left import rows_before
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import InsertRows
from kmblint.schema.rows import Key, literal_keys
from kmblint.targets.verdict import IgnoredGuard
from kmblint.text import Place


def check(change: InsertRows, step: Step) -> Iterator[Finding]:
    """The first row of the statement whose literal key an earlier row has, with that row."""
    table = step.before.table(change.table.text)
    heeded = not any(isinstance(hazard, IgnoredGuard) for hazard in step.outcome.hazards)
    if table is None or change.on_conflict or ((change.ignore or change.replace) and heeded):
        return
    known: dict[Key, Place] = {}
    repeated: list[tuple[Key, Place, Place]] = []
    for key, span in literal_keys(table, change):
        place = step.place(span)
        held = table.rows.get(key)
        first = held.place if held else known.setdefault(key, place)
        if first != place:
            repeated.append((key, place, first))
    if not repeated:
        return
    key, place, first = repeated[0]
    row = ", ".join(f"{name} = {_written(value)}" for name, value in zip(table.primary_key, key, strict=True))
    more = f", and {len(repeated) - 1} more rows of this statement are repeated" if len(repeated) > 1 else ""
    yield Finding(
        place,
        f"the row {row} of `{table.name}` was inserted {step.said(first)} already{more}",
        help=f"take the row out, or add ON CONFLICT ({', '.join(table.primary_key)}) DO NOTHING",
        related=(
            *(Related(before, "the key is inserted here") for _, _, before in repeated),
            *rows_before(step, place.span),
        ),
        subject=table.name,
    )


def _written(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)
