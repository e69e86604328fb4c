"""A column whose type the engine compares only through an index, or not at all, and that has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.analysis.proposals import create_index
from kmblint.findings import Finding, Related, Severity
from kmblint.replay.steps import Replay
from kmblint.schema.catalog import Catalog, Column, Table
from kmblint.schema.types import Family
from kmblint.targets import Target
from kmblint.targets.capabilities import Search

_MONEY: Final = "store the amount as BIGINT in its smallest unit (cents), or search by another column"


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """Each such column at the end of the history, key columns left out."""
    for table in replay.end.in_order:
        for column in table.columns:
            left_alone = column.name in table.primary_key or column.type.family is Family.BYTES
            if left_alone or column.made.file not in replay.history.by_file:
                continue
            search = target.capabilities.search(column.type)
            if search is Search.NEVER or (search is Search.INDEXED and not table.searchable_by((column.name,))):
                yield _finding(table, column, search, _referred(replay.end, table, column.name))


def _finding(table: Table, column: Column, search: Search, referred: Table | None) -> Finding:
    if referred is None:
        effect = f"`WHERE {column.name} = …` finds no row of `{table.name}`"
    else:
        effect = f"every lookup of `{table.name}` by `{column.name}` returns nothing"
    if search is Search.NEVER:
        why = f"this engine compares no {column.type} column, and no index helps"
        instead = _MONEY
    else:
        why = f"this engine compares {column.type} columns only through an index that begins with them"
        or_else = "\nin a table that isn't made yet, declare it BIGINT" if column.type.integer_range else ""
        instead = create_index(table, (column.name,)) + or_else
    severity = Severity.ERROR if referred else Severity.INFO if search is Search.NEVER else Severity.WARNING
    return Finding(
        column.made,
        f"{effect}: {why}",
        help=instead,
        related=(Related(referred.made, f"`{column.name}` refers to `{referred.name}`"),) if referred else (),
        subject=f"{table.name}.{column.name}",
        severity=severity,
    )


def _referred(catalog: Catalog, table: Table, column: str) -> Table | None:
    """The table that the column refers to, by a foreign key or by its name."""
    declared = (key.table.text for key, _ in table.foreign_keys if column in {name.text for name in key.columns})
    found = next(filter(None, map(catalog.table, declared)), None) or catalog.named_by(column)
    return None if found is None or found.name == table.name else found
