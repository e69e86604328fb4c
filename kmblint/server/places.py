"""Where things are, as an editor says it: file URIs, and 0-based lines and characters in the negotiated encoding."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath, PureWindowsPath
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

from lsprotocol import types

from kmblint.reporters.positions import ColumnUnit, position
from kmblint.text import Source, Span

UNITS: Final = {
    types.PositionEncodingKind.Utf8.value: ColumnUnit.BYTES,
    types.PositionEncodingKind.Utf16.value: ColumnUnit.UTF16,
    types.PositionEncodingKind.Utf32.value: ColumnUnit.CHARACTERS,
}
"""What a position counts, by the encoding that was negotiated."""
_DRIVE: Final = re.compile(r"/[A-Za-z]:")


def path_of(uri: str, *, windows: bool = os.name == "nt") -> PurePath | None:
    """The absolute path of a `file:` URI; None for any other (`untitled:`, `git:`), and for one that is no path."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme.lower() != "file":
        return None
    raw = unquote_to_bytes(parts.path)
    if b"\0" in raw or not raw.startswith(b"/"):
        return None
    if not windows:
        return Path(os.fsdecode(raw))
    text = raw.decode("utf-8", "replace")
    if parts.netloc and parts.netloc != "localhost":
        return PureWindowsPath(f"//{parts.netloc}{text}")
    return PureWindowsPath(text[1:]) if _DRIVE.match(text) else PureWindowsPath(text)


def uri_of(path: PurePath) -> str:
    """The `file:` URI of an absolute path, its bytes percent-encoded."""
    if isinstance(path, PureWindowsPath):
        drive, rest = path.drive, path.as_posix()[len(path.drive) :]
        host = drive.replace("\\", "/") if drive.startswith("\\\\") else "///" + drive.lower()
        return f"file:{host}{quote(rest)}"
    return f"file://{quote(os.fsencode(path), safe='/-._~')}"


def place_at(source: Source, offset: int, unit: ColumnUnit) -> types.Position:
    """The position of an offset."""
    place = position(source, offset, unit)
    return types.Position(place.line - 1, place.column - 1)


def range_of(source: Source, span: Span, unit: ColumnUnit) -> types.Range:
    """The range of a span."""
    return types.Range(place_at(source, span.start, unit), place_at(source, span.end, unit))


def offset_of(source: Source, place: types.Position, unit: ColumnUnit) -> int:
    """The offset of a position; one behind the end of its line is that end, one behind the last line the text's."""
    if place.line >= source.line_count:
        return len(source.text)
    text = source.line(place.line + 1)
    return source.offset(place.line + 1) + min(_characters(text, max(place.character, 0), unit), len(text))


def _characters(text: str, size: int, unit: ColumnUnit) -> int:
    """How many characters the first units of a text are; half a character counts as none of it."""
    if unit is ColumnUnit.CHARACTERS or (text.isascii() and unit in (ColumnUnit.BYTES, ColumnUnit.UTF16)):
        return size
    codec, width = ("utf-8", 1) if unit is ColumnUnit.BYTES else ("utf-16-le", 2)
    return len(text.encode(codec, "surrogatepass")[: size * width].decode(codec, "ignore"))
