"""An index over a single BOOLEAN column."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Replay
from kmblint.schema.types import Family
from kmblint.targets import Target


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """Each such index at the end of the history."""
    for table in replay.end.in_order:
        for index in table.indexes:
            name = index.meant[0] if len(index.meant) == 1 else None
            column = table.column(name) if name else None
            chosen = index.partial and target.capabilities.keeps_index_clauses
            if column is None or column.type.family is not Family.BOOLEAN or chosen:
                continue
            if index.made.file in replay.history.by_file:
                yield Finding(
                    index.made,
                    f"index `{index.name}` tells only two values of `{column.name}` apart, so a search by it still "
                    f"reads a large part of `{table.name}`",
                    help="leave it out, or let the index begin with a column of many values",
                    subject=f"{table.name}.{index.name}",
                )
