"""Column types as CREATE TABLE and ADD COLUMN take them (area type)."""

from __future__ import annotations

from typing import Final, NoReturn

import msgspec

from kmblint.findings import Applicability
from kmblint.sql.scanner import Kind
from kmblint.targets.kimberlite.facts import CHANGED_TYPES, DEFAULT_DECIMAL, REPLACED_TYPES, STORED_TYPES
from kmblint.targets.kimberlite.tokens import Cursor, Named
from kmblint.targets.verdict import ChangedType, Replacement
from kmblint.text import Span

_LENGTH_UNITS: Final = ("CHARACTERS", "OCTETS")


class _Written(msgspec.Struct, frozen=True):
    words: str
    stored: str
    arguments: tuple[int, ...]
    zoned: bool


def column_type(cursor: Cursor, column: Named) -> None:
    """Consumes a type; refuses what isn't kept, and notes what is stored otherwise than declared."""
    start = cursor.here()
    token = cursor.peek()
    if token is None or token.kind not in {Kind.WORD, Kind.QUOTED}:
        cursor.expected("a type")
    if token.kind is Kind.QUOTED:
        cursor.at += 1
        cursor.refuse(f"`{token.text}` in quotes is the name of a type of its own, and there is none", start,
                      "leave out the quotes")  # fmt: skip
    words = cursor.advance().upper
    follows = cursor.word()
    if (words, follows) in {("DOUBLE", "PRECISION"), ("CHARACTER", "VARYING"), ("CHAR", "VARYING")}:
        cursor.at += 1
        words = f"{words} {follows}"
    if words not in STORED_TYPES:
        _refuse(cursor, words, start)
    stored, most = STORED_TYPES[words]
    written = _arguments(cursor, words, most) if cursor.sees("(") else ()
    if cursor.word() == "UNSIGNED" and words != "UUID":
        _refuse_unsigned(cursor, words)
    if cursor.word() == "[" or cursor.word() == "ARRAY":
        cursor.refuse(f"the engine has no array type `{words}[]`", cursor.since(start), "store the list as JSON")
    zoned = words in {"TIME", "TIMESTAMP"} and (
        cursor.take("WITH", "TIME", "ZONE") or cursor.take("WITHOUT", "TIME", "ZONE")
    )
    _note_change(cursor, column, start, _Written(words, stored, written, zoned=bool(zoned)))


def _arguments(cursor: Cursor, words: str, most: int) -> tuple[int, ...]:
    """`(n)` or `(p, s)`; refuses more than the type takes."""
    if most == 0:
        cursor.expected(f"no length behind `{words}`")
    cursor.expect("(")
    found = [_argument(cursor, words)]
    if cursor.sees(",") and most > 1:
        cursor.at += 1
        if words == "DECIMAL":
            cursor.take("-")
        found.append(_argument(cursor, words))
    if words == "VARCHAR":
        cursor.take_any(*_LENGTH_UNITS)
    cursor.expect(")", what="`)`")
    return tuple(found)


def _argument(cursor: Cursor, words: str) -> int:
    if words in {"VARCHAR", "VARBINARY"} and cursor.take("MAX"):
        return 0
    token = cursor.peek()
    if token is None or token.kind is not Kind.NUMBER or not token.text.isdigit():
        cursor.expected("a whole number")
    cursor.at += 1
    return int(token.text)


def _note_change(cursor: Cursor, column: Named, start: Span, type_written: _Written) -> None:
    words, stored, written, zoned = msgspec.structs.astuple(type_written)
    span = cursor.since(start)
    arguments = f"({','.join(map(str, written))})" if written else ""
    declared = words + arguments + (" WITH TIME ZONE" if zoned else "")
    effect = CHANGED_TYPES.get(words)
    if words == "DECIMAL":
        if len(written) == 2:
            return
        stored += f"({DEFAULT_DECIMAL[0]},{DEFAULT_DECIMAL[1]})" if not written else f"({written[0]},0)"
        if written:
            effect = "no digit behind the point is kept"
    elif (
        not written and not zoned and words in {"VARCHAR", "STRING", "TIMESTAMP", "TIME", "BLOB", "BINARY", "VARBINARY"}
    ):
        return
    if zoned:
        effect = "the time zone isn't kept"
    if effect:
        cursor.hazards.append(ChangedType(column.text, declared, stored, span, effect))


def _refuse(cursor: Cursor, words: str, start: Span) -> NoReturn:
    span = cursor.since(start)
    written = ""
    if cursor.sees("("):
        inner = cursor.balanced()
        written = (
            f"({', '.join(t.text for t in cursor.tokens if inner.start < t.start < inner.end - 1 and t.text != ',')})"
        )
        span = cursor.since(start)
    instead, same = REPLACED_TYPES.get(words, ("", False))
    reason = f"the engine has no type `{words}`"
    if not instead:
        cursor.refuse(
            reason, span, "write one of BIGINT, DECIMAL(p,s), TEXT, BOOLEAN, TIMESTAMP, DATE, UUID, JSON or BLOB"
        )
    text = instead + (written if instead in {"DECIMAL", "VARCHAR"} and words != "MONEY" else "")
    applicability = Applicability.SAFE if same else Applicability.UNSAFE
    note = "" if same else ", which isn't the same: nothing pads, numbers or checks the values"
    cursor.refuse(reason, span, f"write `{text}`{note}", (Replacement(span, text, f"write `{text}`", applicability),))


def _refuse_unsigned(cursor: Cursor, words: str) -> NoReturn:
    span = cursor.here()
    cursor.refuse(
        f"the engine has no type `{words} UNSIGNED`", span, f"write `{words}`; nothing keeps out negative numbers",
        (Replacement(span, "", f"write `{words}`", Applicability.UNSAFE),),
    )  # fmt: skip
