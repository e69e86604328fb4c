"""Finds what a template engine, a driver or psql would have filled in, and nothing does in a migration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kmblint.sql.scanner import Kind, Token
from kmblint.text import Span

_IN_NAME: Final = re.compile(r"\{\{.*?\}\}|\$\{[^}]*\}|\{%.*?%\}")
_BEGINNINGS: Final = frozenset("?{$%\\:@")
"""The symbols with which a placeholder begins."""
_OPERANDS: Final = frozenset({Kind.WORD, Kind.NUMBER, Kind.QUOTED, Kind.STRING})


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
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind is Kind.QUOTED:
            yield from (Span(token.start + m.start(), token.start + m.end()) for m in _IN_NAME.finditer(token.text))
        size = _size(tokens, at) if token.text in _BEGINNINGS and token.kind is Kind.SYMBOL else 0
        if size:
            yield token.span.to(tokens[at + size - 1].span)
        at += size or 1


def _size(tokens: Sequence[Token], at: int) -> int:
    """How many tokens the placeholder has that begins at a symbol; 0 where none begins."""
    symbol = tokens[at].text
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if symbol == "?":
        return 1
    if following is None or following.start != tokens[at].end:
        return 0
    if symbol == "{" and following.text in ("{", "%", "#"):
        return _closed(tokens, at, 2)
    if (symbol == "$" and following.text == "{") or (symbol == "{" and following.kind is Kind.WORD):
        return _closed(tokens, at, 1)
    if symbol == "%" and following.text == "(":
        return 2
    named = following.kind in (Kind.WORD, Kind.NUMBER)
    behind_operand = at > 0 and tokens[at - 1].end == tokens[at].start and tokens[at - 1].kind in _OPERANDS
    if symbol in ("$", "\\") and named:
        return 2
    if symbol == ":" and following.kind in _OPERANDS - {Kind.NUMBER} and not behind_operand:
        return 2
    if (symbol == "@" or (symbol == "%" and following.text in ("s", "d"))) and named and not behind_operand:
        return 2
    return 0


def _closed(tokens: Sequence[Token], at: int, braces: int) -> int:
    """The size of a stretch that ends with a brace, or with two; two tokens where it isn't closed."""
    for end in range(at + 1, len(tokens)):
        if tokens[end].text == "}":
            doubled = braces == 2 and end + 1 < len(tokens) and tokens[end + 1].text == "}"
            return end - at + 1 + doubled
    return 2
