"""A column whose type the engine compares only through an index, or not at all, and that has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.analysis.proposals import create_index
from kmblint.findings import Finding, Related, Severity
from kmblint.replay.steps import Replay
from kmblint.schema.catalog import Catalog, Column, Table
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.predicate import And, IsNull, Or, column_refs, conditions
from kmblint.schema.types import Family
from kmblint.targets import Target
from kmblint.targets.capabilities import Search

_MONEY: Final = (
    "leave the index out, without which a literal of exactly its scale finds the rows; or store the amount as BIGINT "
    "in its smallest unit (cents)"
)
_SEARCHED_BY: Final = re.compile(r"(?:^|_)(?:id|key|code|no|nr|number|ref|reference|sku|date|on|at)$|^date_")
"""Names of references, keys and dates, which programs search by."""
_KEYS_AND_DATES: Final = frozenset({Family.DATE, Family.UUID})


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """Each such column at the end of the history, key columns and documents left out."""
    asked = _asked(replay)
    for table in replay.end.in_order:
        for column in table.columns:
            left_alone = column.name in table.primary_key or column.type.family is Family.BYTES
            if left_alone or column.made.file not in replay.history.by_file:
                continue
            search = target.capabilities.search(column.type)
            if search is Search.ALWAYS:
                continue
            if _is_lost(search, indexed=table.searchable_by((column.name,))):
                sought = (table.name, column.name) in asked or any(
                    column.name in index.meant for index in table.indexes
                )
                if sought or column.type.family is not Family.JSON:
                    yield _finding(table, column, search, _referred(replay.end, table, column), sought=sought)


def _is_lost(search: Search, *, indexed: bool) -> bool:
    """Whether a comparison of a column, with or without an index that begins with it, finds no row."""
    return search is Search.NEVER or search is (Search.UNINDEXED if indexed else Search.INDEXED)


def _asked(replay: Replay) -> set[tuple[str, str]]:
    """The columns that a data change of the history compares with something; NULL is found without an index."""
    made = (step.change for step in replay.all_of(UpdateRows, DeleteRows))
    changes = (change for change in made if isinstance(change, UpdateRows | DeleteRows))
    return {
        (change.table.text, ref.name)
        for change in changes
        for part in (conditions(change.where) if change.where is not None else ())
        if not isinstance(part, And | Or | IsNull)
        for ref in column_refs(part)
    }


def _finding(table: Table, column: Column, search: Search, referred: Table | None, *, sought: bool) -> Finding:
    if referred is None:
        effect = f"`WHERE {column.name} = …` finds no row of `{table.name}`"
    else:
        effect = f"every lookup of `{table.name}` by `{column.name}` returns nothing"
    named = column.type.family in _KEYS_AND_DATES or _SEARCHED_BY.search(column.name.casefold()) is not None
    severity = Severity.ERROR if referred else Severity.WARNING if sought or named else Severity.INFO
    if search is Search.UNINDEXED:
        why = f"through an index this engine compares {column.type} columns as texts, as they were written"
        instead = _MONEY
    elif search is Search.NEVER:
        why = f"this engine compares no {column.type} column, and no index helps"
        instead = "search by another column"
        severity = severity if referred else Severity.INFO
    else:
        why = f"this engine compares {column.type} columns only through an index that begins with them"
        instead = _instead(table, column, referred, sure=severity is not Severity.INFO)
    return Finding(
        column.made,
        f"{effect}: {why}",
        help=instead,
        related=(Related(referred.made, f"`{column.name}` refers to `{referred.name}`"),) if referred else (),
        subject=f"{table.name}.{column.name}",
        severity=severity,
    )


def _instead(table: Table, column: Column, referred: Table | None, *, sure: bool) -> str:
    """The index where the column is surely searched by; an index is for ever, so else the type alone."""
    key = referred.column(referred.primary_key[0]) if referred and len(referred.primary_key) == 1 else None
    other = "BIGINT" if column.type.integer_range else None
    if referred and key and not column.type.matches(key.type):
        other = f"{key.type}, as `{referred.name}.{key.name}` is"
    declared = f"in a table that isn't made yet, declare it {other}" if other else ""
    if not sure:
        return f"where programs are to search by it: {declared or create_index(table, (column.name,))}; else leave it"
    return "\n".join(filter(None, (create_index(table, (column.name,)), "an index stays for ever", declared)))


def _referred(catalog: Catalog, table: Table, column: Column) -> Table | None:
    """The table that the column refers to, by a foreign key or by its name."""
    declared = (k.table.text for k, _ in table.foreign_keys if column.name in {name.text for name in k.columns})
    referred = next(filter(None, map(catalog.table, declared)), None) or catalog.named_by(column)
    return None if referred is None or referred.name == table.name else referred
