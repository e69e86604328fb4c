"""A table that isn't there when the statement runs."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.unresolved import alike, unresolved_table
from kmblint.findings import Finding, Fix
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import DropTable
from kmblint.schema.conflict import UnknownTable
from kmblint.schema.write import quoted
from kmblint.targets.capabilities import SYSTEM_TABLES


def check(subject: UnknownTable | DropTable, step: Step, replay: Replay) -> Iterator[Finding]:
    """That a table is named that isn't there, once a statement, and why it isn't.

    A guard is heeded, but not where a table is there whose name differs in case or qualifier alone.
    """
    name = subject.table.text
    if isinstance(subject, DropTable):
        yield from _passed(subject, step, replay)
        return
    if name.startswith(SYSTEM_TABLES) or step.statement.first_of_table(name) < step.number:
        return
    absence = unresolved_table(step, replay, name)
    yield Finding(
        step.place(subject.table.span),
        f"table `{name}` doesn't exist{absence.why}",
        help=absence.help,
        fix=absence.fix(step.place(subject.table.span)),
        related=absence.related,
        subject=name,
        confidence=absence.confidence,
    )


def _passed(change: DropTable, step: Step, replay: Replay) -> Iterator[Finding]:
    """A drop whose guard lets it do nothing, though another spelling of the name is there."""
    name = change.table.text
    there = step.before.table(name) is not None or name in step.before.dropped or name in step.before.unread
    other = None if there or not change.if_exists else alike(step, name)
    if other is not None:
        absence = unresolved_table(step, replay, name)
        yield Finding(
            step.place(change.table.span),
            f"table `{name}` doesn't exist{absence.why}, so this drops nothing",
            help=f"did you mean `{other}`?",
            fix=Fix.instead(step.place(change.table.span), quoted(other)),
            related=absence.related,
            subject=name,
            confidence=absence.confidence,
        )
