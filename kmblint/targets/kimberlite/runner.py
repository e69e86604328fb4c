"""Kimberlite's runner, which stands before the engine: what becomes of a statement in the pieces that it sends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from kmblint.sql.parse import statements
from kmblint.sql.scanner import Kind, scan
from kmblint.sql.statement import Statement
from kmblint.targets.layout import Piece
from kmblint.targets.verdict import Verdict
from kmblint.text import Source, Span


def fate(statement: Statement, source: Source, sent: Sequence[Piece]) -> Verdict | None:
    """What the runner makes of a statement before any engine sees it; None where it sends it whole."""
    first = bisect_right(sent, statement.span.start, key=lambda piece: piece.span.end)
    if first == len(sent) or not sent[first].span.overlaps(statement.span):
        return Verdict.SKIPPED
    if statement.conflict:
        return Verdict.UNREADABLE
    piece = sent[first]
    if statement.span not in piece.span:
        return Verdict.SPLIT
    cut = next((each for each in statement.comments if each.start < piece.span.start < each.end), None)
    if cut is not None and (piece.sent or cut.kind is Kind.BLOCK_COMMENT):
        return Verdict.SPLIT
    if not piece.sent:
        return Verdict.SKIPPED
    behind = Span(statement.span.end, piece.span.end)
    opens = behind.start < behind.end and any(token.kind is Kind.OPEN for token in scan(source, behind))
    return Verdict.SPLIT if opens else None


def fails_split(statement: Statement, source: Source, sent: Sequence[Piece]) -> bool:
    """Whether one of the pieces into which a statement is cut is none itself, so that the run stops at it."""
    start = min(token.start for token in (*statement.comments, *statement.tokens))
    reach = Span(start, statement.span.end)
    cut = (piece.span for piece in sent if piece.sent and piece.span.overlaps(reach))
    return any(each.problem is not None and each.tree is None for span in cut for each in statements(source, span))
