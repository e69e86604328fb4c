"""A card set for a terminal: headings, wrapped text, indented code, a table of options."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Final

from kmblint.lint.rulebook import Card
from kmblint.reporters.paint import Paint

_FENCE: Final = re.compile(r"(?P<fence>`{3,})(?P<info>.*)")
_CODE: Final = re.compile(r"`[^`]+`")
_ITEM: Final = re.compile(r"(?P<indent>\s*)(?P<bullet>[-*]|\d+\.) ")
_BODY: Final = re.compile(r"^## ", re.MULTILINE)


def rendered(card: Card, paint: Paint, width: int) -> Iterator[str]:
    """The lines of a card, none of its prose wider than `width`."""
    metadata = card.metadata
    yield f"{paint.severity(metadata.severity, metadata.code)} {paint('strong', card.slug)}"
    yield from _wrapped(card.summary, paint, width)
    yield ""
    when = "recommended" if metadata.default and metadata.stability == "stable" else "only when selected"
    known = [metadata.severity.value, metadata.category, when]
    known += [" and ".join(metadata.targets), f"since {metadata.since}"]
    known += ["preview"] if metadata.stability == "preview" else []
    known += ["comes with a fix"] if card.fixable else []
    yield paint("faint", " · ".join(known))
    yield from _options(card, paint, width)
    start = _BODY.search(card.text)
    if start:
        yield ""
        yield from _markdown(card.text[start.start() :].strip(), paint, width)
    if metadata.sources:
        yield paint("strong", "Sources")
        yield from (f"  {source}" for source in metadata.sources)


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
        yield from textwrap.wrap(text, width, initial_indent=lead, subsequent_indent=" " * len(lead))


def _toml(value: object) -> str:
    """A default as it is written in kmblint.toml."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')


def _markdown(text: str, paint: Paint, width: int) -> Iterator[str]:
    """The sections: prose is wrapped, fenced code is indented and left as it is."""
    fence = ""
    paragraph: list[str] = []
    for line in (*text.splitlines(), ""):
        mark = _FENCE.match(line)
        if fence:
            if line.rstrip() == fence:
                fence = ""
            else:
                yield f"    {line}".rstrip()
        elif mark or not line or line.startswith("#") or _ITEM.match(line):
            yield from _wrapped(" ".join(paragraph), paint, width)
            paragraph = []
            if mark:
                fence = mark["fence"]
                yield from _caption(mark["info"], paint)
            elif line.startswith("#"):
                yield from _heading(line, paint)
            elif line:
                paragraph = [line.rstrip()]
            else:
                yield ""
        else:
            paragraph.append(line.strip())


def _heading(line: str, paint: Paint) -> Iterator[str]:
    title = line.lstrip("#").strip()
    yield paint("strong", title) if line.startswith("## ") else paint("help", f"  {title}")


def _caption(info: str, paint: Paint) -> Iterator[str]:
    """What a fence's info string says beside the language."""
    language, _, rest = info.strip().partition(" ")
    said = {"sql": rest, "text": rest, "toml": "kmblint.toml:"}.get(language, info.strip())
    if said:
        yield f"    {paint('faint', said)}"


def _wrapped(text: str, paint: Paint, width: int) -> Iterator[str]:
    """A paragraph or a list item, its further lines under its first word; code spans stand out."""
    item = _ITEM.match(text)
    hang = " " * item.end() if item else ""
    # No line ends inside a code span: a no-break space is none to `wrap`.
    glued = _CODE.sub(lambda found: found[0].replace(" ", "\xa0"), text)
    for line in textwrap.wrap(glued, width, subsequent_indent=hang, break_on_hyphens=False, break_long_words=False):
        yield _CODE.sub(lambda found: paint("info", found[0].replace("\xa0", " ")), line)
