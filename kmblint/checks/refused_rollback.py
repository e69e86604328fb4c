"""Down SQL that the engine would refuse, or that the runner skips."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.history.files import Migration
from kmblint.replay.rollback import Rollback
from kmblint.replay.steps import Step
from kmblint.sql.scanner import COMMENTS, Kind, scan
from kmblint.targets.verdict import Verdict


def check(rollback: Rollback) -> Iterator[Finding]:
    """Each statement of down that doesn't run as written; what the guide keeps in comments is for people."""
    yield from _comments_alone(rollback.migration)
    for step in rollback.down:
        if step.number > 0 or not rollback.known_to_runner(step.statement):
            continue
        verdict = step.outcome.verdict
        if verdict.fails:
            yield _refused(step)
        elif verdict is Verdict.SKIPPED:
            yield _skipped(step)
        elif verdict is Verdict.SPLIT:
            yield Finding(
                step.place(step.statement.span),
                f"a rollback sends `{step.statement.title}` in two pieces: the runner splits at the `;` inside it",
                help="write it without a `;` in a literal, a name or a comment",
                subject=step.subject,
            )


def _comments_alone(migration: Migration) -> Iterator[Finding]:
    """The pieces of down that are nothing but `/* … */`, which the runner sends."""
    for piece in migration.down_pieces:
        if piece.sent and all(token.kind in COMMENTS for token in scan(migration.source, piece.span)):
            yield Finding(
                migration.place(piece.span),
                "a rollback stops at this comment: the runner sends it as a statement, and the engine refuses it",
                help="write it as `--` lines behind the last statement: those are skipped",
            )


def _refused(step: Step) -> Finding:
    refusal = step.outcome.refusal
    reason = refusal.reason if refusal else "it isn't SQL"
    return Finding(
        step.place(refusal.span if refusal else step.statement.span),
        f"a rollback stops at `{step.statement.title}`: {reason}",
        help=refusal.help if refusal else None,
        related=(Related(refusal.cause, refusal.cause_note or "because of this"),) if refusal and refusal.cause else (),
        subject=step.subject,
    )


def _skipped(step: Step) -> Finding:
    start = step.statement.span.start
    lines = [each for each in step.statement.comments if each.kind is Kind.LINE_COMMENT and each.start < start]
    return Finding(
        step.place(step.statement.span),
        f"a rollback skips `{step.statement.title}` and reports success: a `--` comment stands before it",
        help="write the comment as /* … */, or put it behind the words of the statement",
        related=tuple(Related(step.place(line.span), "from here to the next `;` is skipped") for line in lines[:1]),
        subject=step.subject,
    )
