"""What a merge left in a migration."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, Related
from kmblint.history.files import Migration
from kmblint.sql.scanner import Kind, scan
from kmblint.text import Span

_ANY: Final = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)
_LINE: Final = re.compile(r"^(?:<{7}(?: [^\n]*)?|={7}\r?|>{7}(?: [^\n]*)?)$", re.MULTILINE)


def check(migration: Migration) -> Iterator[Finding]:
    """Every conflict, once; a single line of it only where it isn't part of a comment or a literal."""
    text = migration.source.text
    if not _ANY.search(text):
        return
    conflicts = list(_whole(text))
    inside = tuple(conflicts)
    for token in scan(migration.source):
        if token.kind is not Kind.CONFLICT:
            continue
        before = bisect_right(inside, token.start, key=lambda span: span.start)
        if before and token.start in inside[before - 1]:
            continue
        # What belongs together although its middle line is gone: a beginning, and the end behind it.
        if conflicts and text.startswith(">" * 7, token.start) and _is_open(text, conflicts[-1]):
            conflicts[-1] = conflicts[-1].to(token.span)
        else:
            conflicts.append(token.span)
    for span in sorted(conflicts):
        first, *others = text[span.start : span.end].rstrip().split("\n")
        last = others[-1].strip() if others else ""
        place = migration.place(Span(span.start, span.start + len(first.rstrip())))
        what = f"`{first.strip()}` to `{last}`" if last else f"`{first.strip()}`"
        yield Finding(
            place,
            f"a merge left its conflict in the file ({what}), and that is no SQL",
            help="keep one side, or bring both together, and delete the lines of the markers",
            related=(Related(migration.place(_last_line(text, span)), "up to here"),) if last else (),
        )


def _whole(text: str) -> Iterator[Span]:
    """From each beginning of a conflict to the end that follows its middle line."""
    begin: int | None = None
    parted = False
    for line in _LINE.finditer(text):
        match line[0][0]:
            case "<" if begin is None:
                begin, parted = line.start(), False
            case "=":
                parted = True
            case ">" if begin is not None and parted:
                yield Span(begin, line.end())
                begin = None
            case _:
                pass


def _is_open(text: str, span: Span) -> bool:
    """Whether a conflict begins in the stretch and doesn't end in it."""
    return text.startswith("<" * 7, span.start) and not re.search(r"^>{7}", text[span.start : span.end], re.MULTILINE)


def _last_line(text: str, span: Span) -> Span:
    end = span.start + len(text[span.start : span.end].rstrip())
    return Span(text.rfind("\n", 0, end) + 1, end)
