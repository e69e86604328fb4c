"""Keys that the engine writes back otherwise than they were written: their rows are frozen (area frozen-key).

Source: kimberlite 0.9.1 src/tenant.rs, where UPDATE and DELETE look a row up by the key that SELECT shows of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.schema.catalog import Table
from kmblint.schema.parts import Row
from kmblint.schema.predicate import Number, Text, Value
from kmblint.schema.types import DataType
from kmblint.schema.write import literal_text
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.values import Fate, insert_fate, loses_sign, stored_type
from kmblint.targets.verdict import FreezesRow


def freezes_every_row(stored: DataType) -> bool:
    """Whether no row can be changed or deleted whose key holds a column of the type."""
    return stored.name == "REAL" or (stored.name == "DECIMAL" and stored.arguments[1] == 0)


def frozen_rows(table: Table, columns: tuple[str, ...], rows: tuple[Row, ...], facts: Facts) -> Iterator[FreezesRow]:
    """The first row that each column of the key freezes; nothing where a type of the key freezes every row."""
    types = {
        column.name: stored_type(column.type, facts) for column in table.columns if column.name in table.primary_key
    }
    keys = [(name, stored) for name, stored in types.items() if stored is not None and name in columns]
    if any(freezes_every_row(stored) for _, stored in keys):
        return
    for name, stored in keys:
        if stored.name not in {"DECIMAL", "UUID"}:
            continue
        position = columns.index(name)
        values = [row.values[position] for row in rows if position < len(row.values)]
        frozen = [(value, better) for value in values if (better := _thawed(stored, value, facts)) is not None]
        for value, better in frozen[:1]:
            more = len(frozen) - 1
            yield FreezesRow(table.name, name, str(stored), literal_text(value), value.span, better or None, more)


def _thawed(stored: DataType, value: Value, facts: Facts) -> str | None:
    """The literal under which the engine finds the key again; empty where there is none: below 0 and above -1.

    None where this one is it, or can't be read at all.
    """
    if insert_fate(stored, value, facts) is Fate.POISONS:
        return None
    match stored.name, value:
        case "UUID", Text(value=text):
            digits = text.replace("-", "").lower()
            spelt = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
            return None if spelt == text else f"'{spelt}'"
        case "DECIMAL", Number(text=text):
            if len(text.partition(".")[2]) == stored.arguments[1]:
                return None
            return "" if loses_sign(value) else _spelt(stored, text)
        case "DECIMAL", Text(value=text):
            spelt = _spelt(stored, text)
            if spelt.startswith("-0."):
                return "" if spelt.strip("-0.") else f"'{spelt[1:]}'"
            return None if text == spelt else f"'{spelt}'"
        case _:
            return None


def _spelt(stored: DataType, text: str) -> str:
    """A decimal as the engine writes it: no `+`, no leading zeros, exactly the digits of its column."""
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.removeprefix("-").removeprefix("+").partition(".")
    scale = stored.arguments[1]
    return f"{sign}{whole.lstrip('0') or '0'}.{fraction[:scale].ljust(scale, '0')}"
