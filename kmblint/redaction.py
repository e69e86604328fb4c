"""Takes secrets out of a report: the characters of each are stars wherever a reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from msgspec.structs import replace

from kmblint.findings import Diagnostic, Finding, Fix, Report
from kmblint.text import Place, Source, Span


def masked(report: Report, secrets: Iterable[Place]) -> Report:
    """The report with every secret masked: in its sources, so that no frame shows it, and in what findings say.

    Lengths and lines stay, so that no position moves. A fix that would write a secret elsewhere is left out.
    """
    places = sorted(set(secrets))
    if not places:
        return report
    said = spellings((report.source(place.file), place.span) for place in places)
    return replace(
        report,
        sources=_sources(report, places),
        diagnostics=tuple(_diagnostic(diagnostic, said) for diagnostic in report.diagnostics),
    )


def spellings(secrets: Iterable[tuple[Source, Span]]) -> list[str]:
    """How the secrets may be spelt in what is said of them, the longest first."""
    written = {source.slice(_inside(source, span)) for source, span in secrets}
    texts = {form for text in written for form in (text, text.replace("''", "'"))}
    return sorted((text for text in texts if len(text) >= _SHORTEST), key=lambda text: (-len(text), text))


def starred(source: Source, secrets: Iterable[Span]) -> str:
    """The text of a source with stars in the place of its secrets; no offset moves."""
    text = source.text
    for span in secrets:
        inside = _inside(source, span)
        text = text[: inside.start] + _stars(source.slice(inside)) + text[inside.end :]
    return text


_SHORTEST = 4
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


def _diagnostic(diagnostic: Diagnostic, secrets: list[str]) -> Diagnostic:
    finding = diagnostic.finding
    return replace(
        diagnostic,
        finding=replace(
            finding,
            message=without(finding.message, secrets),
            help=None if finding.help is None else without(finding.help, secrets),
            related=tuple(replace(each, message=without(each.message, secrets)) for each in finding.related),
            fix=_fix(finding, secrets),
        ),
    )


def without(text: str, secrets: Iterable[str]) -> str:
    """A text with stars in the place of each spelling of a secret."""
    for secret in secrets:
        text = text.replace(secret, _stars(secret))
    return text


def _fix(finding: Finding, secrets: list[str]) -> Fix | None:
    fix = finding.fix
    if fix is None:
        return None
    written = (*(edit.replacement for edit in fix.edits), *(file.text for file in fix.files))
    return None if any(secret in text for text in written for secret in secrets) else fix
