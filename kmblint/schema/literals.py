"""Whether a column can hold a literal, as SQL means the two; what an engine does with it is the target's to say."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from kmblint.schema.predicate import Boolean, Number, Text, Value
from kmblint.schema.types import DataType, Family

_BOOLEANS: Final = frozenset({"t", "true", "y", "yes", "on", "1", "f", "false", "n", "no", "off", "0"})
_ISO_DATE: Final = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})")
_UUID: Final = re.compile(r"\{?[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\}?")
_NAMED_DATES: Final = frozenset({"today", "now", "tomorrow", "yesterday", "epoch", "infinity", "-infinity", "allballs"})


def misfit(kind: DataType, value: Value) -> str | None:
    """Why a column of the type can't hold the literal, as a clause about the literal; None where it can."""
    match kind.family:
        case Family.INTEGER:
            return _no_integer(kind, value)
        case Family.DECIMAL:
            return _no_number(value) or beyond_decimal(kind, value)
        case Family.FLOAT:
            return _no_number(value)
        case Family.BOOLEAN:
            return _no_boolean(value)
        case Family.DATE | Family.TIMESTAMP:
            return _no_date(value)
        case Family.UUID:
            text = value.value.strip() if isinstance(value, Text) else None
            is_none = isinstance(value, Number | Boolean) or (text is not None and not _UUID.fullmatch(text))
            return "it is no UUID" if is_none else None
        case Family.TEXT:
            too_long = isinstance(value, Text) and kind.arguments and len(value.value) > kind.arguments[0]
            return f"it has {len(value.value)} characters" if isinstance(value, Text) and too_long else None
        case Family.JSON:
            return "it is no JSON" if isinstance(value, Text) and not _is_json(value.value) else None
        case Family.BYTES | Family.TIME | Family.OTHER:
            return None


def _no_boolean(value: Value) -> str | None:
    wrong = (isinstance(value, Text) and value.value.strip().casefold() not in _BOOLEANS) or (
        isinstance(value, Number) and value.text not in {"0", "1"}
    )
    return "it is neither true nor false" if wrong else None


def beyond_decimal(kind: DataType, value: Value) -> str | None:
    """That a number has more digits than a DECIMAL(precision, scale) holds, behind its point or before it."""
    number = _number(value)
    if number is None or not kind.arguments:
        return None
    precision, scale = (*kind.arguments, 0)[:2]
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > scale:
        return f"it has {-exponent} digits behind the point, and {scale} are kept"
    whole = len(str(abs(int(number)))) if abs(number) >= 1 else 0
    if whole > precision - scale:
        return f"it has {whole} digits before the point, and {precision - scale} fit"
    return None


def _number(value: Value) -> Decimal | None:
    text = value.text if isinstance(value, Number) else value.value if isinstance(value, Text) else ""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _no_number(value: Value) -> str | None:
    if isinstance(value, Boolean) or (isinstance(value, Text) and _number(value) is None):
        return "it is no number"
    return None


def _no_integer(kind: DataType, value: Value) -> str | None:
    number = _number(value)
    if number is None:
        return _no_number(value)
    if number != int(number):
        return "it is no whole number"
    low, high = kind.integer_range or (number, number)
    return None if low <= number <= high else f"it is outside of {low} to {high}"


def _no_date(value: Value) -> str | None:
    if isinstance(value, Number | Boolean):
        return "it is no date"
    if not isinstance(value, Text):
        return None
    iso = _ISO_DATE.match(value.value)
    if iso is None:
        known = any(character.isdigit() for character in value.value) or value.value.strip().casefold() in _NAMED_DATES
        return None if known else "it is no date"
    try:
        date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        return "there is no such day"
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
