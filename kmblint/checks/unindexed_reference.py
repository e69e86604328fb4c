"""A column that is named like a reference to another table, without a foreign key and without an index."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.index_fixes import with_index_fixes
from kmblint.analysis.proposals import create_index
from kmblint.findings import Applicability, Confidence, Finding, Related
from kmblint.replay.steps import Replay
from kmblint.targets import Target


def check(replay: Replay, target: Target, *, unknown_tables: bool) -> Iterator[Finding]:
    """Every such column at the end of the history; with `unknown_tables`, those that name no table as well."""
    findings = _found(replay, target, unknown_tables=unknown_tables)
    return with_index_fixes(replay.history, findings, "add_reference_indexes", Applicability.UNSAFE)


def _found(replay: Replay, target: Target, *, unknown_tables: bool) -> Iterator[Finding]:
    partial = not target.capabilities.keeps_index_clauses
    for table in replay.end.in_order:
        referring = {name.text for key, _ in table.foreign_keys for name in key.columns}
        for column in table.columns:
            if not column.name.casefold().endswith("_id"):
                continue
            searchable = table.searchable_by((column.name,), partial=partial)
            if column.name in referring or searchable or column.made.file not in replay.by_file:
                continue
            named = replay.end.named_by(column)
            if named is not None and named.name != table.name:
                if table.finds_references(column.name, named, partial=partial):
                    continue
                yield Finding(
                    column.made,
                    f"`{table.name}.{column.name}` refers to `{named.name}` by its name, and no index begins with it: "
                    f"looking up the `{table.name}` of one row of `{named.name}` reads the whole table",
                    help=create_index(table, (column.name,)),
                    related=(Related(named.made, f"`{named.name}` is created here"),),
                    subject=f"{table.name}.{column.name}",
                    confidence=Confidence.MEDIUM,
                )
            elif named is None and unknown_tables:
                yield Finding(
                    column.made,
                    f"`{table.name}.{column.name}` is named like a reference, and no index begins with it",
                    help=create_index(table, (column.name,)),
                    subject=f"{table.name}.{column.name}",
                    confidence=Confidence.LOW,
                )
