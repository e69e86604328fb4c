"""SQL behind the guide's `-- DOWN:` that isn't commented out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Edit, Finding, Fix, Related
from kmblint.history.files import Migration
from kmblint.sql.scanner import StatementTokens, scan, split
from kmblint.targets import Target
from kmblint.text import Span

_MARKER: Final = re.compile(r"--+[ \t]*down[ \t]*", re.IGNORECASE)


def check(migration: Migration, target: Target) -> Iterator[Finding]:
    """The first such statement that runs (else the first), once a file."""
    marker = migration.marker
    if marker is None or not migration.guide_marker:
        return
    live = list(split(scan(migration.source, Span(marker.end, max(marker.end, migration.sent.end)))))
    if not live:
        return
    wanted = target.capabilities.rollback_marker
    run = [each for each in live if _is_sent(migration, each)] if target.capabilities.splits_at_semicolons else live
    first = (run or live)[0]
    title = _title(migration, first)
    if not run:
        fate = "the runner skips it with the comment before it, in up and in a rollback"
    else:
        others = f" (and {len(run) - 1} more)" if len(run) > 1 else ""
        fate = f"it{others} runs as part of up"
    yield Finding(
        migration.place(first.span),
        f"`{title}` stands behind `-- DOWN:` without a `--` of its own, so {fate}",
        help="comment it out, as the guide does"
        + (f"; or write the marker as `{wanted}`, the only one that the runner knows" if wanted else ""),
        related=(Related(migration.place(marker), "the runner takes this for a comment like any other"),)
        if wanted
        else (Related(migration.place(marker), "what follows was meant for a rollback"),),
        fix=_fix(migration, marker, live, wanted) if wanted else None,
    )


def _is_sent(migration: Migration, statement: StatementTokens) -> bool:
    return any(piece.sent and piece.span.overlaps(statement.span) for piece in migration.pieces)


def _title(migration: Migration, statement: StatementTokens) -> str:
    meant = (each.title for each in migration.down_statements if each.span == statement.span)
    return next(meant, " ".join(token.text for token in statement.tokens[:3]))


def _fix(migration: Migration, marker: Span, live: list[StatementTokens], wanted: str) -> Fix | None:
    """The runner's marker; not where comments among the statements would make the runner skip them."""
    words = _MARKER.match(migration.source.text, marker.start)
    if words is None or any(each.comments for each in live):
        return None
    return Fix(f"write `{wanted}`", (Edit(migration.place(Span(*words.span())), wanted),))
