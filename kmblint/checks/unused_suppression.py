"""A suppression that suppresses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix
from kmblint.history.files import Migration
from kmblint.lint.suppressions import Status, Suppression
from kmblint.text import Span


def check(suppression: Suppression, migration: Migration) -> Iterator[Finding]:
    """That its rule ran and found nothing there; silent where it can't be taken out, or has to be moved first."""
    if suppression.status is not Status.UNUSED or suppression.frozen or suppression.harm:
        return
    where = "in this file" if suppression.statement is None else "in this statement"
    about = f" about `{suppression.object}`" if suppression.object else ""
    yield Finding(
        suppression.place,
        f"`{suppression.rule}` finds nothing{about} {where}, so there is nothing to suppress",
        help="take the suppression out, or it will hide the next finding that comes here",
        fix=Fix("take the suppression out", (Edit(migration.place(_removed(suppression, migration)), ""),)),
    )


def _removed(suppression: Suppression, migration: Migration) -> Span:
    """The rule with what is said of it and a comma; the whole comment, with its line, where it names no other."""
    text, comment = migration.source.text, suppression.comment
    names = Span(text.index("[", comment.start) + 1, text.index("]", comment.start))
    if "," in text[names.start : names.end]:
        start = text.rfind(",", names.start, suppression.span.start)
        end = text.find(",", suppression.span.end, names.end)
        if start >= 0:
            return Span(start, names.end if end < 0 else end)
        behind = re.compile(r"\s*").match(text, end + 1)
        return Span(names.start, end + 1 if behind is None else behind.end())
    start, end = len(text[: comment.start].rstrip(" \t")), comment.end
    line_end = re.compile(r"[ \t]*\r?\n").match(text, end)
    alone = start == 0 or text[start - 1] == "\n"
    return Span(start, line_end.end() if alone and line_end else end)
