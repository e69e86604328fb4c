"""The way that the engine takes to the rows of a table: by the key, by a range of the key, by an index, or by all rows.

Source: kimberlite-query 0.9.1 src/planner.rs (`analyze_access_path`, `compute_range_bounds`, `find_usable_indexes`,
`select_best_index`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

import msgspec

from kmblint.schema.catalog import Index, Table
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.planner.conditions import Condition, Test
from kmblint.targets.kimberlite.typed import Typed, encode, successor
from kmblint.targets.outcome import Way


class Bound(msgspec.Struct, frozen=True):
    """One end of a range, and the condition that set it last."""

    value: Typed
    inclusive: bool
    test: Test


class Range(msgspec.Struct, frozen=True):
    """The keys from `start` up to, and without, `end`; None is no end on that side."""

    low: Bound | None
    high: Bound | None
    start: bytes | None
    end: bytes | None

    contradiction: bool = False
    """Whether the planner sees that the ends exclude one another; it doesn't of `n > 5 AND n < 6`."""

    def holds(self, key: bytes) -> bool:
        """Whether a key, or one that it begins, lies inside."""
        return (self.start is None or key >= self.start) and (self.end is None or key < self.end)

    def covers(self, first: bytes, behind: bytes) -> bool:
        """Whether every key from `first` up to, and without, `behind` lies inside."""
        return (self.start is None or self.start <= first) and (self.end is None or self.end >= behind)


class Point(msgspec.Struct, frozen=True):
    """One row by its whole key; every other condition is dropped."""

    key: bytes
    values: tuple[Typed, ...]
    tests: tuple[Test, ...]
    """The `=` on each column of the key that counts."""
    ignored: tuple[Condition, ...]
    residue: tuple[Condition, ...] = ()


class KeyRange(msgspec.Struct, frozen=True):
    """The rows in a range of a key of one column."""

    column: str
    range: Range
    ignored: tuple[Condition, ...]
    """What a later condition on the column has overwritten."""
    residue: tuple[Condition, ...]


class IndexRange(msgspec.Struct, frozen=True):
    """The rows in a range of the first column of an index."""

    index: Index
    column: str
    range: Range
    ignored: tuple[Condition, ...]
    """What a later condition on the column has overwritten, and what is said of the further columns of the index."""
    residue: tuple[Condition, ...]


class Scan(msgspec.Struct, frozen=True):
    """Every row of the table; none where the bounds of the key exclude one another (`contradiction`)."""

    residue: tuple[Condition, ...]
    ignored: tuple[Condition, ...] = ()
    contradiction: bool = False


AccessPath: TypeAlias = Point | KeyRange | IndexRange | Scan


def way_of(path: AccessPath, facts: Facts) -> Way:
    """A path in the words that every target has."""
    compares = bool(path.residue)
    match path:
        case Point():
            return Way("key")
        case KeyRange(column=column):
            return Way("key range", column, "", facts.range_rows, compares)
        case IndexRange(index=index, column=column):
            return Way("index range", column, index.name, facts.range_rows, compares)
        case Scan():
            return Way("scan", "", "", facts.scanned_rows, compares)


def access_path(table: Table, conditions: tuple[Condition, ...], indexes: Iterable[Index], facts: Facts) -> AccessPath:
    """The path that the engine chooses; `indexes` are those that are registered on the table's name."""
    key = table.primary_key
    if key and (point := _point(key, conditions, facts)):
        return point
    if len(key) == 1:
        range_, overwritten, rest = _bounds(conditions, key[0], facts)
        if range_.contradiction:
            return Scan((), conditions, contradiction=True)
        if range_.start is not None or range_.end is not None:
            others = tuple(each for each in conditions if not _is_on(each, key[0]))
            return KeyRange(key[0], range_, overwritten, (*others, *rest))
    best = _best_index(table, conditions, indexes, facts)
    return best or Scan(conditions)


def _is_on(condition: Condition, column: str) -> bool:
    return isinstance(condition, Test) and condition.column == column


def _point(key: tuple[str, ...], conditions: tuple[Condition, ...], facts: Facts) -> Point | None:
    wanted: dict[str, Test] = {}
    for condition in conditions:
        if isinstance(condition, Test) and condition.operator == "=" and condition.column in key:
            wanted[condition.column] = condition
    if len(wanted) < len(set(key)):
        return None
    tests = tuple(wanted[name] for name in key)
    values = tuple(test.values[0] for test in tests)
    used = [id(test) for test in tests]
    return Point(encode(values, facts), values, tests, tuple(each for each in conditions if id(each) not in used))


def _bounds(
    conditions: tuple[Condition, ...], column: str, facts: Facts
) -> tuple[Range, tuple[Condition, ...], tuple[Condition, ...]]:
    """The range that the conditions on a column set, what of them is overwritten, and what no range can say."""
    low: Bound | None = None
    high: Bound | None = None
    serving: list[Test] = []
    rest: list[Condition] = []
    for test in conditions:
        if not isinstance(test, Test) or test.column != column:
            continue
        if test.operator not in facts.bounding:
            rest.append(test)
            continue
        serving.append(test)
        bound = Bound(test.values[0], test.operator in {"=", ">=", "<="}, test)
        if test.operator in {"=", ">", ">="}:
            low = bound
        if test.operator in {"=", "<", "<="}:
            high = bound
    end = _end(high, facts)
    excluded = low is not None and end is not None and encode((low.value,), facts) >= end
    range_ = Range(low, high, _start(low, facts), end, excluded)
    kept = {id(bound.test) for bound in (low, high) if bound}
    halved = {id(test) for test in serving if test.operator == "=" and (low is None or low.test is not test)}
    halved |= {id(test) for test in serving if test.operator == "=" and (high is None or high.test is not test)}
    overwritten = tuple(test for test in serving if id(test) not in kept or id(test) in halved)
    return range_, overwritten, tuple(rest)


def _start(low: Bound | None, facts: Facts) -> bytes | None:
    if low is None:
        return None
    key = encode((low.value,), facts)
    return key if low.inclusive else successor(key)


def _end(high: Bound | None, facts: Facts) -> bytes | None:
    if high is None:
        return None
    key = encode((high.value,), facts)
    return successor(key) if high.inclusive else key


def _best_index(
    table: Table, conditions: tuple[Condition, ...], indexes: Iterable[Index], facts: Facts
) -> IndexRange | None:
    def number(index: Index) -> int:
        return index_number(facts.tenant, table.name, index.name)

    tested = {each.column for each in conditions if isinstance(each, Test)}
    known = list(indexes)
    if len(known) > facts.usable_indexes:
        known = sorted(known, key=number)[: facts.usable_indexes]
    serving = [index for index in known if index.columns and index.columns[0] in tested]
    if serving[1:]:  # a number is dear, and tells of several alone
        serving.sort(key=number)
    ranked: list[tuple[tuple[int, int, int], IndexRange]] = []
    for index in serving:
        first = index.columns[0]
        assert first is not None
        range_, overwritten, rest = _bounds(conditions, first, facts)
        if (range_.start is None and range_.end is None) or range_.contradiction:
            continue
        inside = set(index.columns)
        others = tuple(each for each in conditions if not (isinstance(each, Test) and each.column in inside))
        later = inside - {first}
        swallowed = tuple(each for each in conditions if isinstance(each, Test) and each.column in later)
        path = IndexRange(index, first, range_, (*overwritten, *swallowed), (*others, *rest))
        ranked.append(((-_score(index, conditions, facts), len(path.residue), len(index.columns)), path))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _score(index: Index, conditions: tuple[Condition, ...], facts: Facts) -> int:
    score = 0
    for column in index.columns[: facts.scored_columns]:
        for test in conditions:
            if isinstance(test, Test) and test.column == column:
                other = facts.range_score if test.operator in facts.bounding else facts.other_score
                score += facts.equal_score if test.operator == "=" else other
    return score


@lru_cache(maxsize=8192)  # all indexes of a table are asked about at each statement on it, and it may have 4,096
def index_number(tenant: int, table: str, index: str) -> int:
    """The number under which an index is registered: of two that serve equally well, the lesser is taken.

    It is a hash of the names (Rust's `DefaultHasher`, SipHash-1-3 without a key).
    """
    table_number = _siphash(tenant.to_bytes(8, "little") + table.encode("utf-8", "surrogatepass") + b"\xff")
    return _siphash(table_number.to_bytes(8, "little") + index.encode("utf-8", "surrogatepass") + b"\xff")


def _siphash(data: bytes) -> int:
    a, b, c, d = 0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573
    mask = 2**64 - 1

    def rounds(count: int) -> None:
        nonlocal a, b, c, d
        for _ in range(count):
            a, c = (a + b) & mask, (c + d) & mask
            b, d = _rotated(b, 13) ^ a, _rotated(d, 16) ^ c
            a = _rotated(a, 32)
            c, a = (c + b) & mask, (a + d) & mask
            b, d = _rotated(b, 17) ^ c, _rotated(d, 21) ^ a
            c = _rotated(c, 32)

    padded = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) % 256])
    for start in range(0, len(padded), 8):
        word = int.from_bytes(padded[start : start + 8], "little")
        d ^= word
        rounds(1)
        a ^= word
    c ^= 0xFF
    rounds(3)
    return a ^ b ^ c ^ d


def _rotated(word: int, by: int) -> int:
    return ((word << by) | (word >> (64 - by))) & (2**64 - 1)
