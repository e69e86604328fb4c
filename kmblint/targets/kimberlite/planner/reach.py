"""What a path says of every row that it reaches, as facts: of its bounds, and of the conditions that are left."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.schema.catalog import Table
from kmblint.schema.domains import Domains, Fact, Truth
from kmblint.schema.predicate import MIRRORED, ColumnRef, column_refs
from kmblint.schema.reach import Reach, Told
from kmblint.schema.types import DataType
from kmblint.schema.value_set import ValueSet, intersection, union
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.planner.conditions import Computed, Condition, Either, Test, Unknown
from kmblint.targets.kimberlite.planner.matching import matches
from kmblint.targets.kimberlite.planner.path import AccessPath, Bound, IndexRange, KeyRange, Point, Range, Scan
from kmblint.targets.kimberlite.planner.sets import by_comparison, by_computing, by_range, meant
from kmblint.targets.kimberlite.typed import Typed, encode, of_literal, successor
from kmblint.targets.kimberlite.values import stored_in


class _Answers:
    """What was asked already of a statement; tests and ranges are kept with it, so that no other can have their id."""

    __slots__ = ("compared", "ranges", "types")

    def __init__(self) -> None:
        self.types: dict[str, DataType | None] = {}
        self.compared: dict[int, tuple[Test, ValueSet | None]] = {}
        self.ranges: dict[tuple[str, int], tuple[Range, ValueSet | None]] = {}


class EngineDomains(Domains):
    """What the engine's conditions tell of the columns of a table, in which only key columns are never NULL."""

    def __init__(self, table: Table, facts: Facts) -> None:
        super().__init__(table, keeps_not_null=False)
        self.table = table
        self.facts = facts
        self._answers = _Answers()

    def forget(self) -> None:
        """Lets the answers go: the hazards of a statement ask the same again and again, and hardly anybody later."""
        self._answers = _Answers()

    def reach(self, path: AccessPath) -> Reach:
        """What a path reaches; the primary key is the only key that holds."""
        return Reach(tuple(self._told(path)), self, (self.table.primary_key,))

    def _told(self, path: AccessPath) -> Iterator[Told]:
        match path:
            case Point(values=values, tests=tests):
                for name, value, test in zip(self.table.primary_key, values, tests, strict=True):
                    yield Told(self._in(name, self._exactly(value, test)), test.source)
            case KeyRange(column=column, range=range_) | IndexRange(column=column, range=range_):
                bound = range_.high or range_.low
                assert bound is not None
                yield Told(self._in(column, range_), bound.test.source)
            case Scan(contradiction=True, ignored=ignored):
                yield from (Told(Truth(False), each.source) for each in ignored[-1:])
        yield from (self.told(each) for each in path.residue)

    def _exactly(self, value: Typed, test: Test) -> Range:
        bound, key = Bound(value, True, test), encode((value,), self.facts)
        return Range(bound, bound, key, successor(key))

    def in_range(self, name: str, range_: Range) -> ValueSet | None:
        """What a range of a key or an index lets through of its first column."""
        known = self._answers.ranges.get((name, id(range_)))
        if known is None:
            stored = self.stored(name)
            known = range_, by_range(range_, stored, self.facts) if stored else None
            self._answers.ranges[name, id(range_)] = known
        return known[1]

    def _in(self, name: str, range_: Range) -> Fact | None:
        values = self.in_range(name, range_)
        return None if values is None else self.on(name, values)

    def told(self, condition: Condition) -> Told:
        """What a condition tells that is compared row by row."""
        match condition:
            case Test(column=name):
                values = self.compared(condition)
                return Told(None if values is None else self.on(name, values), condition.source)
            case Either(arms=arms):
                told_arms = tuple(tuple(map(self.told, arm)) for arm in arms)
                facts = [self.joined((told.fact for told in arm), intersection, absorbing=False) for arm in told_arms]
                return Told(self.joined(facts, union, absorbing=True), condition.source, told_arms)
            case Computed():
                if not any(column_refs(condition.source)):
                    holds = matches({}, condition, self.facts)
                    return Told(None if holds is None else Truth(holds), condition.source)
                reached = self.computed(condition)
                return Told(None if reached is None else self.on(*reached), condition.source)
            case Unknown():
                return Told(None, condition.source)

    def compared(self, test: Test) -> ValueSet | None:
        """What a test lets through row by row."""
        known = self._answers.compared.get(id(test))
        if known is None:
            stored = self.stored(test.column)
            known = test, by_comparison(test, stored, self.facts) if stored else None
            self._answers.compared[id(test)] = known
        return known[1]

    def computed(self, condition: Computed) -> tuple[str, ValueSet] | None:
        """The column that is computed with a literal, and what that lets through; None for all other expressions."""
        sides = literal_beside(condition)
        stored = self.stored(sides[0]) if sides else None
        if sides is None or stored is None:
            return None
        return sides[0], by_computing(sides[1], sides[2], stored, self.facts)

    def meant(self, name: str, operator: str, values: tuple[Typed, ...]) -> ValueSet | None:
        """What SQL means by a comparison of a column."""
        stored = self.stored(name)
        return meant(operator, values, stored) if stored else None

    def stored(self, name: str) -> DataType | None:
        """The type that the engine keeps of a column; None where there is none of that name, or its type is refused."""
        types = self._answers.types
        if name not in types:
            types[name] = stored_in(self.table, name, self.facts)
        return types[name]


def literal_beside(condition: Computed) -> tuple[str, str, Typed] | None:
    """The column, the operator as it reads with the column first, and the literal; None where it isn't these two."""
    left, right = condition.left, condition.right
    if isinstance(left, ColumnRef) and (value := of_literal(right)) is not None:
        return left.name, condition.operator, value
    if isinstance(right, ColumnRef) and (value := of_literal(left)) is not None:
        return right.name, MIRRORED[condition.operator], value
    return None
