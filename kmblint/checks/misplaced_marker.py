"""`-- Down Migration` where the runner doesn't see it, or sees it too early."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix, Related
from kmblint.history.files import Migration
from kmblint.history.sections import markers
from kmblint.sql.scanner import COMMENTS, scan
from kmblint.targets import Target
from kmblint.text import Span


def check(migration: Migration, target: Target) -> Iterator[Finding]:
    """Each marker that divides the file elsewhere than its author meant."""
    wanted = target.capabilities.rollback_marker
    if wanted is None:
        return
    yield from _in_header(migration)
    text, end = migration.source.text, migration.sent.end
    meant = _meant(migration, Span(migration.header.span.end, len(text)))
    if end < len(text) and not any(span.start == end and _opens_line(text, span) for span in meant):
        yield Finding(
            migration.place(Span(end, end + len(wanted))),
            f"up ends here, in the middle of a line: the runner looks for `{wanted}`, whatever is around it",
            help="put the marker on a line of its own; anywhere else, write the words otherwise",
        )
    elif meant:
        yield from _misspelt(migration, meant[0], wanted)
        yield from _repeated(migration, meant)


def _meant(migration: Migration, span: Span) -> list[Span]:
    """Where the runner's marker was meant; the guide's is another."""
    return [Span(*marker.span()) for marker in markers(migration.source, span) if not marker["guide"]]


def _in_header(migration: Migration) -> Iterator[Finding]:
    meant = _meant(migration, migration.header.span)
    if meant and migration.statements:
        yield Finding(
            migration.place(meant[0]),
            f"`{migration.source.slice(meant[0])}` stands before the first statement: the runner drops it with the "
            "header, so what was meant for a rollback runs as up",
            help="put up first, then the marker on a line of its own, then down",
            related=(Related(migration.place(migration.statements[0].span), "this runs as up"),),
        )


def _misspelt(migration: Migration, marker: Span, wanted: str) -> Iterator[Finding]:
    source = migration.source
    behind = scan(source, Span(marker.end, len(source.text)))
    if source.text.startswith(wanted, marker.start) or all(token.kind in COMMENTS for token in behind):
        return
    skips = "skips the first statement and " if source.text.startswith("--", marker.start) else ""
    yield Finding(
        migration.place(marker),
        f"`{source.slice(marker)}` isn't the runner's `{wanted}`: what stands behind it belongs to up, "
        f"where the runner {skips}runs {'the others' if skips else 'it'}",
        help=f"write `{wanted}`",
        fix=Fix(f"write `{wanted}`", (Edit(migration.place(marker), wanted),)),
    )


def _repeated(migration: Migration, meant: list[Span]) -> Iterator[Finding]:
    for repeated in meant[1:]:
        yield Finding(
            migration.place(repeated),
            f"`{migration.source.slice(repeated)}` stands here a second time: a rollback runs all from the first one "
            "on, and skips the statement behind this line",
            help="keep one marker between up and down",
            related=(Related(migration.place(meant[0]), "down begins here"),),
        )


def _opens_line(text: str, span: Span) -> bool:
    return not text[text.rfind("\n", 0, span.start) + 1 : span.start].strip()
