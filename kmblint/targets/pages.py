"""How many bytes of a page a row, its key and a change of it take; `Pages` says how many there are.

All versions of a row lie in one entry of one page of the store, and nothing makes them fewer: each INSERT, each UPDATE
that meets the row and each upsert that changes it adds one, DELETE takes none away. Every change is also written as one
event of the log, which has a page of its own.

Source: kimberlite-store 0.9.1 src/node.rs, btree.rs and version.rs; kimberlite 0.9.1 src/tenant.rs (the events); areas
page and event of tests/engine/facts.jsonl.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from kmblint.schema.predicate import Number, Value, literal_value

_HEAD: Final = {kind: f'"type":"{kind}"' for kind in ("insert", "upsert_update", "update")}


def as_json(value: Value) -> object:
    """A literal as the engine writes it into JSON; None for what isn't one."""
    if isinstance(value, Number):
        return int(value.text) if value.is_whole else value.text
    literal = literal_value(value)
    return None if literal is NotImplemented else literal


def encoded(value: object) -> int:
    """The bytes of a value as compact JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def field_bytes(name: str, value: object) -> int:
    """The bytes of one column of a row: its name in quotes, a colon, its value."""
    return encoded(name) + 1 + encoded(value)


def row_bytes(fields: Iterable[int]) -> int:
    """The bytes of a row as compact JSON, from those of its columns (`field_bytes`)."""
    sizes = list(fields)
    return 2 + sum(sizes) + max(len(sizes) - 1, 0)


def key_bytes(values: Iterable[object]) -> int:
    """The bytes of a key: a text and two, two for a truth value, nine for any number, date or time."""
    return sum(_key_part(value) for value in values)


def _key_part(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass")) + value.count("\x00") + 2
    return 2 if isinstance(value, bool) else 9


def insert_event(table: str, row: int, kind: str = "insert") -> int:
    """The bytes of the event that inserts a row of so many bytes (or, as `upsert_update`, writes it anew)."""
    return len('{"data":,"table":,}') + row + encoded(table) + len(_HEAD[kind])


def update_event(table: str, assigned: Mapping[str, object], key: Mapping[str, object]) -> int:
    """The bytes of the event that sets columns of the row with a key."""
    where = [{"column": column, "op": "eq", "values": [value]} for column, value in key.items()]
    return encoded({"set": [[*pair] for pair in assigned.items()], "table": table, "type": "update", "where": where})
