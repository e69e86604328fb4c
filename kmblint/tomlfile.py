"""A TOML file whose keys know their lines, which tomli doesn't say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

from kmblint.access import ANYWHERE, Access, BarredError
from kmblint.errors import ConfigError

KeyPath: TypeAlias = tuple[str, ...]

_STRING: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*")
"""What holds no bracket that counts, on one line; texts of several lines have marks of their own."""
_LONG: Final = ('"""', "'''")


class TomlError(ValueError):
    """A text is no TOML: the reason, a lower-case clause, and its 1-based line."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def parse(text: str) -> dict[str, Any]:
    """What a TOML text holds; raises TomlError."""
    import tomli  # most projects have no such file

    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise TomlError(error.msg[:1].lower() + error.msg[1:], error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise TomlError("it is nested too deeply, or a number is too long", 1) from error


class TomlFile:
    """A parsed TOML file; `name` is how the user calls it, `data` what it holds."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        try:
            self.data = parse(text)
        except TomlError as error:
            raise ConfigError((f"{name}:{error.line}: not TOML: {error.reason}",)) from error

    @classmethod
    def read(cls, path: Path, name: str, access: Access = ANYWHERE) -> TomlFile:
        """The file of a path; raises ConfigError where it can't be read or is no TOML."""
        try:
            return cls(name, access.read(path).decode("utf-8-sig"))  # some editors write a byte order mark
        except BarredError as error:
            raise ConfigError((f"{name}: {error.reason}; {error.help}",)) from error
        except UnicodeDecodeError as error:
            raise ConfigError((f"{name}: not UTF-8: byte 0x{error.object[error.start]:02X}",)) from error

    def line(self, path: KeyPath, item: str | None = None) -> int:
        """The 1-based line of a key, or of the first string `item` in its value; 1 for a key that isn't there."""
        first, last = self._lines.get(path, (1, 1))
        return first if item is None else self._items(first, last).get(item, first)

    @cached_property
    def _text_lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _items_of(self) -> dict[tuple[int, int], dict[str, int]]:
        return {}

    def _items(self, first: int, last: int) -> dict[str, int]:
        """The strings of a stretch of lines, each with the first line that it stands on."""
        items = self._items_of.get((first, last))
        if items is None:
            items = self._items_of[first, last] = {}
            for number in range(first, last + 1):
                for double, single in _STRING.findall(self._text_lines[number - 1]):
                    items.setdefault(double or single, number)
        return items

    @cached_property
    def _lines(self) -> dict[KeyPath, tuple[int, int]]:
        """The first and last line of each key and table."""
        import tomli

        places: dict[KeyPath, tuple[int, int]] = {}
        table: KeyPath = ()
        for first, last, chunk in _chunks(self.text):
            keys = [(*table, *key) for key in _paths(tomli.loads(chunk))]
            if chunk.lstrip().startswith("["):
                keys = list(_paths(tomli.loads(chunk)))
                table = keys[-1]
            for key in keys:
                places.setdefault(key, (first, last))
        return places


_TRIED: Final = 100
"""Lines of a value of which each may be its last, as far as its brackets tell."""


def _chunks(text: str) -> Iterator[tuple[int, int, str]]:
    """The headers and assignments of a TOML text, with their first and last lines; a value may span lines."""
    held: list[str] = []
    opened = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not held and line.strip()[:1] in ("", "#"):
            continue
        held.append(line)
        bare = _QUOTED.sub("", line)
        opened += sum(map(bare.count, "[{")) - sum(map(bare.count, "]}"))
        # Only where all brackets are closed is a look at the whole worth its price: else each line of a list has one.
        # Of a long text, which has a mark where it ends, none of its lines has.
        closed = opened <= 0 and (len(held) <= _TRIED or "]" in bare or "}" in bare)
        if len(held) == 1 or closed or any(mark in line for mark in _LONG):
            chunk = "\n".join(held)
            if _is_whole(chunk):
                yield number - len(held) + 1, number, chunk
                held, opened = [], 0


def _is_whole(chunk: str) -> bool:
    import tomli

    try:
        tomli.loads(chunk)
    except tomli.TOMLDecodeError:
        return False
    return True


def _paths(value: object) -> Iterator[KeyPath]:
    """The paths of every key, outer before inner."""
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (key,)
            for path in _paths(inner):
                yield (key, *path)
