"""Literals and the columns that hold them: what the engine stores, refuses, cuts, and can't read any more.

Source: kimberlite 0.9.1 src/tenant.rs (`validate_insert_values`), kimberlite-query 0.9.1 src/value.rs (`from_json`);
areas literal-insert, literal-update, key-type.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from kmblint.schema.catalog import Table
from kmblint.schema.meaning import days, instant, nanoseconds
from kmblint.schema.predicate import (
    Boolean,
    Null,
    Number,
    Text,
    Value,
)
from kmblint.schema.types import DataType
from kmblint.schema.write import literal_text
from kmblint.targets.kimberlite.facts import Facts, Kind
from kmblint.targets.kimberlite.typed import as_json, as_number, of_literal, read

_ACCEPTED: Final = {"BIGINT": Number, "TEXT": Text, "BOOLEAN": Boolean}
_ZEROS: Final = re.compile(r"-?\d+\.0*")
_AFTERWARDS: Final = "insert NULL, and set it afterwards: UPDATE … SET {column} = {value}"
_ANY_VALUE: Final = {"TIMESTAMP": "nanoseconds since 1970", "BYTES": "'…', in base64"}
_ZONED: Final = {
    "TIME WITH TIME ZONE": "TIME", "TIME WITHOUT TIME ZONE": "TIME", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
}  # fmt: skip


class Fate(Enum):
    """What becomes of a literal in a column."""

    FITS = "fits"
    REFUSED = "refused"
    POISONS = "poisons"
    CUT = "cut"


def stored_type(declared: DataType, facts: Facts) -> DataType | None:
    """The type that the engine keeps of a declared one; None where it refuses the type."""
    if declared.array:
        return None
    name = _ZONED.get(declared.name, declared.name)
    if name not in facts.stored_types:
        return None
    stored, _ = facts.stored_types[name]
    if stored == "DECIMAL":
        return DataType(stored, (*declared.arguments, 0)[:2] if declared.arguments else facts.default_decimal)
    return DataType(stored)


def stored_in(table: Table, column: str, facts: Facts) -> DataType | None:
    """The type that the engine keeps of a column; None where there is none of that name, or its type is refused."""
    declared = table.column(column)
    return stored_type(declared.type, facts) if declared else None


def insert_fate(stored: DataType, value: Value, facts: Facts) -> Fate:
    """What INSERT does with a literal: it looks at some types and leaves the others to whoever reads them."""
    if isinstance(value, Null):
        return Fate.FITS
    if stored.name in facts.checked_at_insert:
        good = isinstance(value, _ACCEPTED.get(stored.name, ())) and not _has_point(value)
        return Fate.FITS if good else Fate.REFUSED
    return _read_back(stored, value, facts)


def insertable(stored: DataType, facts: Facts) -> bool:
    """Whether there is a literal that INSERT takes for a column of the type."""
    return stored.name not in facts.checked_at_insert or stored.name in _ACCEPTED


def update_fate(stored: DataType, value: Value, facts: Facts) -> Fate:
    """What SET does with a literal: it looks at none (and a number with a fraction kills the server first)."""
    return Fate.FITS if isinstance(value, Null) else _read_back(stored, value, facts)


def _has_point(value: Value) -> bool:
    return isinstance(value, Number) and not value.is_whole


def _read_back(stored: DataType, value: Value, facts: Facts) -> Fate:
    """What the column reads once it holds the literal; one that the parser can't read never gets there."""
    literal = of_literal(value)
    if literal is None:
        return Fate.FITS
    held = read(as_json(literal), stored, facts)
    if held is None:
        return Fate.POISONS
    is_cut = held.kind is Kind.DECIMAL and (len(_kept(value)[1].rstrip("0")) > held.scale or loses_sign(value))
    return Fate.CUT if is_cut else Fate.FITS


def loses_sign(value: Value) -> bool:
    """Whether a DECIMAL column keeps a negative number as a positive one: `-0.50`, not in quotes (area sign)."""
    literal = of_literal(value)
    negative = literal is not None and literal.kind is Kind.DECIMAL and (as_number(literal) or 0) < 0
    return negative and not _kept(value)[0].startswith("-")


def kept_digits(stored: DataType, value: Value) -> str:
    """How a decimal that is cut, or loses its sign, reads afterwards."""
    whole, fraction = _kept(value)
    return f"{whole}.{fraction[: stored.arguments[1]]}"


def _kept(value: Value) -> tuple[str, str]:
    """What a DECIMAL column keeps of a literal before and behind the point, however many digits it reads of them."""
    literal = of_literal(value)
    whole, _, fraction = str(as_json(literal)).partition(".") if literal else ("", "", "")
    return whole, fraction


def instead(stored: DataType, value: Value, facts: Facts, *, update: bool = False) -> str | None:
    """The literal that the column does hold for the same value; None where there is none or nobody can tell."""
    match stored.name, value:
        case "DATE", Text(value=text):
            return _shown(days(text))
        case "TIME", Text(value=text):
            return _shown(nanoseconds(text))
        case "TIMESTAMP", Text(value=text):
            moment = instant(text)
            return str(moment) if update and moment is not None and moment >= 0 else None
        case "DECIMAL", Number():
            return _decimal_literal(stored, value, update=update)
        case "TEXT", Number() | Boolean():
            return f"'{literal_text(value)}'"
        case "BOOLEAN", Number(text="0" | "1" as digit):
            return "TRUE" if digit == "1" else "FALSE"
        case "BOOLEAN", Text(value=text) if text.lower() in {"true", "false", "t", "f"}:
            return "TRUE" if text.lower().startswith("t") else "FALSE"
        case name, Text(value=text) if name in facts.whole_numbers and re.fullmatch(r"-?\d+", text):
            least, greatest = facts.whole_numbers[name]
            return text if least <= int(text) <= greatest else None
        case name, Number(text=text) if (name in facts.whole_numbers or name == "REAL") and _ZEROS.fullmatch(text):
            return text.partition(".")[0]
        case _:
            return None


def way_in(stored: DataType, value: Value, column: str, facts: Facts, *, nullable: bool) -> str | None:
    """What brings a value into a column whose INSERT refuses the literal; None where nobody can tell."""
    if insertable(stored, facts):
        better = instead(stored, value, facts)
        return f"write {better}" if better else no_fraction(stored, value, facts)
    if not nullable:
        return f"no INSERT writes a {stored}: declare `{column}` without NOT NULL, and set it by UPDATE"
    later = instead(stored, value, facts, update=True) or _ANY_VALUE[stored.name]
    return _AFTERWARDS.format(column=column, value=later)


def no_fraction(stored: DataType, value: Value, facts: Facts) -> str | None:
    """What to do with a number whose fraction no literal brings into the column; None where that isn't the trouble."""
    if stored.name != "REAL" and stored.name not in facts.whole_numbers:
        return None
    text = value.text if isinstance(value, Number) else value.value if isinstance(value, Text) else ""
    fraction = re.fullmatch(r"-?\d*\.\d*[1-9]\d*", text)
    return f"a {stored} takes no fraction from SQL: keep it in a DECIMAL column" if fraction else None


def _decimal_literal(stored: DataType, value: Number, *, update: bool) -> str:
    scale = stored.arguments[1]
    whole, _, fraction = value.text.partition(".")
    if scale == 0:
        return f"'{whole}'"
    padded = f"{whole}.{fraction[:scale].ljust(scale, '0')}"
    return f"'{padded}'" if update else padded


def _shown(number: int | None) -> str | None:
    return None if number is None else str(number)
