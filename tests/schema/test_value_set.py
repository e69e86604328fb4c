"""Sets of values, held against plain sets of all that lies at, between and beyond their bounds."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from kmblint.schema.value_set import (
    EMPTY,
    FULL,
    NULLS,
    Bound,
    Interval,
    ValueSet,
    below,
    intersection,
    point,
    since,
    union,
)

BOUNDS: tuple[Bound, ...] = (0, 1, 2, "b", "d")
VALUES: tuple[Bound, ...] = (*(Decimal(half) / 2 for half in range(-1, 6)), "a", "b", "c", "d", "e")
"""What the bounds are among, and what lies on either side of each."""


def drawn(draw: random.Random, depth: int) -> tuple[ValueSet, set[Bound], bool]:
    """A set, which of the values belong to it, and whether NULL does."""
    if not depth:
        bound, inclusive, null = draw.choice(BOUNDS), draw.random() < 0.5, draw.random() < 0.5
        made = draw.choice([
            (point(bound, discrete=False), {each for each in VALUES if each == bound}, False),
            (below(bound, inclusive=inclusive, null=null, discrete=False), _below(bound, inclusive), null),
            (since(bound, inclusive=inclusive, discrete=False), {*VALUES} - _below(bound, not inclusive), False),
            (NULLS, set(), True), (FULL, {*VALUES}, False), (EMPTY, set(), False),
        ])  # fmt: skip
        return made[0], set(made[1]), made[2]
    one, first, null = drawn(draw, depth - 1)
    two, second, other = drawn(draw, depth - 1)
    return draw.choice([
        (union([one, two]), first | second, null or other), (intersection([one, two]), first & second, null and other),
        (one.complement(), {*VALUES} - first, False), (one.without_null(), first, False),
    ])  # fmt: skip


def _below(bound: Bound, inclusive: bool) -> set[Bound]:
    """Every number is smaller than every text."""
    smaller = VALUES[: [each == bound for each in VALUES].index(True) + inclusive]
    return {*smaller}


def test_sets_are_sets() -> None:
    draw = random.Random(1)  # noqa: S311 -- tests, not secrets
    seen: dict[tuple[frozenset[Bound], bool], ValueSet] = {}
    for number in range(3000):
        made, members, null = drawn(draw, number % 4)
        assert {value for value in VALUES if made.holds(value)} == members
        assert made.null is null
        assert made.is_empty is (not members and not null)
        assert made.is_full is (members == {*VALUES})
        assert seen.setdefault((frozenset(members), null), made) == made, "one set is written in one way"
    assert len(seen) > 100


def test_over_whole_numbers_bounds_meet_that_leave_no_number_between_them() -> None:
    assert union([below(4, inclusive=True, null=False, discrete=True), since(5, inclusive=True, discrete=True)]) == FULL
    assert below(5, inclusive=False, null=True, discrete=True) == below(4, inclusive=True, null=True, discrete=True)
    assert since(5, inclusive=False, discrete=True) == since(6, inclusive=True, discrete=True)
    assert union([point(4, discrete=True), point(5, discrete=True)]).intervals == (Interval(4, 6, True, False),)
    assert not point(4, discrete=True).holds(5)
    assert point("b", discrete=True) == point("b", discrete=False)


@pytest.mark.parametrize(
    ("made", "discrete", "count"),
    [
        (EMPTY, True, 0), (NULLS, False, 1), (FULL, True, None), (point(4, discrete=True), True, 1),
        (union([point(4, discrete=True), point(7, discrete=True), NULLS]), True, 3),
        (union([point("a", discrete=False), point("b", discrete=False)]), False, 2),
        (intersection([since(2, inclusive=True, discrete=True), below(9, inclusive=True, null=False, discrete=True)]),
         True, 8),
        (intersection([since(2, inclusive=True, discrete=False), below(9, inclusive=True, null=False, discrete=False)]),
         False, None),
        (since("a", inclusive=True, discrete=True).both(below("b", inclusive=True, null=False, discrete=True)),
         True, None),
        (since(2, inclusive=True, discrete=True), True, None),
        (below(2, inclusive=True, null=False, discrete=True), True, None),
    ],
)  # fmt: skip
def test_how_many_values_belong_to_a_set(made: ValueSet, discrete: bool, count: int | None) -> None:
    assert made.count(discrete=discrete) == count


@pytest.mark.parametrize(
    ("made", "held"),
    [
        (FULL, FULL), (NULLS, NULLS), (point(1, discrete=False), ValueSet((Interval(True, True),))),
        (since(0, inclusive=True, discrete=False), FULL),
        (since(1, inclusive=True, discrete=False), ValueSet((Interval(True, True),))),
        (below(1, inclusive=False, null=True, discrete=False), ValueSet((Interval(False, False),), null=True)),
        (union([point(0, discrete=False), point(1, discrete=False), NULLS]), ValueSet(FULL.intervals, null=True)),
        (point(2, discrete=False), EMPTY),
    ],
)  # fmt: skip
def test_a_boolean_column_has_two_values(made: ValueSet, held: ValueSet) -> None:
    assert made.within_booleans() == held
