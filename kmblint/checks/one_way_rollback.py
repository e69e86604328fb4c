"""A rollback behind which the migration can't be applied again."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.playing import steps_of
from kmblint.replay.rollback import Rollback
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddIndex, DropColumn, DropTable
from kmblint.targets.verdict import StaleIndexRefusal


def check(rollback: Rollback) -> Iterator[Finding]:
    """The statement of down that drops a table or column whose index up makes; once a file."""
    down = rollback.down
    if not all(rollback.known_to_runner(step.statement) and step.outcome.verdict.happens for step in down):
        return  # the rollback itself is another finding's, or no runner sends it
    first = {step.statement.span for step in rollback.up if step.outcome.refusals}
    step = rollback.up[0]
    for again in steps_of(step.surroundings, rollback.migration, step.target, rollback.after, actual=False):
        stale = next((each for each in again.outcome.refusals if isinstance(each, StaleIndexRefusal)), None)
        index = again.change
        if stale is None or again.statement.span in first or not isinstance(index, AddIndex):
            continue
        dropping = next((each for each in down if _takes(each, index)), None)
        if dropping is not None:  # an index that down leaves alone is no matter of its drops
            yield _one_way(rollback, again, index, dropping)
            return


def _one_way(rollback: Rollback, again: Step, index: AddIndex, dropping: Step) -> Finding:
    assert index.name is not None
    number = rollback.migration.id
    return Finding(
        dropping.place(dropping.statement.span),
        f"{number} can be rolled back, and then it can't be applied again: the engine keeps the index `{index.name}` "
        f"on `{index.table}` registered, and refuses to make it anew",
        help=f"mend what is wrong by a new migration rather than roll back; where {number} was rolled back, give its "
        f"indexes other names before it is applied again: {_renamed(index.name.text)}",
        related=(Related(again.place(again.statement.span), "refused when the migration is applied again"),),
        subject=f"{index.table}.{index.name}",
    )


def _takes(step: Step, index: AddIndex) -> bool:
    """Whether a statement of down drops the index's table or one of its columns."""
    change = step.change
    columns = {part.column.text for part in index.parts if part.column}
    match change:
        case DropTable(table=table):
            return table.text == index.table.text
        case DropColumn(table=table, column=column):
            return table.text == index.table.text and column.text in columns
        case _:
            return False


def _renamed(name: str) -> str:
    return f"{name.removesuffix('_idx')}_2_idx" if name.endswith("_idx") else f"{name}_2"
