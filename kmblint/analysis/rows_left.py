"""The rows that a refused INSERT leaves behind."""

from __future__ import annotations

from kmblint.findings import Related
from kmblint.replay.steps import Step
from kmblint.schema.changes import InsertRows
from kmblint.text import Span
from kmblint.wording import counted


def rows_before(step: Step, span: Span) -> tuple[Related, ...]:
    """The first row that is in when the INSERT is refused at this span; none where it can be sent again as it is."""
    change, inserted = step.change, step.outcome.inserted
    if not isinstance(change, InsertRows) or change.on_conflict or inserted is None or not step.rows_left:
        return ()
    refusal = step.outcome.refusals[0]
    if span not in refusal.span and refusal.span not in span:
        return ()
    stay = "stays" if step.rows_left == 1 else "stay"
    note = f"{counted(step.rows_left, 'row')} before it {stay}, and the next run is refused here"
    return (Related(step.place(inserted.rows[0].row.span), note),)
