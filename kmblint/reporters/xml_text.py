"""XML that every reader takes: one line an attribute, and what XML 1.0 has no place for spelt out."""

from __future__ import annotations

from xml.etree import ElementTree

from kmblint.reporters.characters import inert, visible


def attribute(text: str) -> str:
    """A text for an attribute: on one line, control characters spelt out."""
    return inert(visible(text))


def content(text: str) -> str:
    """A text for an element: its lines stay, other control characters are spelt out (`&#1;` is refused, too)."""
    return inert("\n".join(map(visible, text.splitlines())))


def document(root: ElementTree.Element) -> str:
    """The document, indented, with its declaration."""
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
