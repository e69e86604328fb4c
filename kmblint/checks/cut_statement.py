"""`;` inside literals, quoted names and comments, at which the runner splits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from kmblint.findings import Edit, Finding, Fix
from kmblint.history.files import Migration
from kmblint.replay.steps import Replay
from kmblint.sql.scanner import COMMENTS, Kind, Token, scan
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.layout import Piece
from kmblint.targets.verdict import UnsupportedForm

_HOLDERS = {
    Kind.STRING: "literal",
    Kind.DOLLAR: "literal",
    Kind.QUOTED: "quoted name",
    Kind.LINE_COMMENT: "comment",
    Kind.BLOCK_COMMENT: "comment",
}


def check(migration: Migration, replay: Replay, target: Target) -> Iterator[Finding]:
    """The literal, name or comment, once however many `;` it holds."""
    ends = sum(statement.semicolon is not None for statement in migration.statements)
    if not target.capabilities.splits_at_semicolons or migration.source.slice(migration.sent).count(";") == ends:
        return
    for token in scan(migration.source, migration.sent):
        holder = _HOLDERS.get(token.kind)
        if holder is None or ";" not in token.text or (token.kind in COMMENTS and _harmless(migration, token)):
            continue
        head, _, tail = token.text.partition(";")
        behind = _piece_behind(migration, token.start + len(head))
        sent = behind is None or behind.sent or behind.span.start >= token.end
        yield Finding(
            migration.place(token.span),
            f"the runner splits at the `;` in this {holder}, and "
            f"{'sends' if sent else 'skips'} what stands behind it as a statement of its own",
            help=f"the first ends in `{_short(head[-24:], end=False)}`, the second begins with `{_short(tail)}`; "
            + ("write the comment without `;`" if token.kind in COMMENTS else _instead(migration, replay, token)),
            fix=_fix(migration, token) if token.kind in COMMENTS else None,
        )


_NO_SPELLING = "no spelling of it reaches the engine whole: write another character, or let the program write the row"


def _instead(migration: Migration, replay: Replay, token: Token) -> str:
    """What there is instead of a literal or name with `;`: none that helps where the whole statement is refused."""
    steps = replay.by_file.get(migration.file, ())
    first = bisect_right(steps, token.start, key=lambda step: step.statement.span.end)
    for step in islice(steps, first, None):
        if token.span not in step.statement.span:
            break
        for refusal in step.outcome.refusals:
            if isinstance(refusal, UnsupportedForm):
                return f"whole, it is refused: {refusal.reason}" + (f": {refusal.help}" if refusal.help else "")
    return _NO_SPELLING


def _piece_behind(migration: Migration, offset: int) -> Piece | None:
    """The first piece that begins behind an offset."""
    number = bisect_right(migration.pieces, offset, key=lambda piece: piece.span.start)
    return migration.pieces[number] if number < len(migration.pieces) else None


def _beside(migration: Migration, comment: Token) -> tuple[Statement | None, Statement | None]:
    """The last statement that ends before a comment begins, and the first that ends behind that."""
    statements = migration.statements
    number = bisect_right(statements, comment.start, key=lambda statement: statement.span.end)
    before = statements[number - 1] if number else None
    return before, statements[number] if number < len(statements) else None


def _first_beyond(migration: Migration, offset: int) -> Piece | None:
    """The first piece that ends behind an offset."""
    number = bisect_right(migration.pieces, offset, key=lambda piece: piece.span.end)
    return migration.pieces[number] if number < len(migration.pieces) else None


def _harmless(migration: Migration, comment: Token) -> bool:
    """Whether every remainder of a split comment is skipped, or nothing is left of it."""
    _, around = _beside(migration, comment)
    if around is not None and around.span.start < comment.start:
        return False
    splits = [comment.start + index for index, character in enumerate(comment.text) if character == ";"]
    for split in splits:
        behind = _piece_behind(migration, split)
        if behind is not None and behind.span.start < comment.end and behind.sent:
            return False
    if comment.kind is Kind.BLOCK_COMMENT:
        before = _first_beyond(migration, comment.start)
        return before is not None and before.span.start < comment.start + 2 and not before.sent
    return True


def _fix(migration: Migration, comment: Token) -> Fix | None:
    """The comment without `;`; between block marks where it would then hide the statement behind it."""
    piece = _first_beyond(migration, comment.start)
    hidden = next((each for each in _beside(migration, comment) if each is not None and comment in each.comments), None)
    if (
        hidden is None
        or piece is None
        or piece.sent
        or hidden.span.start < comment.start
        or _is_cut_off(migration, comment, hidden)
    ):
        text = comment.text.replace(";", ",")
        return Fix("write the comment without `;`", (Edit(migration.place(comment.span), text),))
    if hidden.is_own:
        return None
    return Fix(
        "write the comment as /* … */ without `;`", (Edit(migration.place(comment.span), comment.in_block_marks),)
    )


def _is_cut_off(migration: Migration, comment: Token, hidden: Statement) -> bool:
    """Whether a `;` of another comment ends the piece before the statement begins: then nothing is hidden."""
    return ";" in migration.source.text[comment.end : hidden.span.start]


def _short(text: str, *, end: bool = True) -> str:
    words = " ".join(text.split())
    if len(words) <= 24:
        return words
    return words[:24] + "…" if end else "…" + words[-24:]
