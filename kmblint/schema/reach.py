"""How many rows a condition can reach: none, every one, at most so many, or nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from math import prod

import msgspec

from kmblint.schema.catalog import Table
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.domains import ColumnDomains, Domains, Fact, OnColumn, Semantics, Truth
from kmblint.schema.parts import Assignment
from kmblint.schema.predicate import And, ColumnRef, In, Or, Predicate, Query, Value, literal_value
from kmblint.schema.value_set import FULL, NULLS, ValueSet, intersection, point


class Told(msgspec.Struct, frozen=True):
    """What one condition tells of every row that is reached."""

    fact: Fact | None
    source: Predicate
    arms: tuple[tuple[Told, ...], ...] = ()
    """Of OR: what each arm tells."""
    most: int | None = None
    """So many rows at the most, by itself: a sub-query with LIMIT."""


class Reach:
    """What the conditions of one change reach in its table: all that is told holds of every row."""

    def __init__(
        self, told: tuple[Told, ...], domains: Domains, keys: tuple[tuple[str, ...], ...], limit: int | None = None
    ) -> None:
        self._told = told
        self._domains = domains
        self._keys = tuple(key for key in keys if key)
        self._limit = limit
        self._allowed: dict[str, ValueSet | None] = {}
        """What was asked of columns: a statement of many conditions asks of one for each of them."""
        self._whole = domains.joined((each.fact for each in told), intersection, absorbing=False)

    @property
    def every_row(self) -> bool:
        """Whether the conditions hold on every row that the table can have."""
        return bool(self._told) and self._whole == Truth(True)

    @property
    def no_row(self) -> bool:
        """Whether the conditions can hold on no row."""
        return self._whole == Truth(False)

    @property
    def contradiction(self) -> Predicate | None:
        """The first condition that alone holds on no row; None where only all of them together do."""
        return next((each.source for each in self._told if each.fact == Truth(False)), None)

    @cached_property
    def most_rows(self) -> int | None:
        """How many rows can be changed at the most; None where neither a key nor a LIMIT bounds them."""
        by_key = self._bound(self._told) if self._told else None
        return min((most for most in (by_key, self._limit) if most is not None), default=None)

    def first_number(self, column: str) -> int:
        """The least whole number of a column that the conditions let through; 1 where they set none."""
        allowed = self.allowed(column)
        least = allowed.intervals[:1] if allowed else ()
        return least[0].low if least and isinstance(least[0].low, int) else 1

    def keeps(self, assignment: Assignment, change: UpdateRows) -> bool:
        """Whether an assignment sets what the rows hold already: `SET a = a`, or what the conditions demand."""
        name, value = assignment.column.text, assignment.value
        if isinstance(value, ColumnRef):
            return value.name == name and value.qualifier in {None, change.table.text, change.alias}
        return self.demands(name, value)

    def demands(self, column: str, literal: Value) -> bool:
        """Whether the conditions hold only where the column has the value of the literal already."""
        value = literal_value(literal)
        allowed = self.allowed(column)
        if allowed is None or not (value is None or isinstance(value, int | Decimal | str)):
            return False
        return allowed == (NULLS if value is None else point(value, discrete=self._domains.is_whole(column)))

    def allowed(self, column: str) -> ValueSet | None:
        """The values that the conditions let through in a column; None where they say nothing of it."""
        if column not in self._allowed:
            facts = (each.fact for each in self._told if isinstance(each.fact, OnColumn))
            sets = [fact.values for fact in facts if fact.column == column]
            self._allowed[column] = intersection(sets) if sets else None
        return self._allowed[column]

    def _bound(self, told: tuple[Told, ...]) -> int | None:
        if self._domains.joined((each.fact for each in told), intersection, absorbing=False) == Truth(False):
            return 0
        bounds = [self._by_key(told, key) for key in self._keys]
        for condition in told:
            bounds.append(condition.most)
            if condition.arms:
                arms = [self._bound(arm) for arm in condition.arms]
                bounds.append(None if None in arms else sum(arm for arm in arms if arm is not None))
        return min((bound for bound in bounds if bound is not None), default=None)

    def _by_key(self, told: tuple[Told, ...], key: tuple[str, ...]) -> int | None:
        facts = [each.fact for each in told if isinstance(each.fact, OnColumn)]
        counts: list[int] = []
        for name in key:
            sets = [fact.values for fact in facts if fact.column == name]
            allowed = intersection(sets) if sets else FULL
            count = allowed.count(discrete=self._domains.is_whole(name))
            if count is None or allowed.null:  # a unique column may be NULL in any number of rows
                return None
            counts.append(count)
        return prod(counts)


def sql_reach(change: UpdateRows | DeleteRows, table: Table, semantics: Semantics) -> Reach:
    """What the conditions of a change reach as SQL means them."""
    domains = ColumnDomains(table, semantics, (change.alias,))
    keys = table.unique_keys if semantics.keeps_unique else (table.primary_key,)

    def told(where: Predicate) -> Iterator[Told]:
        for part in where.parts if isinstance(where, And) else (where,):
            arms = tuple(tuple(told(arm)) for arm in part.parts) if isinstance(part, Or) else ()
            yield Told(domains.of(part), part, arms, _by_sub_query(part) if semantics.limits_hold else None)

    def _by_sub_query(part: Predicate) -> int | None:
        match part:
            case In(value=ColumnRef() as ref, items=(Query(limit=int() as limit),), negated=False):
                column = domains.column(ref)
                return limit if column is not None and (column.name,) in keys else None
            case _:
                return None

    limit = change.limit if semantics.limits_hold else None
    return Reach(() if change.where is None else tuple(told(change.where)), domains, keys, limit)
