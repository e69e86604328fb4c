"""Sets of values that a column may have: disjoint intervals of numbers or of texts, and NULL or not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Decimal
from functools import cmp_to_key
from typing import TypeAlias

import msgspec

Bound: TypeAlias = int | Decimal | str


class Interval(msgspec.Struct, frozen=True):
    """The values from `low` to `high`; None is no bound on that side."""

    low: Bound | None = None
    high: Bound | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether no value lies inside."""
        if self.low is None or self.high is None:
            return False
        if _comparable(self.low, self.high) and self.low == self.high:
            return not (self.low_inclusive and self.high_inclusive)
        return _less(self.high, self.low)


class ValueSet(msgspec.Struct, frozen=True):
    """Disjoint intervals in ascending order, and whether NULL belongs to the set.

    Numbers and texts never meet in one column that compares; where they do, numbers count as smaller.
    """

    intervals: tuple[Interval, ...] = ()
    null: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing belongs to it."""
        return not self.intervals and not self.null

    @property
    def is_full(self) -> bool:
        """Whether every value but perhaps NULL belongs to it."""
        intervals = self.intervals  # disjoint, so that one without bounds stands alone
        return len(intervals) == 1 and intervals[0].low is None and intervals[0].high is None

    def holds(self, value: Bound) -> bool:
        """Whether a value belongs to it."""
        number = bisect_left(self.intervals, True, key=lambda each: not _ends_before(each, value))
        return number < len(self.intervals) and _holds(self.intervals[number], value)

    def both(self, other: ValueSet) -> ValueSet:
        """What belongs to this set and to the other."""
        met: list[Interval] = []
        mine, theirs = 0, 0
        while mine < len(self.intervals) and theirs < len(other.intervals):
            one, two = self.intervals[mine], other.intervals[theirs]
            met.append(_meet(one, two))
            if _ends_first(one, two):
                mine += 1
            else:
                theirs += 1
        return ValueSet(_merged(each for each in met if not each.is_empty), self.null and other.null)

    def complement(self) -> ValueSet:
        """The values that don't belong to it; never NULL, for the negation of an unknown stays unknown."""
        outside: list[Interval] = []
        low: Bound | None = None
        inclusive = True
        for interval in self.intervals:
            if interval.low is not None:
                outside.append(Interval(low, interval.low, inclusive, not interval.low_inclusive))
            if interval.high is None:
                return ValueSet(tuple(outside))
            low, inclusive = interval.high, not interval.high_inclusive
        return ValueSet((*outside, Interval(low, None, inclusive)))

    def without_null(self) -> ValueSet:
        """The same values, NULL left out."""
        return ValueSet(self.intervals)

    def within_booleans(self) -> ValueSet:
        """The set over a boolean column: full where both truths belong to it."""
        if self.is_full or not self.intervals:
            return self
        held = [value for value in (False, True) if any(_holds(interval, value) for interval in self.intervals)]
        if len(held) == 2:
            return ValueSet(FULL.intervals, self.null)
        return ValueSet(tuple(Interval(value, value) for value in held), self.null)

    def count(self, *, discrete: bool) -> int | None:
        """How many values belong to it; None where that can't be told (a range of what isn't whole numbers)."""
        total = int(self.null)
        for interval in self.intervals:
            if interval.low is not None and interval.low == interval.high:
                total += 1
            elif discrete and isinstance(interval.low, int) and isinstance(interval.high, int):
                total += interval.high - interval.low
            else:
                return None
        return total


FULL = ValueSet((Interval(),))
EMPTY = ValueSet()
NULLS = ValueSet((), null=True)


def union(sets: Iterable[ValueSet]) -> ValueSet:
    """What belongs to one of the sets."""
    sets = tuple(sets)
    return ValueSet(_merged(interval for each in sets for interval in each.intervals), any(each.null for each in sets))


def intersection(sets: Iterable[ValueSet]) -> ValueSet:
    """What belongs to all of the sets, of which there is one at least."""
    rest = list(sets)
    while len(rest) > 1:  # in pairs: one after the other, the sets of a long chain would be walked again and again
        rest = [one.both(two) for one, two in zip(rest[::2], rest[1::2], strict=False)] + rest[len(rest) & ~1 :]
    return rest[0]


def point(value: Bound, *, discrete: bool) -> ValueSet:
    """The set of one value; over whole numbers it reaches up to the next one, which it leaves out."""
    if discrete and isinstance(value, int):
        return ValueSet((Interval(value, value + 1, high_inclusive=False),))
    return ValueSet((Interval(value, value),))


def below(value: Bound, *, inclusive: bool, null: bool, discrete: bool) -> ValueSet:
    """The values up to one; over whole numbers `< 6` and `<= 5` are one set."""
    if discrete and inclusive and isinstance(value, int):
        value, inclusive = value + 1, False
    return ValueSet((Interval(None, value, high_inclusive=inclusive),), null)


def since(value: Bound, *, inclusive: bool, discrete: bool) -> ValueSet:
    """The values from one on; over whole numbers `> 5` and `>= 6` are one set."""
    if discrete and not inclusive and isinstance(value, int):
        value, inclusive = value + 1, True
    return ValueSet((Interval(value, None, low_inclusive=inclusive),))


def _comparable(left: Bound, right: Bound) -> bool:
    return isinstance(left, str) == isinstance(right, str)


def _less(left: Bound, right: Bound) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return left < right if isinstance(left, str) and isinstance(right, str) else isinstance(right, str)
    return left < right


def _holds(interval: Interval, value: Bound) -> bool:
    return not _meet(interval, Interval(value, value)).is_empty


def _meet(one: Interval, two: Interval) -> Interval:
    low, low_inclusive = one.low, one.low_inclusive
    if two.low is not None and (low is None or _less(low, two.low)):
        low, low_inclusive = two.low, two.low_inclusive
    elif two.low == low:
        low_inclusive = one.low_inclusive and two.low_inclusive
    high, high_inclusive = one.high, one.high_inclusive
    if two.high is not None and (high is None or _less(two.high, high)):
        high, high_inclusive = two.high, two.high_inclusive
    elif two.high == high:
        high_inclusive = one.high_inclusive and two.high_inclusive
    return Interval(low, high, low_inclusive, high_inclusive)


def _ends_before(interval: Interval, value: Bound) -> bool:
    if interval.high is None:
        return False
    return _less(interval.high, value) or (interval.high == value and not interval.high_inclusive)


def _ends_first(one: Interval, two: Interval) -> bool:
    """Whether an interval ends no later than another."""
    if one.high is None or two.high is None:
        return two.high is None
    if _less(one.high, two.high) or _less(two.high, one.high):
        return _less(one.high, two.high)
    return two.high_inclusive or not one.high_inclusive


def _order(one: Interval, two: Interval) -> int:
    if one.low is None or two.low is None:
        return (one.low is not None) - (two.low is not None)
    by_value = _less(two.low, one.low) - _less(one.low, two.low)
    return by_value or two.low_inclusive - one.low_inclusive


def _merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    intervals = tuple(intervals)
    if len(intervals) < 2:
        return intervals
    merged: list[Interval] = []
    for interval in sorted(intervals, key=cmp_to_key(_order)):
        if merged and _touch(merged[-1], interval):
            merged[-1] = _hull(merged[-1], interval)
        else:
            merged.append(interval)
    return tuple(merged)


def _touch(one: Interval, two: Interval) -> bool:
    """Whether two intervals, the lower first, overlap or meet without a hole."""
    if one.high is None or two.low is None:
        return True
    return _less(two.low, one.high) or (one.high == two.low and (one.high_inclusive or two.low_inclusive))


def _hull(one: Interval, two: Interval) -> Interval:
    high, inclusive = one.high, one.high_inclusive
    if high is None or two.high is None:
        return Interval(one.low, None, one.low_inclusive)
    if _less(high, two.high):
        high, inclusive = two.high, two.high_inclusive
    elif high == two.high:
        inclusive = inclusive or two.high_inclusive
    return Interval(one.low, high, one.low_inclusive, inclusive)
