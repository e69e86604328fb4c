"""Statements taken out of a file, with what belongs to them."""

from __future__ import annotations

import re
from typing import Final

from kmblint.findings import Applicability, Edit, Fix
from kmblint.history.files import Migration
from kmblint.sql.statement import Statement
from kmblint.text import Span

_REST_OF_LINE: Final = re.compile(r"[ \t]*(?:\r?\n|\Z)")


def without(migration: Migration, statement: Statement, applicability: Applicability) -> Fix | None:
    """Leaves a statement out, with the comments above it and its lines, where nothing else stands on them.

    None for the only statement of a file: what is left would be no migration.
    """
    if len(migration.statements) == 1:
        return None
    text, header = migration.source.text, migration.header.span.end
    own = [comment.start for comment in statement.comments if comment.start >= header]
    start = min([statement.span.start, *own])
    end = statement.span.end if statement.semicolon is None else statement.semicolon + 1
    line = text.rfind("\n", 0, start) + 1
    rest = _REST_OF_LINE.match(text, end)
    if rest and not text[line:start].strip():
        start, end = line, rest.end()
        if not text[end:].strip():  # nothing follows: the file ends its last line as before
            start, end = len(text[:line].rstrip()), len(text.rstrip("\r\n"))
    return Fix("leave it out", (Edit(migration.place(Span(start, end)), ""),), applicability)
