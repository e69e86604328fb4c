"""Takes secrets out of a report: the characters of each are stars wherever a reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from kmblint.findings import Diagnostic, Finding, Fix, Report
from kmblint.text import Place, Source, Span


def masked(report: Report, secrets: Iterable[Place]) -> Report:
    """The report with every secret masked: in its sources, so that no frame shows it, and in what findings say.

    Lengths and lines stay, so that no position moves. A fix that would write a secret elsewhere is left out.
    """
    places = sorted(set(secrets))
    written = {report.source(place.file).slice(_inside(report.source(place.file), place.span)) for place in places}
    texts = {form for text in written for form in (text, text.replace("''", "'"))}
    said = sorted((text for text in texts if len(text) >= _SHORTEST), key=lambda text: (-len(text), text))
    if not places:
        return report
    return replace(
        report,
        sources=_sources(report, places),
        diagnostics=tuple(_diagnostic(diagnostic, said) for diagnostic in report.diagnostics),
    )


_SHORTEST = 4
"""Shorter texts stand in too many words to be masked outside their place."""


def _sources(report: Report, places: Iterable[Place]) -> Mapping[str, Source]:
    sources = dict(report.sources)
    for place in places:
        source = sources[place.file]
        inside = _inside(source, place.span)
        text = source.text[: inside.start] + _stars(source.slice(inside)) + source.text[inside.end :]
        sources[place.file] = Source(source.name, text, source.path)
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
            message=_without(finding.message, secrets),
            help=None if finding.help is None else _without(finding.help, secrets),
            related=tuple(replace(each, message=_without(each.message, secrets)) for each in finding.related),
            fix=_fix(finding, secrets),
        ),
    )


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, _stars(secret))
    return text


def _fix(finding: Finding, secrets: list[str]) -> Fix | None:
    fix = finding.fix
    if fix is None:
        return None
    written = (*(edit.replacement for edit in fix.edits), *(file.text for file in fix.files))
    return None if any(secret in text for text in written for secret in secrets) else fix
