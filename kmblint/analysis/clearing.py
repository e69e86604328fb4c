"""What a file deletes before it inserts: found by the values of the rows, as a seed may do both a thousand times."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import floor
from operator import itemgetter
from typing import TypeAlias

from kmblint.replay.steps import Part, Step
from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import DeleteRows, DropTable, InsertRows, Truncate
from kmblint.schema.domains import OnColumn
from kmblint.schema.rows import literals_of, only_value, says_of_columns, spares
from kmblint.schema.value_set import Bound

_KEPT = "rows cleared"
_Numbered: TypeAlias = tuple[int, tuple[OnColumn, ...]]
"""A statement's number in its file, and what its condition says of columns: nothing where it takes every row."""


def is_cleared(table: Table, change: InsertRows, step: Step, part: Part) -> bool:
    """Whether an earlier statement of the file takes away the rows that an INSERT of it puts in."""
    known: dict[str, _Clearing] = part.__dict__.setdefault(_KEPT, {})
    clearing = known.get(table.name)
    if clearing is None or clearing.columns is not table.columns:
        clearing = known[table.name] = _Clearing(table, part)
    return clearing.clears(table, change, part.number_of(step))


class _Clearing:
    """The statements of one file that take rows of a table away, each with its number in the file."""

    def __init__(self, table: Table, part: Part) -> None:
        self.columns: tuple[Column, ...] = table.columns
        """By which the conditions were read."""
        self._others: list[_Numbered] = []
        self._by_value: dict[str, dict[Bound, list[_Numbered]]] = {}
        """Column → the one value that it must have → the statements."""
        for each in part.all_of(DropTable, Truncate, DeleteRows):
            if each.subject != table.name:
                continue
            deletion = each.change if isinstance(each.change, DeleteRows) else None
            says = says_of_columns(table, deletion) if deletion else ()
            only = only_value(says)
            like = self._others if only is None else self._by_value.setdefault(only[0], {}).setdefault(only[1], [])
            like.append((part.number_of(each), says))

    def clears(self, table: Table, rows: InsertRows, number: int) -> bool:
        """Whether one of those before a statement of that number takes the rows away."""
        literals = [literals_of(table, rows, row) for row in rows.rows]
        before = self._before(literals[0] if literals else {}, number)
        return any(not any(spares(says, row) for row in literals) for says in before)

    def _before(self, first: Mapping[str, object], number: int) -> Iterator[tuple[OnColumn, ...]]:
        """What those before it say, without those that surely spare its first row; the nearest first."""
        yield from _earlier(self._others, number)
        for column, by_value in self._by_value.items():
            value = first.get(column)
            if isinstance(value, Bound):
                yield from _earlier(by_value.get(value, []), number)
                if isinstance(value, Decimal) and floor(value) != value:  # a column of whole numbers may keep that
                    yield from _earlier(by_value.get(floor(value), []), number)
            else:
                for statements in by_value.values():
                    yield from _earlier(statements, number)


def _earlier(statements: list[_Numbered], number: int) -> Iterator[tuple[OnColumn, ...]]:
    at = bisect_left(statements, number, key=itemgetter(0))
    return (statements[each][1] for each in range(at - 1, -1, -1))
