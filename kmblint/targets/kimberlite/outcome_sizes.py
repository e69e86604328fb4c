"""Rows and changes that don't fit a page of the store (areas limit and event)."""

from __future__ import annotations

from typing import Final

from kmblint.schema.catalog import Table
from kmblint.schema.changes import UpdateRows
from kmblint.schema.parts import OnConflict, Row
from kmblint.schema.predicate import ColumnRef, Text
from kmblint.schema.rows import Key
from kmblint.targets.kimberlite.facts import MAX_EVENT_BYTES, VERSION_BYTES
from kmblint.targets.kimberlite.pages import (
    as_json,
    encoded,
    field_bytes,
    insert_event,
    key_bytes,
    page_left,
    row_bytes,
    update_event,
)
from kmblint.targets.verdict import OversizedChange, OversizedRow, Refusal

SPLIT: Final = "split the text over several rows, or keep it outside of the database"
_SHORT: Final = MAX_EVENT_BYTES // 8
"""Texts that are shorter together than this don't fill a page, however they are written."""


def row_too_long(table: Table, columns: tuple[str, ...], row: Row) -> Refusal | None:
    """Whether the row fits its event and its page; measured as the engine writes it."""
    if sum(len(value.value) for value in row.values if isinstance(value, Text)) < _SHORT:
        return None
    fields = {name: as_json(value) for name, value in zip(columns, row.values, strict=True)}
    size = row_bytes(field_bytes(name, value) for name, value in fields.items())
    most = MAX_EVENT_BYTES - insert_event(table.name, 0)
    key = [fields[name] for name in table.primary_key if name in fields]
    beside = page_left(key_bytes(key)) - VERSION_BYTES
    if size <= min(most, beside):
        return None
    why = "with its key, which is stored twice, " if beside < most else ""
    return OversizedRow(f"the row takes {size} bytes, and {why}a page holds {min(most, beside)}", row.span, SPLIT)


def upsert_too_long(table: Table, columns: tuple[str, ...], row: Row, conflict: OnConflict) -> Refusal | None:
    """Whether what DO UPDATE writes fits its event: at least the key and the columns that it sets."""
    given = dict(zip(columns, row.values, strict=False))
    fields: dict[str, object] = {name: as_json(given[name]) for name in table.primary_key if name in given}
    for assignment in conflict.assignments:
        value = assignment.value
        found = given.get(value.name) if isinstance(value, ColumnRef) else value
        fields[assignment.column.text] = None if found is None else as_json(found)
    size = row_bytes(field_bytes(name, value) for name, value in fields.items())
    most = MAX_EVENT_BYTES - insert_event(table.name, 0, "upsert_update")
    if size <= most:
        return None
    return OversizedRow(f"the row takes {size} bytes or more, and a page holds {most}", conflict.span, SPLIT)


def update_too_long(table: Table, change: UpdateRows, key: Key | None) -> OversizedChange | None:
    """Whether what SET writes into the row with a key (or into any) fits its event."""
    texts = [each.value for each in change.assignments if isinstance(each.value, Text)]
    if sum(len(text.value) for text in texts) < _SHORT:
        return None
    wanted: dict[str, object] = dict(zip(table.primary_key, key or (0,) * len(table.primary_key), strict=True))
    size = update_event(table.name, {each.column.text: as_json(each.value) for each in change.assignments}, wanted)
    if size <= MAX_EVENT_BYTES:
        return None
    widest = max(texts, key=lambda text: encoded(text.value))
    return OversizedChange(widest.span, size, MAX_EVENT_BYTES, SPLIT)
