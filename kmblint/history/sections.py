"""Cuts the text of a migration into its header, what was meant as up and down, and what the runner makes of it.

What the runner looks for stands in `kmblint/targets/layout.py`; what the guide writes stands in its section
"Include Rollback Logic".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from kmblint.history.files import Header
from kmblint.sql.scanner import COMMENTS, Kind, scan
from kmblint.targets.layout import HEADER_KEYS, MARKER
from kmblint.text import Source, Span

_MARKER: Final = re.compile(
    r"""(?<!-)--++[ \t]*+(?:
      (?P<guide>down[ \t]*(?::|(?=\r?$)))
    | (?-i:Down[ ]Migration\b)
    | [=*#-]*+[ \t]*+down[ \t_-]*mig?r?a?t?i?ons?[ \t]*(?:[(:=*#-].*)?(?=\r?$)
    | (?:\+goose[ \t]+|\+migrate[ \t]+|migrate:[ \t]*)down\b )
    | /\*[\s=*#]*down[ \t_-]*migrations?[\s=*#:-]*\*/""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
"""A comment that its author meant as the marker; the runner knows one spelling only, behind which anything may follow.
A letter of `migration` may be missing. The last of the `--` ones are the markers of goose, sql-migrate and dbmate."""
_SQL_LINE: Final = re.compile(
    r"""\s*(?:
      (?:create|drop|alter)\s+(?:table|index|unique|role|user|mask|masking|view|policy|type|sequence|trigger|function)\b
    | insert\s+(?:or\s+\w+\s+)?into\b | delete\s+from\b | update\s+\S+(?:\s+set\b|\s*$) | truncate\s+(?:table\b|\S+;)
    | grant\s | revoke\s )""",
    re.IGNORECASE | re.VERBOSE,
)


class Sections(msgspec.Struct, frozen=True):
    """Where the parts of a migration stand; the fields are those of `Migration`."""

    header: Header
    up: Span
    sent: Span
    down: Span | None
    sent_down: Span | None
    """What the runner takes as down: behind the line of its marker."""
    marker: Span | None
    guide_marker: bool
    commented: Source
    """The same text with the SQL that the guide's `-- DOWN:` keeps in comments uncommented; offsets are the same."""


def split(source: Source) -> Sections:
    """The sections of a migration's text."""
    text, end = source.text, len(source.text)
    header = _header(text)
    start = header.span.end
    cut = text.find(MARKER, start)
    sent = Span(start, cut if cut >= 0 else end)
    sent_down = Span(_next_line(text, cut), end) if cut >= 0 else None
    meant = next(markers(source, Span(start, end)), None)
    if meant is None:
        return Sections(header, Span(start, end), sent, None, sent_down, None, False, source)
    marker = Span(meant.start(), meant.start() + len(_line_from(text, meant.start()).rstrip()))
    commented, down_start = source, _next_line(text, meant.end())
    guide = meant["guide"] is not None
    if guide:
        if _SQL_LINE.match(_line_from(text, meant.end())):
            down_start = meant.end()
        commented = Source(source.name, _uncommented(text, meant), source.path)
    return Sections(header, Span(start, marker.start), sent, Span(down_start, end), sent_down, marker, guide, commented)


def _header(text: str) -> Header:
    """The leading comment and blank lines, and what the runner reads from them; the last of two equal keys counts."""
    read: dict[str, tuple[str, Span]] = {}
    offset = 0
    while offset <= len(text):
        line = _line_from(text, offset)
        trimmed = line.strip()
        if trimmed and not trimmed.startswith("--"):
            break
        key, value = _header_entry(trimmed)
        if key:
            start = offset + line.rstrip().rfind(value) if value else offset + len(line.rstrip())
            read[key] = (value, Span(start, start + len(value)))
        offset += len(line) + 1
    name, name_span = read.get("name", (None, None))
    return Header(
        span=Span(0, min(offset, len(text))),
        name=name,
        name_span=name_span,
        failed=read["failed"][0] if "failed" in read else None,
    )


def _header_entry(line: str) -> tuple[str | None, str]:
    """The field and value that a header line sets; the runner takes any number of `--` before it."""
    dashes = len(line) - len(line.lstrip("-"))
    comment = line[dashes - dashes % 2 :].strip()
    for prefix, key in HEADER_KEYS.items():
        if comment.startswith(prefix):
            return key, comment[len(prefix) :].strip()
    return None, ""


def markers(source: Source, span: Span) -> Iterator[re.Match[str]]:
    """The comments of a stretch that were meant as the marker between up and down; group `guide` is its `-- DOWN:`.

    Each opens its line or, with nothing else in it, follows a `;`: inside a literal or another comment it is text,
    whatever the runner does.
    """
    text = source.text
    if not _MARKER.search(text, span.start, span.end):
        return
    previous: Kind | None = None
    for token in scan(source, span):
        if token.kind in COMMENTS:
            opens_line = not text[text.rfind("\n", 0, token.start) + 1 : token.start].strip()
            if opens_line or previous is Kind.SEMICOLON:
                marker = _MARKER.match(text, token.start, token.end)
                if marker and (opens_line or marker["guide"] or not text[marker.end() : token.end].strip()):
                    yield marker
        previous = token.kind


def _uncommented(text: str, marker: re.Match[str]) -> str:
    """The text with the `--` blanked before each line of commented SQL behind the guide's marker; prose stays."""
    changed = list(text)
    for start, end in _commented_sql(text, marker):
        changed[start:end] = " " * (end - start)
    return "".join(changed)


def _commented_sql(text: str, marker: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where the comment signs before commented SQL stand; a statement goes on until its `;`."""
    inside = False
    sign, behind = marker.span()
    while True:
        body = _line_from(text, behind)
        if behind > sign and (inside or _SQL_LINE.match(body)):
            yield sign, behind
            inside = ";" not in body
        else:
            inside = False
        begin = _next_line(text, behind)
        if begin >= len(text):
            return
        line = _line_from(text, begin)
        sign = begin + len(line) - len(line.lstrip())
        behind = sign + 2 if text.startswith("--", sign) else sign


def _line_from(text: str, offset: int) -> str:
    end = text.find("\n", offset)
    return text[offset : end if end >= 0 else len(text)]


def _next_line(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return end + 1 if end >= 0 else len(text)
