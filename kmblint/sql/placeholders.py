"""Finds what a template engine, a driver or psql would have filled in, and nothing does in a migration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kmblint.sql.scanner import Kind, Token
from kmblint.sql.words import words
from kmblint.text import Span

_IN_NAME: Final = re.compile(r"\{\{|\$\{|\{%")
_CLOSED_BY: Final = {"{{": "}}", "${": "}", "{%": "%}"}
_BEGINNINGS: Final = words("? { $ % \\ : @")
"""The symbols with which a placeholder begins."""
_MAY_BEGIN: Final = re.compile(f"[{re.escape(''.join(sorted(_BEGINNINGS)))}]")
_OPERANDS: Final = frozenset({Kind.WORD, Kind.NUMBER, Kind.QUOTED, Kind.STRING})


def may_hold(text: str) -> bool:
    """Whether a placeholder may stand in a text; where none may, nobody need read its tokens."""
    return _MAY_BEGIN.search(text) is not None


def placeholders(tokens: Sequence[Token]) -> Iterator[Span]:
    """`{{ x }}`, `{% x %}`, `${x}`, `{x}`, `$1`, `$x`, `:name`, `%s`, `%(x)s`, `?`, `@x` and psql's `\\i`.

    Literals and comments are left alone; in a quoted name the braces of templates are found.
    """
    quoted = Kind.QUOTED
    for token in tokens:  # a plain loop: nearly no statement has any
        if token.text in _BEGINNINGS or token.kind is quoted:
            break
    else:
        return
    last = max((index for index, token in enumerate(tokens) if token.text == "}"), default=-1)
    begin = 0
    while begin < len(tokens):
        token = tokens[begin]
        if token.kind is Kind.QUOTED:
            yield from _in_name(token)
        size = _size(tokens, begin, last) if token.text in _BEGINNINGS and token.kind is Kind.SYMBOL else 0
        if size:
            yield token.span.to(tokens[begin + size - 1].span)
        begin += size or 1


def _in_name(token: Token) -> Iterator[Span]:
    offset = 0
    unclosed: set[str] = set()
    while opening := _IN_NAME.search(token.text, offset):
        closing = _CLOSED_BY[opening[0]]
        close = -1 if closing in unclosed else token.text.find(closing, opening.end())
        if close < 0:  # nor is the next one closed
            unclosed.add(closing)
            offset = opening.end()
        else:
            offset = close + len(closing)
            yield Span(token.start + opening.start(), token.start + offset)


def _size(tokens: Sequence[Token], index: int, last: int) -> int:
    """How many tokens the placeholder has that begins at a symbol; 0 where none begins. `last` is the last `}`."""
    symbol = tokens[index].text
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if symbol == "?":
        return 1
    if following is None or following.start != tokens[index].end:
        return 0
    if symbol == "{" and following.text in ("{", "%", "#"):
        return _closed(tokens, index, last, 2)
    if (symbol == "$" and following.text == "{") or (symbol == "{" and following.kind is Kind.WORD):
        return _closed(tokens, index, last, 1)
    if symbol == "%" and following.text == "(":
        return 2
    named = following.kind in (Kind.WORD, Kind.NUMBER)
    behind_operand = index > 0 and tokens[index - 1].end == tokens[index].start and tokens[index - 1].kind in _OPERANDS
    if symbol in ("$", "\\") and named:
        return 2
    if symbol == ":" and following.kind in _OPERANDS - {Kind.NUMBER} and not behind_operand:
        return 2
    if (symbol == "@" or (symbol == "%" and following.text in ("s", "d"))) and named and not behind_operand:
        return 2
    return 0


def _closed(tokens: Sequence[Token], index: int, last: int, braces: int) -> int:
    """The size of a stretch that ends with a brace, or with two; two tokens where it isn't closed."""
    for end in range(index + 1, last + 1):  # none where nothing behind it is closed, lest each looks to the end
        if tokens[end].text == "}":
            doubled = braces == 2 and end + 1 < len(tokens) and tokens[end + 1].text == "}"
            return end - index + 1 + doubled
    return 2
