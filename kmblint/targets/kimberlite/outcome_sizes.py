"""Rows and changes that don't fit a page of the store (areas limit and event)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kmblint.schema.catalog import Table
from kmblint.schema.changes import UpdateRows
from kmblint.schema.parts import OnConflict, Row
from kmblint.schema.predicate import ColumnRef, Text
from kmblint.schema.rows import Key
from kmblint.targets.capabilities import Pages
from kmblint.targets.pages import (
    as_json,
    encoded,
    field_bytes,
    insert_event,
    key_bytes,
    row_bytes,
    update_event,
)
from kmblint.targets.verdict import OversizedChange, OversizedRow, Refusal

SPLIT: Final = "split the text over several rows, or keep it outside of the database"


def _is_short(texts: Iterable[Text], pages: Pages) -> bool:
    """Whether texts don't fill a page together, however they are written."""
    return sum(len(text.value) for text in texts) < pages.most_event // 8


def row_too_long(table: Table, columns: tuple[str, ...], row: Row, pages: Pages) -> Refusal | None:
    """Whether the row fits its event and its page; measured as the engine writes it."""
    if _is_short((value for value in row.values if isinstance(value, Text)), pages):
        return None
    fields = {name: as_json(value) for name, value in zip(columns, row.values, strict=True)}
    size = row_bytes(field_bytes(name, value) for name, value in fields.items())
    most = pages.most_event - insert_event(table.name, 0)
    key = [fields[name] for name in table.primary_key if name in fields]
    beside = pages.left(key_bytes(key)) - pages.beside_version
    if size <= min(most, beside):
        return None
    why = "with its key, which is stored twice, " if beside < most else ""
    return OversizedRow(f"the row takes {size} bytes, and {why}a page holds {min(most, beside)}", row.span, SPLIT)


def upsert_too_long(
    table: Table, columns: tuple[str, ...], row: Row, conflict: OnConflict, pages: Pages
) -> Refusal | None:
    """Whether what DO UPDATE writes fits its event: at least the key and the columns that it sets."""
    given = dict(zip(columns, row.values, strict=False))
    fields: dict[str, object] = {name: as_json(given[name]) for name in table.primary_key if name in given}
    for assignment in conflict.assignments:
        value = assignment.value
        written = given.get(value.name) if isinstance(value, ColumnRef) else value
        fields[assignment.column.text] = None if written is None else as_json(written)
    size = row_bytes(field_bytes(name, value) for name, value in fields.items())
    most = pages.most_event - insert_event(table.name, 0, "upsert_update")
    if size <= most:
        return None
    return OversizedRow(f"the row takes {size} bytes or more, and a page holds {most}", conflict.span, SPLIT)


def may_be_too_long(change: UpdateRows, pages: Pages) -> bool:
    """Whether the texts that SET writes come near a page, so that they are worth measuring."""
    return not _is_short((each.value for each in change.assignments if isinstance(each.value, Text)), pages)


def update_too_long(table: Table, change: UpdateRows, key: Key | None, pages: Pages) -> OversizedChange | None:
    """Whether what SET writes into the row with a key (or into any) fits its event."""
    texts = [each.value for each in change.assignments if isinstance(each.value, Text)]
    if _is_short(texts, pages):
        return None
    wanted: dict[str, object] = dict(zip(table.primary_key, key or (0,) * len(table.primary_key), strict=True))
    size = update_event(table.name, {each.column.text: as_json(each.value) for each in change.assignments}, wanted)
    if size <= pages.most_event:
        return None
    widest = max(texts, key=lambda text: encoded(text.value))
    return OversizedChange(widest.span, size, pages.most_event, SPLIT)
