"""User text inside GitHub's Markdown, where it must neither become markup nor call anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kmblint.reporters.characters import by_backticks, visible

_SIGNS: Final = re.compile(r"[&<>\\`*\[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
"""What may begin or end something: written as a character reference, it doesn't. Inside a word `_` is just itself."""
_CALLING: Final = re.compile(r"[@#]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What GitHub makes links of when all else is done: mentions, references to issues, addresses."""
_PARTED: Final = "<!-- -->"
"""A comment behind it, which nobody sees."""


def inline(text: str) -> str:
    """A text for a paragraph, a heading or a cell, on one line: names in backticks as code, the rest as it reads."""
    return "".join(code(part) if is_code else _plain(part) for part, is_code in by_backticks(visible(text)))


def code(text: str) -> str:
    """A text as code, wherever it stands; a Markdown code span would end at a backtick, and a cell at a bar."""
    return f"<code>{_SIGNS.sub(_reference, visible(text))}</code>"


def _plain(text: str) -> str:
    parts = _CALLING.split(text)
    signs = [match[0] + _PARTED for match in _CALLING.finditer(text)]
    return "".join(_SIGNS.sub(_reference, part) + sign for part, sign in zip(parts, [*signs, ""], strict=True))


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def fenced(text: str, language: str = "text") -> str:
    """The text as a code block, with a fence longer than any that stands in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def within(lines: Iterable[str], room: int) -> tuple[list[str], int]:
    """The first lines that fit into so many characters, line ends counted, and how many are left out."""
    kept: list[str] = []
    left_out = 0
    for line in lines:
        room -= len(line) + 1
        if room < 0 or left_out:
            left_out += 1
        else:
            kept.append(line)
    return kept, left_out
