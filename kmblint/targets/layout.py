"""How a migration's file is laid out: its header, the marker between up and down, and the pieces that are sent.

Kimberlite's runner says so, and the files that the guide speaks of are the same ones, so a history is read before
anything is asked of a target. Source: crates/kimberlite-migration/src/file.rs reads the header and finds the marker;
crates/kimberlite-cli/src/commands/migration.rs splits on every `;`, in literals and comments too, and leaves out what
then begins with `--`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from kmblint.text import Source, Span

MARKER: Final = "-- Down Migration"
"""What ends up, wherever it stands; down begins on the next line."""
HEADER_KEYS: Final = {"Migration:": "name", "Failed:": "failed"}
"""What a line of the header begins with, behind any number of `--`, and what it says; all others decide nothing."""


class Piece(msgspec.Struct, frozen=True, gc=False):
    """What the runner cuts between two `;`, trimmed; it is sent unless it begins with `--`."""

    span: Span
    sent: bool


def header(name: str, created: datetime, author: str | None = None) -> str:
    """The lines that a new migration begins with, as the runner's own `migration create` writes and reads them."""
    who = f"-- Author: {author}\n" if author else ""
    return f"-- Migration: {name}\n-- Created: {created.isoformat(timespec='seconds')}\n{who}\n"


def pieces(source: Source, span: Span) -> list[Piece]:
    """What the runner makes of a stretch of text: cut at every `;`, trimmed, empty ones left out."""
    between: list[Piece] = []
    offset = span.start
    for part in source.text[span.start : span.end].split(";"):
        trimmed = part.strip()
        if trimmed:
            start = offset + part.index(trimmed[0])
            between.append(Piece(Span(start, start + len(trimmed)), not trimmed.startswith("--")))
        offset += len(part) + 1
    return between
