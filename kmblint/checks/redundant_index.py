"""An index whose columns are the first columns of another index or of the primary key."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay
from kmblint.schema.catalog import Index, Table
from kmblint.targets import Target


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """Each such index at the end of the history, shown at the later of the two."""
    heeded = target.capabilities.keeps_index_clauses
    for table in replay.end.in_order:
        key = Index(
            "the primary key", table.primary_key, table.made, unique=False, partial=False, declared=(), descending=()
        )
        seen: set[tuple[object, ...]] = set()
        for index in table.indexes:
            if (index.meant, index.order if heeded else ()) in seen or (heeded and (index.partial or index.unique)):
                continue
            seen.add((index.meant, index.order if heeded else ()))
            wider = _wider(table, index, key, heeded=heeded)
            if wider is None:
                continue
            later, earlier = (index, wider) if wider is key or _follows(table, index, wider) else (wider, index)
            if later.made.file not in replay.history.by_file:
                continue
            name = wider.name if wider is key else f"index `{wider.name}`"
            yield Finding(
                later.made,
                f"index `{index.name}` finds nothing that {name} of `{table.name}` doesn't find: its columns are the "
                "first of the other's",
                help=f"leave out `{index.name}`"
                if index.made.file == later.made.file
                else f"one index is enough: `{index.name}` was there",
                related=(Related(earlier.made, "the other is created here"),),
                subject=f"{table.name}.{index.name}",
            )


def _wider(table: Table, index: Index, key: Index, *, heeded: bool) -> Index | None:
    """The primary key or the first index that begins with all columns of this one."""
    if key.columns and index.begins(key):
        return key
    return next(
        (
            other
            for other in table.indexes
            if index.begins(other)
            and other.meant != index.meant
            and not (heeded and (other.partial or other.order[: len(index.order)] != index.order))
        ),
        None,
    )


def _follows(table: Table, index: Index, other: Index) -> bool:
    return table.indexes.index(index) > table.indexes.index(other)
