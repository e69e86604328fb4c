"""Where a finding stands, as the readers of a format count and call it."""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from enum import Enum
from pathlib import PurePath
from typing import Final

from kmblint.findings import Report
from kmblint.reporters.characters import measured, visible
from kmblint.text import Place, Position, Source

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TAB: Final = 8
"""Columns between tab stops where an editor counts what it displays (Vim's `%v`, Emacs)."""


class ColumnUnit(Enum):
    """What a column counts; every one begins at 1."""

    CHARACTERS = "characters"
    BYTES = "bytes"
    """Of UTF-8, as Vim's `%c` counts and rdjson does."""
    UTF16 = "utf16"
    """Code units, as VS Code, language servers and SARIF readers count."""
    DISPLAY = "display"
    """Columns of a screen with tab stops eight apart, as Emacs and Vim's `%v` count."""


def position(source: Source, offset: int, unit: ColumnUnit = ColumnUnit.CHARACTERS) -> Position:
    """The 1-based line and column of an offset."""
    place = source.position(offset)
    if unit is ColumnUnit.CHARACTERS:
        return place
    before = source.line(place.line)[: place.column - 1]
    return Position(place.line, _size(before, unit) + 1)


def _size(text: str, unit: ColumnUnit) -> int:
    match unit:
        case ColumnUnit.BYTES:
            return len(text.encode("utf-8", "surrogatepass"))
        case ColumnUnit.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case ColumnUnit.DISPLAY:
            columns = 0
            for number, part in enumerate(text.split("\t")):
                columns = (columns // _TAB + 1) * _TAB if number else columns
                columns += measured(part)
            return columns
        case ColumnUnit.CHARACTERS:
            return len(text)


def located(report: Report, place: Place, unit: ColumnUnit = ColumnUnit.CHARACTERS) -> str:
    """`path:line:column`, as compilers write it, on one line whatever the path holds."""
    there = position(report.source(place.file), place.span.start, unit)
    return f"{visible(report.path(place.file))}:{there.line}:{there.column}"


def from_root(report: Report, file: str, prefix: str) -> str:
    """The path of a file from the repository's root, which lies at the other end of `prefix`; absolute ones stay."""
    path = report.path(file)
    return path if PurePath(path).is_absolute() else posixpath.normpath(posixpath.join(prefix, path))


def utf8(text: str) -> str:
    """A text that every reader takes: bytes of a path that are no UTF-8 are spelt with a backslash (`caf\\xe9`)."""
    return text if text.isascii() else _SURROGATE.sub(_spelt, text)


def _spelt(surrogate: re.Match[str]) -> str:
    code = ord(surrogate[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def uri(path: str, *, windows: bool = os.name == "nt") -> str:
    """A path, with `/`, as a relative reference of a URI, its bytes percent-encoded (RFC 3986); one of a drive or a
    share, and any other absolute one, as an address."""
    from urllib.parse import quote  # few formats write addresses

    drive, rest = ntpath.splitdrive(path) if windows else ("", path)
    encoded = quote(os.fsencode(rest), safe="/-._~!$&'()*+,;=@")
    if drive:
        return f"file:{drive}{encoded}" if drive.startswith("//") else f"file:///{drive}{encoded}"
    return f"file://{encoded}" if posixpath.isabs(path) else encoded
