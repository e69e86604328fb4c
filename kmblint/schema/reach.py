"""How many rows a condition can reach: none, every one, at most so many, or nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import prod

from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.domains import ColumnDomains, OnColumn, Semantics, Truth
from kmblint.schema.parts import Assignment
from kmblint.schema.predicate import And, Between, ColumnRef, Compare, In, Or, Predicate, Query, Value, literal_value
from kmblint.schema.value_set import FULL, NULLS, ValueSet, intersection, point


class Reach:
    """What conditions on one table can reach."""

    def __init__(self, table: Table, semantics: Semantics, aliases: Iterable[str | None] = ()) -> None:
        self._table = table
        self._semantics = semantics
        self._domains = ColumnDomains(table, semantics, aliases)

    @classmethod
    def of(cls, change: UpdateRows | DeleteRows, table: Table, semantics: Semantics) -> Reach:
        """What the conditions of a change can reach in its table."""
        return cls(table, semantics, (change.alias,))

    def most_changed(self, change: UpdateRows | DeleteRows) -> int | None:
        """How many rows a change can reach at the most; None where neither a key nor a LIMIT bounds it."""
        keys = self._table.unique_keys if self._semantics.keeps_unique else (self._table.primary_key,)
        by_key = None if change.where is None else self.most_rows(change.where, keys)
        by_limit = change.limit if self._semantics.limits_hold else None
        return min((most for most in (by_key, by_limit) if most is not None), default=None)

    def first_number(self, where: Predicate | None, column: str) -> int:
        """The least whole number of a column that the condition lets through; 1 where it sets none."""
        allowed = None if where is None else self._allowed(where, column)
        least = allowed.intervals[:1] if allowed else ()
        return least[0].low if least and isinstance(least[0].low, int) else 1

    def demands(self, where: Predicate, column: str, literal: Value) -> bool:
        """Whether the condition holds only where the column has the value of the literal already."""
        value = literal_value(literal)
        allowed = self._allowed(where, column)
        if allowed is None or not (value is None or isinstance(value, int | Decimal | str)):
            return False
        return allowed == (NULLS if value is None else point(value, discrete=self._domains.is_whole(column)))

    def keeps(self, assignment: Assignment, change: UpdateRows) -> bool:
        """Whether an assignment sets what the rows hold already: `SET a = a`, or what the condition demands."""
        name, value = assignment.column.text, assignment.value
        if isinstance(value, ColumnRef):
            return value.name == name and value.qualifier in {None, change.table.text, change.alias}
        return change.where is not None and self.demands(change.where, name, value)

    def _allowed(self, where: Predicate, column: str) -> ValueSet | None:
        """The values that the condition lets through in a column; None where it says nothing of it."""
        facts = map(self._domains.of, where.parts if isinstance(where, And) else (where,))
        sets = [fact.values for fact in facts if isinstance(fact, OnColumn) and fact.column == column]
        return intersection(sets) if sets else None

    def every_row(self, where: Predicate) -> bool:
        """Whether the condition holds on every row that the table can have."""
        return self._domains.of(where) == Truth(True)

    def no_row(self, where: Predicate) -> bool:
        """Whether the condition can hold on no row."""
        return self._domains.of(where) == Truth(False)

    def misfit(self, where: Predicate) -> Column | None:
        """The column that a comparison holds against a literal of another type, which then finds nothing."""
        match where:
            case Compare(left=left, right=right):
                pairs = [(left, right), (right, left)]
            case In(value=value, items=items):
                pairs = [(value, item) for item in items]
            case Between(value=value, low=low, high=high):
                pairs = [(value, low), (value, high)]
            case _:
                return None
        columns = [
            self._domains.column(value)
            for value, literal in pairs
            if not self._domains.fits(self._domains.column(value), literal)
        ]
        return next(filter(None, columns), None)

    def most_rows(self, where: Predicate, keys: Iterable[tuple[str, ...]]) -> int | None:
        """How many rows the condition can reach at the most, by the given keys; None where no key bounds it."""
        known = tuple(key for key in keys if key)
        return self._bound(where, known)

    def _bound(self, where: Predicate, keys: tuple[tuple[str, ...], ...]) -> int | None:
        fact = self._domains.of(where)
        if fact == Truth(False):
            return 0
        parts = where.parts if isinstance(where, And) else (where,)
        bounds = [self._by_key(parts, key) for key in keys]
        if isinstance(where, And):
            bounds += [self._bound(part, keys) for part in parts]
        elif isinstance(where, Or):
            each = [self._bound(part, keys) for part in where.parts]
            if None not in each:
                bounds.append(sum(bound for bound in each if bound is not None))
        elif isinstance(where, In) and not where.negated:
            bounds.append(self._by_sub_query(where, keys))
        return min((bound for bound in bounds if bound is not None), default=None)

    def _by_key(self, parts: tuple[Predicate, ...], key: tuple[str, ...]) -> int | None:
        facts = [fact for fact in map(self._domains.of, parts) if isinstance(fact, OnColumn)]
        counts: list[int] = []
        for name in key:
            sets = [fact.values for fact in facts if fact.column == name]
            allowed = intersection(sets) if sets else FULL
            count = allowed.count(discrete=self._domains.is_whole(name))
            if count is None or allowed.null:  # a unique column may be NULL in any number of rows
                return None
            counts.append(count)
        return prod(counts)

    def _by_sub_query(self, where: In, keys: tuple[tuple[str, ...], ...]) -> int | None:
        column = self._domains.column(where.value)
        if self._semantics.limits_hold and column is not None and (column.name,) in keys:
            match where.items:
                case (Query(limit=int() as limit),):
                    return limit
        return None
