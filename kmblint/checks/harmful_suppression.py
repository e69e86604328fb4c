"""A suppression that stands where the runner or the engine stumbles over it."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Edit, Finding, Fix
from kmblint.history.files import Migration
from kmblint.lint.suppressions import Suppression
from kmblint.text import Span


def check(suppression: Suppression, migration: Migration) -> Iterator[Finding]:
    """What its place does, with a fix that moves it into the header; said once a comment."""
    if suppression.harm is None or not suppression.first:
        return
    yield Finding(
        migration.place(suppression.comment),
        f"this suppression stands where it does harm: {suppression.harm}",
        help="write it as a line of the header, before the first statement: the runner drops those lines",
        fix=_into_header(suppression, migration),
    )


def _into_header(suppression: Suppression, migration: Migration) -> Fix:
    comment = migration.source.slice(suppression.comment)
    words = " ".join(comment.removeprefix("--").removeprefix("/*").removesuffix("*/").split())
    header = migration.header.span.end
    return Fix(
        "move the suppression into the header, where it covers the whole file",
        (
            Edit(migration.place(Span(header, header)), f"-- {words}\n"),
            Edit(migration.place(_with_blanks(suppression.comment, migration.source.text)), ""),
        ),
        Applicability.UNSAFE,
    )


def _with_blanks(comment: Span, text: str) -> Span:
    """The comment and the blanks before it, and its line where it has one to itself."""
    start = len(text[: comment.start].rstrip(" \t"))
    alone = start == 0 or text[start - 1] == "\n"
    if alone and text.startswith("\n", comment.end):
        return Span(start, comment.end + 1)
    return Span(start, comment.end)
