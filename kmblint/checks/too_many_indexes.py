"""A table with very many indexes, or an index over very many columns."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay


def check(replay: Replay, *, max_indexes: int, max_columns: int) -> Iterator[Finding]:
    """The index that is one too many of its table, and each that is too wide, at the end of the history."""
    for table in replay.end.in_order:
        over = table.indexes[max_indexes:]
        if over and over[0].made.file in replay.history.by_file:
            yield Finding(
                over[0].made,
                f"`{table.name}` has {len(table.indexes)} indexes, and each write keeps them all up to date",
                help=f"keep to {max_indexes}, those by which rows are really searched",
                related=(Related(table.made, f"`{table.name}` is created here"),),
                subject=table.name,
            )
        for index in table.indexes:
            if len(index.meant) > max_columns and index.made.file in replay.history.by_file:
                yield Finding(
                    index.made,
                    f"index `{index.name}` is over {len(index.meant)} columns, and few searches name all of them",
                    help=f"keep the first {max_columns} at the most",
                    subject=f"{table.name}.{index.name}",
                )
