"""What one statement makes and a later one of the same file takes away or overwrites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmblint.findings import Finding, Related
from kmblint.history import Migration
from kmblint.replay import Replay, Step
from kmblint.schema.changes import DeleteRows, DropColumn, DropTable, UpdateRows
from kmblint.schema.overwriting import makes_use_of, overwrites, reads_column, taken_away


def check(migration: Migration, replay: Replay) -> Iterator[Finding]:
    """Each such pair, at the statement that was for nothing."""
    steps = replay.by_file.get(migration.file, ())
    for number, step in enumerate(steps):
        if step.change is None:
            continue
        undone = taken_away(step.change, step.before)
        if undone is not None and undone.made.file == migration.file and not _used(step, steps[:number]):
            verb = "made and then taken away" if undone.dropped else "set and then set again"
            yield Finding(
                undone.made,
                f"{undone.what} is {verb} in this file, so this does nothing",
                help="leave out both" if undone.dropped else "leave out the first",
                related=(Related(step.place(step.statement.span), "undone here"),),
                subject=undone.subject,
            )
        earlier = _overwritten(step, steps[:number])
        if earlier is not None:
            yield Finding(
                earlier.place(earlier.statement.span),
                f"a later statement of this file overwrites all that this one sets in `{earlier.subject}`: this does "
                "nothing",
                help="leave out the first",
                related=(Related(step.place(step.statement.span), "overwritten here"),),
                subject=earlier.subject,
            )


def _used(step: Step, earlier: Sequence[Step]) -> bool:
    """Whether a table or column that goes was read by another statement of the file before."""
    change = step.change
    if isinstance(change, DropTable):
        name = change.table.text
        return any(_names(other, name) for other in earlier if other.subject != name)
    if isinstance(change, DropColumn):
        return any(reads_column(other.change, change.table.text, change.column.text) for other in earlier)
    return False


def _names(step: Step, table: str) -> bool:
    """Whether a name stands in a data change of another table."""
    return step.statement.keyword in ("INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "CREATE") and any(
        token.value == table for token in step.statement.tokens
    )


def _overwritten(step: Step, earlier: Sequence[Step]) -> Step | None:
    """The nearest change whose every effect this one replaces, with nothing between that makes use of it."""
    between: list[Step] = []
    for other in reversed(earlier):
        if overwrites(other.change, step.change, same=_condition(other) == _condition(step)):
            return None if any(makes_use_of(each.change, other.change) for each in between) else other
        if other.subject != step.subject and _names(other, step.subject):
            return None
        between.append(other)
    return None


def _condition(step: Step) -> tuple[str, ...]:
    """The words of WHERE, whatever their layout."""
    change = step.change
    where = change.where if isinstance(change, UpdateRows | DeleteRows) else None
    return () if where is None else tuple(t.upper or t.text for t in step.statement.tokens if t.span in where.span)
