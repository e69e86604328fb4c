"""Block comments that stand alone between two `;` or behind the last."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix
from kmblint.history.files import Migration
from kmblint.sql.scanner import COMMENTS, Kind, scan
from kmblint.targets import Target
from kmblint.targets.layout import Piece
from kmblint.wording import counted


def check(piece: Piece, migration: Migration, target: Target) -> Iterator[Finding]:
    """The comment that the runner sends as a statement, and what has happened by then."""
    if (
        not target.capabilities.splits_at_semicolons
        or not piece.sent
        or not migration.source.text.startswith("/*", piece.span.start)
    ):
        return
    tokens = scan(migration.source, piece.span)
    if any(token.kind not in COMMENTS for token in tokens):
        return
    before = sum(statement.span.end <= piece.span.start for statement in migration.statements)
    effect = f"after {counted(before, 'statement')}" if before else "before anything"
    done = f"{effect} took effect"
    edits = tuple(
        Edit(migration.place(token.span), "\n".join(f"-- {line.strip()}".rstrip() for line in _lines(token.text)))
        for token in tokens
        if token.kind is Kind.BLOCK_COMMENT
    )
    yield Finding(
        migration.place(piece.span),
        f"the runner sends this comment as a statement, the engine refuses it, and the migration fails {done}",
        help="write it as `--` lines behind the last statement: those are skipped",
        fix=Fix("write it as `--` lines", edits),
    )


def _lines(comment: str) -> list[str]:
    """The lines of a block comment without its marks."""
    inner = comment.removeprefix("/*").removesuffix("*/").strip()
    return [line.strip().removeprefix("*") for line in inner.splitlines()] or [""]
