"""Indexes whose name a dropped table or column still holds."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.targets.verdict import StaleIndexRefusal
from kmblint.text import Place


def check(refusal: StaleIndexRefusal, step: Step) -> Iterator[Finding]:
    """The index, and where its name was first used."""
    cause = refusal.cause
    yield Finding(
        step.place(refusal.span),
        f"refused by Kimberlite: {refusal.reason}",
        help=refusal.help,
        related=(Related(cause, refusal.cause_note or "the index of that name was made here"),) if cause else (),
        subject=step.subject,
        cause=_remade(step),
    )


def _remade(step: Step) -> Place | None:
    """Where this file makes the table whose former self it drops: whoever tells that names the index too."""
    table, dropped = step.before.table(step.subject), step.before.dropped.get(step.subject)
    both_here = table and dropped and table.made.file == dropped.place.file == step.migration.file
    return table.made if table and both_here else None
