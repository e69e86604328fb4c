"""What a file deletes before it inserts: found by the values of the rows, as a seed may do both a thousand times."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal
from math import floor
from operator import itemgetter
from typing import TypeVar

from kmblint.replay.steps import Part, Step
from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import DeleteRows, DropTable, InsertRows, Truncate
from kmblint.schema.rows import clears, literals_of, only_value
from kmblint.schema.value_set import Bound

_KEPT = "rows cleared"
_Change = TypeVar("_Change")


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
        self._others: list[tuple[int, DropTable | Truncate | DeleteRows]] = []
        self._by_value: dict[str, dict[Bound, list[tuple[int, DeleteRows]]]] = {}
        """Column → the one value that it must have → the statements."""
        for each in part.all_of(DropTable, Truncate, DeleteRows):
            change, number = each.change, part.number_of(each)
            if each.subject != table.name or not isinstance(change, DropTable | Truncate | DeleteRows):
                continue
            only = only_value(table, change) if isinstance(change, DeleteRows) else None
            if only is None or not isinstance(change, DeleteRows):
                self._others.append((number, change))
            else:
                self._by_value.setdefault(only[0], {}).setdefault(only[1], []).append((number, change))

    def clears(self, table: Table, rows: InsertRows, number: int) -> bool:
        """Whether one of those before a statement of that number takes the rows away."""
        return any(
            isinstance(change, DropTable) or clears(table, change, rows) for change in self._before(table, rows, number)
        )

    def _before(self, table: Table, rows: InsertRows, number: int) -> Iterator[DropTable | Truncate | DeleteRows]:
        """Those before it, without those that surely spare its first row; the nearest first."""
        yield from _earlier(self._others, number)
        first = literals_of(table, rows, rows.rows[0]) if rows.rows and self._by_value else {}
        for column, by_value in self._by_value.items():
            value = first.get(column)
            if isinstance(value, Bound):
                yield from _earlier(by_value.get(value, []), number)
                if isinstance(value, Decimal) and floor(value) != value:  # a column of whole numbers may keep that
                    yield from _earlier(by_value.get(floor(value), []), number)
            else:
                for statements in by_value.values():
                    yield from _earlier(statements, number)


def _earlier(statements: list[tuple[int, _Change]], number: int) -> Iterator[_Change]:
    at = bisect_left(statements, number, key=itemgetter(0))
    return (statements[each][1] for each in range(at - 1, -1, -1))
