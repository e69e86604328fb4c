"""What one statement makes and a later one of the same file takes away or overwrites."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Final

from kmblint.analysis.overwriting import overwrites, reads, taken_away
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import (
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    DeleteRows,
    DropColumn,
    DropTable,
    InsertRows,
    UpdateRows,
)
from kmblint.schema.predicate import And
from kmblint.schema.rows import keys_named, literal_keys


def check(part: Part) -> Iterator[Finding]:
    """Each such pair, at the statement that was for nothing."""
    steps = part.steps
    if len(steps) < 2:
        return
    earlier = _Earlier(steps)
    for number, step in enumerate(steps):
        if step.change is None:
            continue
        undone = taken_away(step.change, step.before)
        if undone is not None and undone.made.file == part.migration.file and not earlier.use_what_goes_with(number):
            verb = "made and then taken away" if undone.dropped else "set and then set again"
            yield Finding(
                undone.made,
                f"{undone.what} is {verb} in this file, so this does nothing",
                help="leave out both" if undone.dropped else "leave out the first",
                related=(Related(step.place(step.statement.span), "undone here"),),
                subject=undone.subject,
            )
        overwritten = earlier.overwritten_by(number)
        if overwritten is not None:
            yield Finding(
                overwritten.place(overwritten.statement.span),
                f"a later statement of this file overwrites all that this one sets in `{overwritten.subject}`: this "
                "does nothing",
                help="leave out the first",
                related=(Related(step.place(step.statement.span), "overwritten here"),),
                subject=overwritten.subject,
            )
        if number < len(steps) - 1:  # nothing comes behind the last one
            earlier.add(number)


class _Earlier:
    """The steps of a file that come before one, found by what it may overwrite: a file may have thousands."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._subjects = {step.subject for step in steps}
        self._setting: dict[tuple[object, ...], list[int]] = {}
        self._naming: dict[str, int] = {}
        """Table → the last data change of another table that names it."""
        self._reading: dict[tuple[str, str | None], int] = {}
        """Table and column → the last data change that reads it; the column is None where it may read any."""

    def add(self, number: int) -> None:
        """With one more."""
        step = self._steps[number]
        for key in _set_by(step):
            self._setting.setdefault(key, []).append(number)
        for read in reads(step.change):
            self._reading[read] = number
        if len(self._subjects) > 1 and step.statement.keyword in _DATA:
            for token in step.statement.tokens:
                if token.value in self._subjects and token.value != step.subject:
                    self._naming[token.value] = number

    def use_what_goes_with(self, number: int) -> bool:
        """Whether a table or column that goes was read by another statement of the file before."""
        change = self._steps[number].change
        if isinstance(change, DropTable):
            return change.table.text in self._naming
        if isinstance(change, DropColumn):
            return self._last_use(change.table.text, change.column.text) >= 0
        return False

    def _last_use(self, table: str, column: str) -> int:
        """The last step that reads a column; -1 where none does."""
        return max(self._reading.get((table, column), -1), self._reading.get((table, None), -1))

    def overwritten_by(self, number: int) -> Step | None:
        """The nearest change whose every effect this one replaces, with nothing between that makes use of it."""
        if not self._setting:
            return None
        step = self._steps[number]
        key = _sets_anew(step)
        for setting in reversed(self._setting.get(key, ())[-_LOOKED_BACK:]):
            other = self._steps[setting]
            if overwrites(other.change, step.change, same=len(key) > 1):
                written = other.change.assignments if isinstance(other.change, UpdateRows) else ()
                uses = [self._last_use(step.subject, assignment.column.text) for assignment in written]
                return None if max((self._naming.get(step.subject, -1), *uses)) > setting else other
        return None


_LOOKED_BACK: Final = 50
"""Changes of the same rows that are compared with a later one, the nearest: a file may have thousands."""
_DATA: Final = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "CREATE"})


def _set_by(step: Step) -> Iterator[tuple[object, ...]]:
    """What a step sets: the rows of a condition, or a property of a column."""
    match step.change:
        case InsertRows(table=table):
            yield table.text, _condition(step)
        case UpdateRows(table=table):
            yield (table.text,)
            yield table.text, _condition(step)
        case ChangeType(table=table, column=column) | ChangeDefault(table=table, column=column):
            yield type(step.change), table.text, column.text
        case ChangeNullability(table=table, column=column):
            yield ChangeNullability, table.text, column.text


def _sets_anew(step: Step) -> tuple[object, ...]:
    """What must have been set before for a step to overwrite it; of an INSERT, which overwrites nothing, empty."""
    match step.change:
        case UpdateRows(table=table, where=where) | DeleteRows(table=table, where=where):
            return (table.text,) if where is None else (table.text, _condition(step))
        case InsertRows():
            return ()
        case _:
            return next(_set_by(step), ())


def _condition(step: Step) -> Hashable:
    """The keys of the rows that a step names, where it asks for nothing else; otherwise the words of its WHERE."""
    change = step.change
    table = step.before.table(step.subject)
    if isinstance(change, InsertRows):
        keys = tuple(key for key, _ in literal_keys(table, change)) if table else ()
        return frozenset(keys) if keys and len(keys) == len(change.rows) else None
    where = change.where if isinstance(change, UpdateRows | DeleteRows) else None
    if where is None:
        return ()
    named = keys_named(table, where) if table and not isinstance(where, And) else None
    if named is not None:
        return frozenset(named)
    start, end = where.span.start, where.span.end
    return tuple(t.upper or t.text for t in step.statement.tokens if start <= t.start and t.end <= end)
