"""A card set for a terminal: headings, wrapped text, indented code, a table of options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.lint.cards import Card
from kmblint.reporters.characters import clip, fold
from kmblint.reporters.paint import Paint

CARD: Final = 76
"""Columns of the reports that cards show, so that they stand indented in a terminal of 80."""
_FRAME: Final = re.compile(r" *\d* [|=:-]|\.\.\.")
"""The rows of a report whose columns stand for something."""
_FENCE: Final = re.compile(r"(?P<fence>`{3,})(?P<info>.*)")
_CODE: Final = re.compile(r"`[^`]+`")
_ITEM: Final = re.compile(r"(?P<indent>\s*)(?P<bullet>[-*]|\d+\.) ")
_BODY: Final = re.compile(r"^## ", re.MULTILINE)


def rendered(card: Card, paint: Paint, width: int) -> Iterator[str]:
    """The lines of a card, none wider than `width`."""
    metadata = card.metadata
    yield f"{paint.severity(metadata.severity, metadata.code)} {paint('strong', card.slug)}"
    yield from _wrapped(card.summary, paint, width)
    yield ""
    when = "recommended" if metadata.default and metadata.stability == "stable" else "only when selected"
    known = [metadata.severity.value, f"family: {metadata.category}", when]
    known += [f"target: {' and '.join(metadata.targets)}", f"since {metadata.since}"]
    known += ["preview"] if metadata.stability == "preview" else []
    known += [f"comes with {' and '.join(metadata.fixes)} fixes"] if card.fixable else []
    yield from (paint("faint", line) for line in fold(" · ".join(known), width))
    yield from _options(card, paint, width)
    start = _BODY.search(card.text)
    if start:
        yield ""
        yield from _markdown(card.text[start.start() :].strip(), paint, width)
    if metadata.sources:
        yield paint("strong", "Sources")
        for source in metadata.sources:
            first, *rest = fold(source, width, first=2, rest=4)
            yield f"  {first}"
            yield from (f"    {line}" for line in rest)


def _options(card: Card, paint: Paint, width: int) -> Iterator[str]:
    if not card.metadata.options:
        return
    yield from ("", paint("strong", "Options"))
    names = max(len(name) for name in card.metadata.options)
    for name, option in card.metadata.options.items():
        default = list(option.default) if isinstance(option.default, tuple) else option.default
        choices = f"; one of {', '.join(option.choices)}" if option.choices else ""
        lead = f"  {name:<{names}}  "
        text = f"{option.help} (default: {_toml(default)}{choices})"
        first, *rest = fold(text, width, first=len(lead), rest=len(lead))
        yield lead + first
        yield from (" " * len(lead) + line for line in rest)


def _toml(value: object) -> str:
    """A default as it is written in kmblint.toml."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')


def _markdown(text: str, paint: Paint, width: int) -> Iterator[str]:
    """The sections: prose is wrapped, fenced code is indented and keeps its lines where they fit."""
    fence = language = ""
    paragraph: list[str] = []
    for line in (*text.splitlines(), ""):
        mark = _FENCE.match(line)
        if fence:
            if line.rstrip() == fence:
                fence = ""
            else:
                yield from _verbatim(line, width, report=language == "text")
        elif mark or not line or line.startswith("#") or _ITEM.match(line):
            yield from _wrapped(" ".join(paragraph), paint, width)
            paragraph = []
            if mark:
                fence, language = mark["fence"], mark["info"].strip().partition(" ")[0]
                yield from _caption(mark["info"], paint, width)
            elif line.startswith("#"):
                yield from _heading(line, paint, width)
            elif line:
                paragraph = [line.rstrip()]
            else:
                yield ""
        else:
            paragraph.append(line.strip())


def _verbatim(line: str, width: int, *, report: bool) -> Iterator[str]:
    """A line of code; one that is too long goes on below, but a row of a frame is cut, as marks stand under it."""
    room = width - 4
    if report and _FRAME.match(line):
        yield f"    {clip(line, room)}"
        return
    depth = len(line) - len(line.lstrip())
    first, *rest = fold(line[depth:], room, first=depth, rest=depth + 4, code=True)
    yield f"    {clip(line[:depth] + first, room)}".rstrip()
    yield from (f"        {clip(line[:depth] + row, room - 4)}" for row in rest)


def _heading(line: str, paint: Paint, width: int) -> Iterator[str]:
    title = line.lstrip("#").strip()
    if line.startswith("## "):
        yield paint("strong", title)
    else:
        yield from (paint("help", f"  {row}") for row in fold(title, width, first=2, rest=2))


def _caption(info: str, paint: Paint, width: int) -> Iterator[str]:
    """What a fence's info string says beside the language."""
    language, _, rest = info.strip().partition(" ")
    caption = {"sql": rest, "text": rest, "toml": "kmblint.toml:"}.get(language, info.strip())
    if caption:
        yield from (f"    {paint('faint', line)}" for line in fold(caption, width, first=4, rest=4))


def _wrapped(text: str, paint: Paint, width: int) -> Iterator[str]:
    """A paragraph or a list item, its further lines under its first word; code spans stand out."""
    item = _ITEM.match(text)
    hang = " " * item.end() if item else ""
    for number, line in enumerate(fold(text, width, rest=len(hang)) if text else []):
        yield (hang if number else "") + _CODE.sub(lambda code: paint("info", code[0]), line)
