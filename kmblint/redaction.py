"""Takes secrets out of a report: the characters of each are stars wherever a reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from kmblint.findings import Diagnostic, Finding, Fix, Report
from kmblint.text import Place, Source, Span


def spellings(places: Iterable[tuple[Source, Span]]) -> set[str]:
    """The texts of secrets, as they may be spelt outside their places."""
    written = {source.slice(_inside(source, span)) for source, span in places}
    forms = ((text, text.replace("''", "'"), *text.split(";")) for text in written)  # the runner splits there
    return {form for each in forms for form in each if len(form) >= _SHORTEST}


class Secrets:
    """The texts that nothing may say, as they may be spelt outside their places."""

    def __init__(self, places: Iterable[tuple[Source, Span]]) -> None:
        self._known: dict[str, dict[int, set[str]]] = {}
        for spelling in spellings(places):
            self._known.setdefault(spelling[:_SHORTEST], {}).setdefault(len(spelling), set()).add(spelling)
        self._lengths = {head: sorted(by_length, reverse=True) for head, by_length in self._known.items()}

    def masked(self, text: str) -> str:
        """A text with stars in the place of each secret; of two that begin at one place, the longer."""
        if not self._known:
            return text
        parts: list[str] = []
        offset = kept = 0
        while offset <= len(text) - _SHORTEST:
            size = self._at(text, offset)
            if size:
                parts += (text[kept:offset], _stars(text[offset : offset + size]))
                kept = offset = offset + size
            else:
                offset += 1
        return "".join((*parts, text[kept:])) if parts else text

    def stands_in(self, text: str) -> bool:
        """Whether a text holds a secret."""
        return bool(self._known) and any(self._at(text, offset) for offset in range(len(text) - _SHORTEST + 1))

    def _at(self, text: str, offset: int) -> int:
        """The length of the longest secret that stands at an offset; 0 where none does."""
        head = text[offset : offset + _SHORTEST]
        for size in self._lengths.get(head, ()):
            if text[offset : offset + size] in self._known[head][size]:
                return size
        return 0


def masked(report: Report, secrets: Iterable[Place]) -> Report:
    """The report with every secret masked: in its sources, so that no frame shows it, and in what findings say.

    Lengths and lines stay, so that no position moves. A fix that would write a secret elsewhere is left out.
    """
    places = sorted(set(secrets))
    if not places:
        return report
    known = Secrets((report.source(place.file), place.span) for place in places)
    return replace(
        report,
        sources=_sources(report, places),
        diagnostics=tuple(_diagnostic(diagnostic, known) for diagnostic in report.diagnostics),
        given_way=tuple(_diagnostic(diagnostic, known) for diagnostic in report.given_way),
    )


def starred(source: Source, secrets: Iterable[Span], within: Span | None = None) -> str:
    """The text of a source, or of a stretch of it, with stars in the place of its secrets; no offset moves."""
    stretch = within or Span(0, len(source.text))
    parts: list[str] = []
    kept = stretch.start
    for span in sorted(_inside(source, secret) for secret in secrets):
        start, end = max(span.start, kept), min(span.end, stretch.end)
        if start < end:
            parts += (source.text[kept:start], _stars(source.text[start:end]))
            kept = end
    return "".join((*parts, source.text[kept : stretch.end]))


_SHORTEST: Final = 4
"""Shorter texts stand in too many words to be masked outside their place."""


def _sources(report: Report, places: Iterable[Place]) -> Mapping[str, Source]:
    sources = dict(report.sources)
    for file, group in groupby(places, key=lambda place: place.file):
        source = sources[file]
        sources[file] = Source(source.name, starred(source, (place.span for place in group)), source.path)
    return sources


def _inside(source: Source, span: Span) -> Span:
    """A literal without its quotes; any other text whole."""
    quoted = source.slice(span)[:1] in ("'", '"') and span.end - span.start > 1
    return Span(span.start + 1, span.end - 1) if quoted else span


def _stars(text: str) -> str:
    return "".join(character if character in "\r\n" else "*" for character in text)


def _diagnostic(diagnostic: Diagnostic, secrets: Secrets) -> Diagnostic:
    finding = diagnostic.finding
    return replace(
        diagnostic,
        finding=replace(
            finding,
            message=secrets.masked(finding.message),
            help=None if finding.help is None else secrets.masked(finding.help),
            related=tuple(replace(each, message=secrets.masked(each.message)) for each in finding.related),
            fix=_fix(finding, secrets),
        ),
    )


def _fix(finding: Finding, secrets: Secrets) -> Fix | None:
    fix = finding.fix
    if fix is None:
        return None
    written = (*(edit.replacement for edit in fix.edits), *(file.text for file in fix.files))
    return None if any(map(secrets.stands_in, written)) else fix
