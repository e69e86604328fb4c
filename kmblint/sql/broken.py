"""What a statement that isn't SQL was to make, by the words that can be read, so that its mistake is told once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from kmblint.sql.scanner import Kind, Token
from kmblint.text import Span
from kmblint.wording import nearest

_MODIFIERS: Final = frozenset(
    {"OR", "REPLACE", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "EXTERNAL", "UNIQUE", "IF", "NOT", "EXISTS",
     "ONLY", "CONCURRENTLY"}
)  # fmt: skip
_NAMES: Final = frozenset({Kind.WORD, Kind.QUOTED})


class Meant(msgspec.Struct, frozen=True):
    """What may come of a statement: the tables that it names behind CREATE or ALTER TABLE, and all its other names."""

    tables: tuple[str, ...]
    names: frozenset[str]


def meant(tokens: Sequence[Token]) -> Meant:
    """What broken statements were to make or change; several where a `;` between them was forgotten.

    A misspelt keyword counts as the one that was meant: `CREATE TABEL`.
    """
    tables = dict.fromkeys(_tables(tokens))
    verb = tokens[0] if tokens else None
    makes = verb is not None and any(_is(verb, word) for word in ("CREATE", "ALTER")) and not tables
    names = frozenset(token.value for token in tokens[1:] if makes and token.kind in _NAMES)
    return Meant(tuple(tables), names)


def _tables(tokens: Sequence[Token]) -> Iterator[str]:
    """The name behind each CREATE TABLE and ALTER TABLE."""
    index = 0
    while index < len(tokens):
        verb = any(_is(tokens[index], word) for word in ("CREATE", "ALTER"))
        index += 1
        if not verb:
            continue
        index = _behind_modifiers(tokens, index)
        if index < len(tokens) and _is(tokens[index], "TABLE"):
            index = _behind_modifiers(tokens, index + 1)
            parts = tokens[index : index + 1]
            while tokens[index + 1 : index + 2] and tokens[index + 1].text == "." and tokens[index + 2 : index + 3]:
                index += 2
                parts = [*parts, tokens[index]]
            if parts and all(part.kind in _NAMES for part in parts):
                yield ".".join(part.value for part in parts)


def _behind_modifiers(tokens: Sequence[Token], index: int) -> int:
    while index < len(tokens) and tokens[index].upper in _MODIFIERS:
        index += 1
    return index


def _is(token: Token, word: str) -> bool:
    """Whether a token is a keyword, or was probably meant to be."""
    return token.upper == word or (token.kind is Kind.WORD and _is_near(token.upper, word))


@lru_cache(maxsize=4096)
def _is_near(written: str, word: str) -> bool:
    return nearest(written, (word,)) == word


def batch_separator(tokens: Sequence[Token], text: str) -> Span | None:
    """Where a `GO` stands on a line of its own, as SQL Server's tools want it between batches."""
    if all(token.upper != "GO" for token in tokens):
        return None
    alone = {match.start(1) for match in _GO.finditer(text, tokens[0].start - 1 if tokens[0].start else 0)}
    return next((token.span for token in tokens if token.start in alone and token.upper == "GO"), None)


_GO: Final = re.compile(r"^[^\S\n]*(GO)[^\S\n]*$", re.IGNORECASE | re.MULTILINE)
