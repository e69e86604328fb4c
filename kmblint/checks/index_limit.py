"""More indexes in the database than the engine keeps up to date."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Severity
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddIndex
from kmblint.targets import Target
from kmblint.targets.verdict import Verdict


def check(replay: Replay, target: Target, *, max_indexes: int) -> Iterator[Finding]:
    """The index that is one too many; those of dropped tables and columns count, because they stay registered."""
    made = [step for step in replay.all_of(AddIndex) if step.outcome.verdict is Verdict.TAKEN]
    kept = target.capabilities.max_indexes
    if kept is None or len(made) <= max_indexes:
        return
    over_it = (step for step in made[max_indexes:] if step.migration.file in replay.history.by_file)
    first = next((step for step in over_it if not step.migration.applied), None)
    if first is None:
        return
    gone = sum(not _is_there(step, replay) for step in made)
    dropped = f" ({gone} of them on tables or columns that are gone)" if gone else ""
    over = len(made) > kept
    effect = (
        f"the engine keeps {kept} of them up to date, in no order: rows that are inserted from now on aren't "
        "found through the others"
        if over
        else f"beyond {kept} the engine keeps some of them up to date no longer"
    )
    yield Finding(
        first.place(first.statement.span),
        f"the database has {len(made)} indexes by the end of the history{dropped}: {effect}",
        help="make no index that a search doesn't need; one that is there can't be dropped",
        subject=first.subject,
        severity=Severity.ERROR if over else None,
    )


def _is_there(step: Step, replay: Replay) -> bool:
    """Whether the index's table still has it at the end."""
    table = replay.end.table(step.subject)
    name = step.change.name if isinstance(step.change, AddIndex) else None
    return table is not None and name is not None and table.index(name.text) is not None
