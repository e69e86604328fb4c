"""Statements that the runner skips because a `--` line stands before them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from kmblint.findings import Edit, Finding, Fix, Related
from kmblint.replay.steps import Step
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.statement import Statement
from kmblint.targets.verdict import Verdict
from kmblint.text import Span


def check(statement: Statement, step: Step) -> Iterator[Finding]:
    """The statement, the comment that hides it, and the comment in a form that hides nothing."""
    if step.outcome.verdict is not Verdict.SKIPPED:
        return
    pieces = step.migration.pieces
    number = bisect_right(pieces, statement.span.start, key=lambda piece: piece.span.end)
    if number == len(pieces) or statement.span not in pieces[number].span:
        return
    piece = pieces[number]
    hiding = [c for c in statement.comments if piece.span.start < c.end <= statement.span.start]
    lines = [comment for comment in hiding if comment.kind is Kind.LINE_COMMENT]
    if not lines:
        return
    yield Finding(
        step.place(statement.span),
        f"the runner skips `{statement.title}` without a word: a `--` comment stands before it",
        help=_help(statement, lines),
        related=(Related(step.place(lines[0].span), "everything from here to the next `;` is skipped"),),
        fix=_fix(step, statement, lines),
    )


def _help(statement: Statement, lines: list[Token]) -> str:
    """Where the comment may stand: the runner cuts at a `;` in it, and a statement of the engine's own takes none."""
    header = "move it into the header of the file"
    if statement.is_own:
        return f"{header.replace('it', 'the comment', 1)}: before or inside this statement it breaks it"
    odd = [mark for mark in (";", "/*", "*/") if any(mark in line.text for line in lines)]
    if odd:
        return f"write the comment as /* … */ without {' and '.join(f'`{mark}`' for mark in odd)}, or {header}"
    return f"write the comment as /* … */, put it inside the statement, or {header}"


def _fix(step: Step, statement: Statement, lines: list[Token]) -> Fix:
    if statement.is_own:
        header = "".join(f"{line.text}\n" for line in lines)
        removals = tuple(Edit(step.place(line.span), "") for line in lines)
        moved = Edit(step.place(Span(0, 0)), header)
        return Fix("move the comment into the header: a comment before this statement breaks it", (moved, *removals))
    edits = tuple(Edit(step.place(line.span), line.in_block_marks) for line in lines)
    return Fix("write the comment as /* … */", edits)
