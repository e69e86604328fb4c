"""A data change of a table with rows that no key bounds: how many rows it may reach, and the batch to send instead."""

from __future__ import annotations

from typing import Final

from kmblint.analysis.batches import first_batch
from kmblint.analysis.few_rows import is_lookup
from kmblint.findings import Confidence, Finding
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import DeleteRows, DropTable, UpdateRows
from kmblint.sql.parse import statements
from kmblint.targets import Target
from kmblint.targets.outcome import Outcome
from kmblint.targets.verdict import BlindComparison, IgnoredCondition, OpenBound, OverwrittenCondition
from kmblint.text import Source


def empties_before_drop(change: UpdateRows | DeleteRows, step: Step, part: Part) -> bool:
    """Whether a DELETE without WHERE empties a table, and its indexes, which a later statement of the file drops."""
    if not isinstance(change, DeleteRows) or change.where is not None:
        return False
    return any(later.subject == change.table.text for later in part.later(step, DropTable))


PROPOSED: Final = 100
"""Statements of a file for which a batch is written out: each is read and judged as the target would."""


def unbatched(
    change: UpdateRows | DeleteRows, step: Step, part: Part, target: Target, *, max_rows: int, does: str, cost: str
) -> Finding | None:
    """The finding on a change that may reach more than so many rows at once; None where it is bounded.

    `does` says what it does to rows ("`UPDATE` rewrites"), `cost` what each of them costs an append-only target.
    """
    table = step.before.table(change.table.text)
    reach = step.reach
    if table is None or reach is None or not table.key_is_known or not step.populated(table.name):
        return None
    most = reach.most_rows
    if (most is not None and most <= max_rows) or is_lookup(table, step.before):
        return None
    size = "any number of rows" if most is None else f"up to {most:,} rows"
    lacking = "no key bounds it" if most is None else f"a batch has {max_rows:,} at most"
    refused = [refusal.span for refusal in step.outcome.refusals]
    slice_of = step.migration.source.slice
    is_proposed = part.count_before(step, type(change)) < PROPOSED
    batches = (
        first_batch(change, table, reach, text=slice_of, refused=tuple(refused), size=max_rows, listed=listed)
        for listed in ((False, True) if is_proposed else ())
    )
    batch = next((each for each in batches if each is not None and does_the_same(each, step, target)), None)
    advice = "bound it by a key of the table" if batch is None else f"send it in batches by the key: {batch}"
    return Finding(
        step.place(change.span.to(change.table.span)),
        f"this {does} {size} of `{table.name}` in one go: {lacking}, and the table holds rows "
        f"({step.why_populated(table.name)})",
        help=f"{advice}\n{cost}" if target.capabilities.append_only else advice,
        subject=table.name,
        confidence=Confidence.HIGH if table.complete else Confidence.MEDIUM,
    )


def does_the_same(sql: str, step: Step, target: Target) -> bool:
    """Whether a statement that stands in for another one falls on no other rows than its words say, as that one does.

    A range of the key beside a condition may make the target forget that condition, or compare it in another way.
    """
    source = Source("proposal", sql)
    (statement,) = statements(source)
    outcome = target.outcome(target.form(statement, source), statement.changes[0], step.before, ())
    return _surprises(outcome) <= _surprises(step.outcome)


def _surprises(outcome: Outcome) -> set[tuple[type, str]]:
    strange = (BlindComparison, IgnoredCondition, OverwrittenCondition, OpenBound)
    return {(type(each), getattr(each, "column", "")) for each in outcome.hazards if isinstance(each, strange)}
