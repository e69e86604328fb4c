"""Where a statement reaches other rows than it says: what its path ignores, leaves open, or can't compare.

Each judgement holds the values that the engine lets through against those that SQL means.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import Final

import msgspec

from kmblint.schema.catalog import Index, Table
from kmblint.schema.predicate import Predicate, column_refs
from kmblint.schema.reach import Reach
from kmblint.schema.types import DataType
from kmblint.schema.value_set import EMPTY, FULL, NULLS, ValueSet
from kmblint.targets.kimberlite.facts import Facts, Kind
from kmblint.targets.kimberlite.planner.conditions import Computed, Condition, Either, Test, conditions_of
from kmblint.targets.kimberlite.planner.nulls import beyond_null, null_rows
from kmblint.targets.kimberlite.planner.path import (
    AccessPath,
    Bound,
    IndexRange,
    KeyRange,
    Point,
    Range,
    Scan,
    access_path,
)
from kmblint.targets.kimberlite.planner.reach import EngineDomains, literal_beside
from kmblint.targets.kimberlite.planner.sets import compared_kind, indexed_kind
from kmblint.targets.kimberlite.typed import Typed
from kmblint.targets.verdict import (
    BlindComparison,
    Finds,
    Hazard,
    IgnoredCondition,
    OpenBound,
    OverwrittenCondition,
)

COMPARING: Final = frozenset({Kind.BIGINT, Kind.TEXT, Kind.BOOLEAN})
"""Kinds that literals have too, so that a column of them compares with one."""


class Statement(msgspec.Struct, frozen=True, dict=True):
    """The condition of a data change on a table, and the path that the engine takes for it."""

    table: Table
    where: Predicate | None
    indexes: tuple[Index, ...]
    facts: Facts

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions as the engine takes them apart."""
        return conditions_of(self.where)

    def path(self) -> AccessPath:
        """The path."""
        return access_path(self.table, self.conditions, self.indexes, self.facts)


class Judged(msgspec.Struct, frozen=True):
    """What a statement reaches, and how that differs from what it says."""

    statement: Statement
    path: AccessPath
    reach: Reach
    hazards: tuple[Hazard, ...]


def judge(statement: Statement) -> Judged:
    """The path of a statement, what it reaches, and its hazards without advice."""
    path = statement.path()
    domains = EngineDomains(statement.table, statement.facts)
    reach = domains.reach(path)
    hazards: tuple[Hazard, ...] = ()
    if statement.where is not None:
        hazards = tuple(_Judge(statement, path, domains, reach).hazards(statement.conditions))
    domains.forget()  # the reach keeps them, and is kept with the step
    return Judged(statement, path, reach, hazards)


class _Judge:
    """Goes through the conditions of one statement."""

    def __init__(self, statement: Statement, path: AccessPath, domains: EngineDomains, reach: Reach) -> None:
        self._table = statement.table
        self._path = path
        self._domains = domains
        self._reach = reach
        self._facts = statement.facts

    def hazards(self, conditions: tuple[Condition, ...]) -> Iterator[Hazard]:
        yield from self._ignored()
        if isinstance(self._path, KeyRange | IndexRange):
            yield from self._of_range(self._path)
        elif isinstance(self._path, Point):
            for name, test in zip(self._table.primary_key, self._path.tests, strict=True):
                yield from self._of_bounds(name, (test,), EMPTY if self._reach.no_row else FULL, by_index=None)
        elif self._path.contradiction:
            key = self._table.primary_key[0]
            on_key = (each for each in self._path.ignored if isinstance(each, Test) and each.column == key)
            tests = tuple(each for each in on_key if each.operator in self._facts.bounding)
            yield from self._of_bounds(key, tests, EMPTY, by_index=None)
        yield from self._of_conditions(self._path.residue, under_or=False)
        yield from null_rows(self._path, self._domains, conditions)
        yield from beyond_null(self._path, self._domains)

    # --- what is left out ---------------------------------------------------------------------------------------------

    def _ignored(self) -> Iterator[Hazard]:
        path = self._path
        if isinstance(path, Point):
            for condition in path.ignored:
                if any(column_refs(condition.source)) and not self._implied(condition):
                    yield IgnoredCondition(condition.source.span, None)
        elif isinstance(path, KeyRange | IndexRange):
            seen: set[int] = set()
            for condition in path.ignored:
                assert isinstance(condition, Test)
                if id(condition.source) in seen or self._implied(condition):
                    continue
                seen.add(id(condition.source))
                if condition.column == path.column:
                    by = (path.range.high if condition.operator in {"<", "<="} else path.range.low) or path.range.high
                    assert by is not None
                    by = path.range.high if by.test is condition and path.range.high else by
                    yield OverwrittenCondition(condition.column, condition.source.span, by.test.source.span)
                elif isinstance(path, IndexRange):
                    yield IgnoredCondition(condition.source.span, path.index.name)

    def _implied(self, ignored: Condition) -> bool:
        """Whether every row that is reached meets an ignored condition all the same."""
        if not isinstance(ignored, Test):
            return False
        reached = self._reach.allowed(ignored.column)
        meant = self._domains.meant(ignored.column, ignored.operator, ignored.values)
        if self._reach.no_row:
            return True
        return reached is not None and meant is not None and reached.both(meant) == reached

    # --- bounds -------------------------------------------------------------------------------------------------------

    def _of_range(self, path: KeyRange | IndexRange) -> Iterator[Hazard]:
        index = path.index.name if isinstance(path, IndexRange) else None
        bounds = [bound for bound in (path.range.low, path.range.high) if bound is not None]
        opened = [bound for bound in bounds if self._is_open(path.column, path.range, bound)]
        for bound in opened[:1]:
            yield self._open(path.column, path.range, bound, index)
        if not opened:
            tests = {id(bound.test): bound.test for bound in bounds}
            reached = self._domains.in_range(path.column, path.range)
            yield from self._of_bounds(path.column, tuple(tests.values()), reached, by_index=index)

    def _is_open(self, name: str, range_: Range, bound: Bound) -> bool:
        """Whether a bound is of another kind than the column, and beyond all its values."""
        kind = self._indexed_kind(name)
        if (
            kind is None
            or bound.value.kind in {kind, Kind.NULL}
            or self._domains.in_range(name, range_) in {None, ValueSet()}
        ):
            return False
        tags = self._facts.tags
        above = tags[bound.value.kind] > tags[kind]
        return (bound is range_.high and above) or (bound is range_.low and not above)

    def _open(self, name: str, range_: Range, bound: Bound, index: str | None) -> OpenBound:
        reached = self._domains.in_range(name, range_)
        is_key = name in self._table.primary_key
        return OpenBound(
            name, bound.test.source.span, bound.value.kind.name, above=bound is range_.high, index=index,
            every=reached is not None and reached.is_full, nulls=reached is not None and reached.null and not is_key,
        )  # fmt: skip

    def _of_bounds(
        self, name: str, tests: tuple[Test, ...], values: ValueSet | None, *, by_index: str | None
    ) -> Iterator[Hazard]:
        """Bounds that find nothing, or compare decimals and UUIDs as texts."""
        stored = self._stored(name)
        kind = self._indexed_kind(name)
        if stored is None or kind is None:
            return
        for test in tests:
            value = test.values[0]
            if value.kind is Kind.NULL:
                continue
            if value.kind is not kind:
                if values in {EMPTY, NULLS}:
                    foreign = compared_kind(stored) in COMPARING
                    finds = Finds.NULLS if values == NULLS else Finds.NOTHING
                    yield self._blind(name, test.operator, test.source, finds, foreign=foreign, way=by_index or "key")
                    return
            elif (stored.name == "UUID" and not _is_plain_uuid(value)) or (
                stored.name == "DECIMAL" and not (test.operator == "=" and self._is_exact(value, stored))
            ):
                yield self._blind(name, test.operator, test.source, Finds.OTHER, foreign=False, way=by_index or "key")
                return

    def _is_exact(self, value: Typed, stored: DataType) -> bool:
        """Whether a quoted number has exactly the digits of a decimal's scale: most decimals are written so."""
        return isinstance(value.value, str) and len(value.value.partition(".")[2]) == stored.arguments[1]

    # --- row by row ---------------------------------------------------------------------------------------------------

    def _of_conditions(self, conditions: tuple[Condition, ...], *, under_or: bool) -> Iterator[Hazard]:
        for _, of_one in groupby(conditions, key=lambda each: id(each.source)):
            first, *second = of_one
            if second:
                yield from self._between(first, *second, under_or=under_or)
            else:
                yield from self._of_condition(first, under_or=under_or)

    def _between(self, low: Condition, high: Condition, *, under_or: bool) -> Iterator[Hazard]:
        """BETWEEN, of which the engine makes two conditions."""
        assert isinstance(low, Test)
        assert isinstance(high, Test)
        sets = (self._domains.compared(low), self._domains.compared(high))
        reached = None if sets[0] is None or sets[1] is None else sets[0].both(sets[1])
        yield from self._compared(
            low.column, "BETWEEN", (*low.values, *high.values), reached, low.source, under_or=under_or
        )

    def _of_condition(self, condition: Condition, *, under_or: bool) -> Iterator[Hazard]:
        match condition:
            case Either(arms=arms):
                for arm in arms:
                    yield from self._of_conditions(arm, under_or=True)
            case Test(column=name, operator=operator, values=values):
                yield from self._compared(
                    name, operator, values, self._domains.compared(condition), condition.source, under_or=under_or
                )
            case Computed():
                sides, reached = literal_beside(condition), self._domains.computed(condition)
                if sides and reached:
                    name, operator, value = sides
                    yield from self._compared(
                        name, operator, (value,), reached[1], condition.source, under_or=under_or, computed=True
                    )

    def _compared(
        self,
        name: str,
        operator: str,
        values: tuple[Typed, ...],
        reached: ValueSet | None,
        source: Predicate,
        *,
        under_or: bool,
        computed: bool = False,
    ) -> Iterator[BlindComparison]:
        stored = self._stored(name)
        if operator in {"IN", "NOT IN"} and reached is not None:
            values, reached = tuple(each for each in values if each.kind is not Kind.NULL), reached.without_null()
        if stored is None or reached is None or not values or any(value.kind is Kind.NULL for value in values):
            return
        meant = self._domains.meant(name, operator, values)
        if operator in {"IS NULL", "IS NOT NULL"} or (meant is not None and reached.without_null() == meant):
            return
        if meant is None and reached.without_null() not in {ValueSet(), *((reached,) if reached.is_full else ())}:
            return
        own = compared_kind(stored)
        foreign = own in COMPARING and any(value.kind is not own for value in values)
        finds = Finds.OTHER
        if reached.is_empty:
            finds = Finds.NOTHING
        elif reached == NULLS:
            finds = Finds.NULLS
        elif reached.is_full:
            finds = Finds.ALL
        way = "or" if under_or else "computed" if computed else self._way()
        yield self._blind(name, operator, source, finds, foreign=foreign, way=way)

    def _way(self) -> str:
        match self._path:
            case KeyRange():
                return "key range"
            case IndexRange(index=index):
                return f"index {index.name}"
            case Point() | Scan():
                return "scan"

    def _blind(
        self, name: str, operator: str, source: Predicate, finds: Finds, *, foreign: bool, way: str
    ) -> BlindComparison:
        alone = self._reach.no_row
        return BlindComparison(name, source.span, operator, way, finds=finds, foreign=foreign, alone=alone)

    # --- words --------------------------------------------------------------------------------------------------------

    def _stored(self, name: str) -> DataType | None:
        return self._domains.stored(name)

    def _indexed_kind(self, name: str) -> Kind | None:
        stored = self._stored(name)
        return indexed_kind(stored) if stored else None


def _is_plain_uuid(value: Typed) -> bool:
    """Whether a text is a UUID as most are kept: in small letters, with its dashes."""
    text = value.value
    return isinstance(text, str) and len(text) == 36 and text == text.lower() and text.count("-") == 4


__all__ = ["Judged", "Statement", "judge"]
