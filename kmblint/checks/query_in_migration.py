"""A statement that only reads."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.removing import without
from kmblint.findings import Applicability, Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import Read


def check(change: Read, step: Step) -> Iterator[Finding]:
    """The query, whose answer nobody gets."""
    if change.into is not None:
        yield Finding(
            step.place(step.statement.span),
            f"this {change.word} only reads, and makes no table `{change.into}`",
            help=f"leave it out; where `{change.into}` is needed, write CREATE TABLE with its columns, and INSERT",
            subject=change.into.text,
        )
        return
    yield Finding(
        step.place(step.statement.span),
        f"this {change.word} changes nothing, and nobody sees its answer when the migration runs",
        help="leave it out; to check data before a change, ask by hand or in a test",
        fix=without(step.migration, step.statement, Applicability.SAFE),
        subject=change.tables[0].text if change.tables else "",
    )
