"""A function in a data change whose result differs by run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, InsertRows, UpdateRows
from kmblint.schema.predicate import Predicate, Value, calls

_UNSTABLE: Final = frozenset(
    {
        "now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "sysdate",
        "systimestamp", "getdate", "curdate", "curtime", "clock_timestamp", "statement_timestamp",
        "transaction_timestamp", "timeofday", "unix_timestamp", "utc_timestamp", "utc_date", "random", "rand",
        "gen_random_uuid", "uuid", "uuid_generate_v1", "uuid_generate_v4", "uuidv4", "uuidv7", "newid",
        "gen_random_bytes", "randomblob", "nextval",
    }
)  # fmt: skip
_BARE: Final = frozenset({"current_timestamp", "current_date", "current_time", "localtime", "localtimestamp"})


def check(change: InsertRows | UpdateRows | DeleteRows, step: Step) -> Iterator[Finding]:
    """The first call of each such function in the values or the condition."""
    seen: set[str] = set()
    for call in (call for part in _parts(change) for call in calls(part)):
        name = call.name.rpartition(".")[2]
        if name not in _UNSTABLE or name in seen:
            continue
        seen.add(name)
        shown = name if name in _BARE else f"{name}()"
        yield Finding(
            step.place(call.span),
            f"`{shown}` differs by run and by tenant: the same migration leaves other rows wherever it is applied",
            help="write the value as a literal",
            subject=change.table.text,
        )


def _parts(change: InsertRows | UpdateRows | DeleteRows) -> Iterator[Value | Predicate]:
    match change:
        case InsertRows(rows=rows, query=query, on_conflict=on_conflict):
            for row in rows:
                yield from row.values
            if query is not None:
                yield query
            if on_conflict is not None:
                yield from (assignment.value for assignment in on_conflict.assignments)
            return
        case UpdateRows(assignments=assignments):
            yield from (assignment.value for assignment in assignments)
    if change.where is not None:
        yield change.where
