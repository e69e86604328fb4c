"""Data changes that reach a handful of rows: those named by their keys, and those of lookup tables."""

from __future__ import annotations

from typing import Final

from kmblint.replay.steps import Step
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import DeleteRows, UpdateRows

_HANDFUL: Final = 10
"""So many rows may be named by their keys before a change counts as one of many."""


def changes_few(change: UpdateRows | DeleteRows, step: Step) -> bool:
    """Whether a change reaches a handful of rows of a table that is there."""
    table = step.before.table(change.table.text)
    if table is None or step.reach is None:
        return False
    most = step.reach.most_rows
    return (most is not None and most <= _HANDFUL) or is_lookup(table, step.before)


def is_lookup(table: Table, catalog: Catalog) -> bool:
    """Whether the file that made a table also wrote its rows, several, and it refers to no other table.

    Programs add rows to what people and orders are kept in; a list of currencies is what the migrations wrote.
    """
    if len(table.rows) < 2:
        return False
    first = [row for row in table.rows.values() if row.place.file == table.made.file]
    return len(first) > 1 and not table.foreign_keys and not any(map(catalog.named_by, table.columns))
