"""Values as the engine holds them: what a literal is, what is stored of it, how that is read, and how it is encoded.

A row is kept as JSON. A key and an index take the JSON as it is (whole numbers, texts, truths), whatever the type of
the column; a comparison row by row takes what the column's type reads out of it. Source: kimberlite 0.9.1 src/tenant.rs
and src/kimberlite.rs (`extract_index_values`), kimberlite-query 0.9.1 src/value.rs and src/key_encoder.rs.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from kmblint.schema.predicate import (
    Boolean,
    Call,
    Cast,
    ColumnRef,
    Null,
    Number,
    OpaqueValue,
    Operation,
    Query,
    Text,
)
from kmblint.schema.predicate import Value as Expression
from kmblint.schema.types import DataType
from kmblint.targets.kimberlite.facts import Facts, Kind

Json: TypeAlias = int | str | bool | None
"""What is stored in a column: literals make nothing else."""


class Typed(msgspec.Struct, frozen=True):
    """A value in memory; a decimal is its digits as a whole number, and its scale."""

    kind: Kind
    value: int | str | bool | float | bytes | None = None
    scale: int = 0


NULL: Final = Typed(Kind.NULL)
_SCALE_OF_LITERALS: Final = 28
"""Digits behind the point that the parser's decimals hold (rust_decimal)."""
_GREATEST_DIGITS: Final = 2**96 - 1
"""The greatest of their digits, read as a whole number; as many behind the point are rounded as don't fit."""
_DECIMAL_TEXT: Final = re.compile(r"([+-]?\d+)(?:\.([+-]?\d*))?\Z")
"""A text that a DECIMAL reads: what stands before the point, and what behind it."""
_HEXADECIMAL: Final = re.compile(r"[0-9a-fA-F]{32}\Z")
"""A UUID without its dashes."""
_KINDS: Final = {
    "TINYINT": Kind.TINYINT, "SMALLINT": Kind.SMALLINT, "INTEGER": Kind.INTEGER, "BIGINT": Kind.BIGINT,
    "DATE": Kind.DATE, "TIME": Kind.TIME, "TIMESTAMP": Kind.TIMESTAMP,
    "REAL": Kind.REAL,
}  # fmt: skip


def of_literal(value: Expression) -> Typed | None:
    """What a literal is to the engine; None for what is no literal, or can't be read as one."""
    match value:
        case Null():
            return NULL
        case Text(value=text):
            return Typed(Kind.TEXT, text)
        case Boolean(value=truth):
            return Typed(Kind.BOOLEAN, truth)
        case Number(text=text) if value.is_whole:
            number = int(text)
            return Typed(Kind.BIGINT, number) if -(2**63) <= number < 2**63 else None
        case Number(text=text):
            return _fraction(text)
        case ColumnRef() | Call() | Cast() | Operation() | Query() | OpaqueValue():
            return None


def _fraction(text: str) -> Typed | None:
    """A number with a point, perhaps with an exponent; None where the parser's decimals don't reach so far."""
    mantissa, _, shift = text.removeprefix("-").lower().partition("e")
    whole, point, fraction = mantissa.partition(".")
    exponent = int(shift or 0)
    if not point or abs(exponent) > _SCALE_OF_LITERALS:
        return None
    scale = len(fraction) - exponent
    digits, scale = int(whole + fraction) * 10 ** max(-scale, 0), max(scale, 0)
    lost = max(scale - _SCALE_OF_LITERALS, 0)
    while (kept := (digits + 10**lost // 2) // 10**lost) > _GREATEST_DIGITS and lost < scale:
        lost += 1
    if kept > _GREATEST_DIGITS:
        return None
    return Typed(Kind.DECIMAL, -kept if text.startswith("-") else kept, scale - lost)


def as_json(value: Typed) -> Json:
    """What INSERT and SET store of a literal: a fraction becomes a text, and loses the sign of `-0.5` (area sign)."""
    if value.kind is Kind.DECIMAL:
        return _decimal_text(value)
    assert not isinstance(value.value, float | bytes)
    return value.value


def _decimal_text(value: Typed) -> str:
    assert isinstance(value.value, int)
    whole, fraction = divmod(abs(value.value), 10**value.scale)
    shown = -whole if value.value < 0 else whole
    return f"{shown}.{fraction:0{value.scale}d}" if value.scale else f"{shown}.{fraction}"


def indexed(json: Json) -> Typed:
    """How a stored value stands in a key or an index."""
    match json:
        case bool():
            return Typed(Kind.BOOLEAN, json)
        case int():
            return Typed(Kind.BIGINT, json)
        case str():
            return Typed(Kind.TEXT, json)
        case None:
            return NULL


def read(json: Json, type_: DataType, facts: Facts) -> Typed | None:
    """What a column of a stored type reads; None where it can't, which makes the table unreadable."""
    if json is None:
        return NULL
    match type_.name, json:
        case "JSON", _:
            return Typed(Kind.JSON, json)
        case "BOOLEAN", bool():
            return Typed(Kind.BOOLEAN, json)
        case (_, bool()):
            return None
        case name, int() if name in facts.whole_numbers:
            least, greatest = facts.whole_numbers[name]
            value = float(json) if name == "REAL" else json
            return Typed(_KINDS[name], value) if least <= json <= greatest else None
        case "TEXT", str():
            return Typed(Kind.TEXT, json)
        case "DECIMAL", str():
            return _decimal(json, type_.arguments[1]) if type_.arguments[1] <= facts.max_scale else None
        case "UUID", str() if _HEXADECIMAL.match(hexadecimal := json.replace("-", "")):
            return Typed(Kind.UUID, bytes.fromhex(hexadecimal))
        case "BYTES", str():
            return _bytes(json)
        case _:
            return None


def _decimal(text: str, scale: int) -> Typed | None:
    parts = _DECIMAL_TEXT.match(text)
    if parts is None or (parts[2] is not None and scale == 0):
        return None
    whole = int(parts[1]) * 10**scale
    if not parts[2]:
        return Typed(Kind.DECIMAL, whole, scale)
    fraction = int(parts[2][:scale].ljust(scale, "0"))
    return Typed(Kind.DECIMAL, whole - fraction if text.startswith("-") else whole + fraction, scale)


def _bytes(text: str) -> Typed | None:
    """Of canonical base64 alone: decoding and encoding gives the same text."""
    import base64  # few histories hold bytes

    try:
        raw = base64.b64decode(text)
    except ValueError:
        return None
    return Typed(Kind.BYTES, raw) if base64.b64encode(raw).decode() == text else None


def shown(value: Typed) -> Json | float:
    """What SELECT shows of a value."""
    match value.kind, value.value:
        case Kind.DECIMAL, _:
            return _decimal_text(value)
        case Kind.UUID, bytes() as raw:
            text = raw.hex()
            return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
        case Kind.BYTES, bytes() as raw:
            import base64

            return base64.b64encode(raw).decode()
        case _, found:
            assert not isinstance(found, bytes)
            return found


def encode(values: tuple[Typed, ...], facts: Facts) -> bytes:
    """The values as a key: a tag and the bytes of each, in the order of the values."""
    return b"".join(_encoded(value, facts.tags[value.kind]) for value in values)


@lru_cache(maxsize=4096)
def _encoded(value: Typed, tag: int) -> bytes:
    match value.kind, value.value:
        case Kind.TEXT, str() as text:
            data = text.encode("utf-8", "surrogatepass").replace(b"\x00", b"\x00\xff") + b"\x00"
        case Kind.BOOLEAN, truth:
            data = bytes([bool(truth)])
        case Kind.DECIMAL, int() as digits:
            data = _in_order(digits, 16) + bytes([value.scale])
        case Kind.BIGINT, int() as number:
            data = _in_order(number, 8)
        case _:
            data = b""
    return bytes([tag]) + data


def _in_order(number: int, size: int) -> bytes:
    """A whole number in so many bytes that sort as it does; one that no store holds, of a statement that is refused and
    replayed as it was meant, stands at the end."""
    half = 1 << (8 * size - 1)
    return (min(max(number, -half), half - 1) + half).to_bytes(size)


def successor(key: bytes) -> bytes:
    """The least key of the same length above a key."""
    number = int.from_bytes(key) + 1
    return number.to_bytes(len(key)) if number < 256 ** len(key) else bytes(len(key)) + b"\x00"


def order(left: Typed, right: Typed) -> int | None:
    """-1, 0 or 1 as `left` is less than, equal to or greater than `right`; None where the kinds don't compare.

    NULL is equal to NULL and less than all else.
    """
    if left.kind is Kind.NULL or right.kind is Kind.NULL:
        return (left.kind is not Kind.NULL) - (right.kind is not Kind.NULL)
    if left.kind is not right.kind or left.scale != right.scale:
        return None
    one, two = left.value, right.value
    if left.kind is Kind.JSON:
        one, two = _json_text(one), _json_text(two)
    return (one > two) - (one < two)  # type: ignore[operator]  # of one kind, so of one class


def _json_text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def as_number(value: Typed) -> Decimal | int | None:
    """A number as Python compares it; None for what is none."""
    if value.kind is Kind.DECIMAL and isinstance(value.value, int):
        return Decimal(value.value).scaleb(-value.scale)
    return value.value if isinstance(value.value, int) and not isinstance(value.value, bool) else None
