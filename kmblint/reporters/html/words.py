"""User text on its way into the page: escaped, its names as code, and nothing invisible left invisible."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from kmblint.reporters.characters import by_backticks, inert, visible

_KEPT: Final = "\n\t"


def spelt(text: str) -> str:
    """The text with control and format characters spelt out, but for line ends and tabs; no CI runner obeys it."""
    text = inert(text)
    if text.isprintable():
        return text
    return "".join(character if character in _KEPT else visible(character) for character in text)


def safe(value: object) -> object:
    """What the template writes: any text is spelt out first; what is markup already stays."""
    return spelt(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def inline(text: str) -> Markup:
    """A message: escaped, with what stands between backticks as code."""
    code = Markup("<code>{}</code>")
    return Markup("").join(
        code.format(part) if is_code else escape(part) for part, is_code in by_backticks(spelt(text))
    )
