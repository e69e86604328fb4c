"""Reads a file as text as strictly as the runner does, and says what is wrong where it can't.

The runner reads UTF-8 only, and one file that isn't makes the whole folder unusable. A file whose text is plain
all the same (a byte order mark, UTF-16, Latin-1, a stray NUL) is read as it was meant, so that later files can be
judged.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

import msgspec

from kmblint.access import Access, BarredError

_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_WIDE: Final = {
    codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be",  # which begins as UTF-16 does
    codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
"""The encodings of more than one byte a character, by the mark that a file begins with."""
_SAVE: Final = "save the file as UTF-8 without a byte order mark"


class Trouble(msgspec.Struct, frozen=True):
    """Why a file is no UTF-8 text: a lower-case clause, what to do, and the offset in bytes with its 1-based line."""

    reason: str
    help: str
    offset: int | None = None
    line: int = 1
    fatal: bool = True
    """Whether the runner can't read it either; what is UTF-8 all the same it reads, and the engine stumbles."""


def read(path: str | Path, access: Access) -> tuple[str | None, Trouble | None]:
    """The text of a file, and what the runner finds wrong with it; no text where nobody could read it."""
    try:
        return decoded(access.read(path))
    except BarredError as error:
        return None, Trouble(error.reason, error.help, fatal=not error.ours)


def decoded(data: bytes) -> tuple[str | None, Trouble | None]:
    """The text that bytes hold, and what the runner finds wrong with them; as `read`."""
    for mark, encoding in _WIDE.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), _wide(encoding)
    if b"\x00" in data:
        return _without_nul(data)
    if data.startswith(codecs.BOM_UTF8):
        reason = "it begins with a byte order mark, which the engine takes as part of the first word"
        data, trouble = data[len(codecs.BOM_UTF8) :], Trouble(reason, _SAVE, 0, fatal=False)
        return data.decode("utf-8", "replace"), trouble
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8: byte 0x{data[error.start]:02X} at offset {error.start}"
        meant = None if _BINARY.search(data) else data.decode("cp1252", "replace")
        return meant, _at(data, error.start, reason, "save the file as UTF-8")
    if "\r" in text and "\n" not in text.rstrip() and "--" in text:
        reason = (
            "its lines end in carriage returns alone, which the runner takes for no line ends: a `--` comment hides "
            "whatever stands behind it"
        )
        return text.replace("\r", "\n"), Trouble(reason, "save the file with line feeds", 0, fatal=False)
    return text, None


def _wide(encoding: str) -> Trouble:
    return Trouble(f"it is {encoding[:6].upper()}, and the runner reads UTF-8 only", _SAVE, 0)


def _without_nul(data: bytes) -> tuple[str | None, Trouble | None]:
    """UTF-16 without its mark has a NUL in every other byte, UTF-32 three of four; elsewhere none was ever meant."""
    if len(data) % 4 == 0 and data.count(0) * 3 >= len(data) * 2:
        encoding = "utf-32-be" if data[0] == 0 else "utf-32-le"
        return data.decode(encoding, "replace"), _wide(encoding)
    for encoding, odd in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if odd.count(0) * 4 > len(data):
            return data.decode(encoding, "replace"), _wide(encoding)
    offset = data.index(0)
    reason = f"it holds a NUL byte at offset {offset}, and the engine refuses a statement with one"
    trouble = _at(data, offset, reason, "remove it, or save the file as UTF-8 text")
    try:
        return data.decode("utf-8").replace("\0", ""), msgspec.structs.replace(trouble, fatal=False)
    except UnicodeDecodeError:
        return None, trouble


def _at(data: bytes, offset: int, reason: str, help: str) -> Trouble:  # noqa: A002 (the field's name)
    return Trouble(reason, help, offset, data.count(b"\n", 0, offset) + 1)


class Spelling(msgspec.Struct, frozen=True):
    """How the bytes of a file spell its text, so that another text can be spelt alike."""

    mark: bytes = b""
    codec: str = "utf-8"
    line_end: str | None = None
    """What stands for each line feed of the text; None where line ends are the text's own."""

    @classmethod
    def of(cls, data: bytes) -> Spelling | None:
        """That of the bytes that `decoded` reads; None where its text doesn't hold them all (a NUL, a stray byte)."""
        text, _ = decoded(data)
        for spelling in _SPELLINGS:
            if text is not None and data.startswith(spelling.mark) and spelling.encoded(text) == data:
                return spelling
        return None

    def encoded(self, text: str) -> bytes | None:
        """The bytes of a text; None where it has a character that can't be spelt so."""
        spelt = text if self.line_end is None else text.replace("\n", self.line_end)
        try:
            return self.mark + spelt.encode(self.codec)
        except UnicodeEncodeError:
            return None


_SPELLINGS: Final = (
    *(Spelling(mark, codec) for mark, codec in _WIDE.items()),
    Spelling(codecs.BOM_UTF8),
    Spelling(),
    Spelling(line_end="\r"),
    Spelling(codec="utf-16-le"),
    Spelling(codec="utf-16-be"),
    Spelling(codec="utf-32-le"),
    Spelling(codec="utf-32-be"),
    Spelling(codec="cp1252"),
)
