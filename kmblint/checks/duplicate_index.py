"""Two indexes of one table over the same columns in the same order."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.removing import without
from kmblint.findings import Applicability, Finding, Fix, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Index
from kmblint.schema.changes import AddIndex
from kmblint.targets import Target


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """The later of the two, where both are there at the end of the history."""
    made = {step.place(step.change.span): step for step in replay.all_of(AddIndex) if isinstance(step.change, AddIndex)}
    for table in replay.end.in_order:
        first: dict[tuple[object, ...], Index] = {}
        heeded = target.capabilities.keeps_index_clauses
        for index in table.indexes:
            if None in index.meant or (index.partial and heeded):
                continue
            earlier = first.setdefault((index.meant, index.order if heeded else ()), index)
            if earlier is index or index.made.file not in replay.history.by_file:
                continue
            columns = ", ".join(map(str, index.meant))
            yield Finding(
                index.made,
                f"index `{index.name}` is over the same columns of `{table.name}` ({columns}) as `{earlier.name}`: "
                "every write pays for both, and one serves every search",
                help="leave it out",
                fix=_fix(made.get(index.made)),
                related=(Related(earlier.made, f"`{earlier.name}` is created here"),),
                subject=f"{table.name}.{index.name}",
            )


def _fix(made: Step | None) -> Fix | None:
    """Without the CREATE INDEX; an index that something else brings is left."""
    return None if made is None else without(made.migration, made.statement, Applicability.UNSAFE)
