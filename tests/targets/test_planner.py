"""The path that the engine chooses, and the order in which it encodes values (kimberlite-query 0.9.1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from kmblint.schema.catalog import Table
from kmblint.schema.changes import DeleteRows
from kmblint.targets.kimberlite.facts import Kind
from kmblint.targets.kimberlite.planner.conditions import conditions_of
from kmblint.targets.kimberlite.planner.path import (
    AccessPath,
    IndexRange,
    KeyRange,
    Point,
    Range,
    Scan,
    access_path,
    index_number,
)
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.kimberlite.typed import Typed, as_json, encode, order, successor
from tests.sql_catalog import catalog, changes

TABLE = """
CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT, q INTEGER, s TEXT);
CREATE INDEX t_n ON t (n);
CREATE INDEX t_q ON t (q);
CREATE INDEX t_n_s ON t (n, s);
"""
PAIRS = "CREATE TABLE t (a BIGINT, b BIGINT, n BIGINT, PRIMARY KEY (a, b)); CREATE INDEX t_n ON t (n, a);"


def path(where: str, schema: str = TABLE) -> AccessPath:
    table = catalog(schema).table("t")
    assert isinstance(table, Table)
    (change,) = changes(f"DELETE FROM t WHERE {where}")
    assert isinstance(change, DeleteRows)
    return access_path(table, conditions_of(change.where), table.indexes, RELEASE_0_9_1)


@pytest.mark.parametrize(
    ("where", "kind", "ignored", "residue"),
    [
        ("id = 1", Point, 0, 0),
        ("id = 1 AND n = 2 AND (q = 1 OR s = 'a')", Point, 2, 0),
        ("id = 1 AND id = 2", Point, 1, 0),
        ("id > 1 AND n = 2", KeyRange, 0, 1),
        ("id > 3 AND id > 1", KeyRange, 1, 0),
        ("id BETWEEN 1 AND 9 AND id <> 5", KeyRange, 0, 1),
        ("id IN (1, 2)", Scan, 0, 1),
        ("id IN (1, 2) AND q = 1", IndexRange, 0, 1),
        ("q = 1 OR n = 2", Scan, 0, 1),
        ("1 = id", Scan, 0, 1),
        ("id > 5 AND id < 3", Scan, 2, 0),
        ("q > 5 AND q < 3", Scan, 0, 2),
        ("q > 5 AND q < 6", IndexRange, 0, 0),
        ("q IS NULL", Scan, 0, 1),
        ("n = 1 AND s LIKE 'a%'", IndexRange, 1, 0),
        ("n = 1 AND 'a' = s", IndexRange, 0, 1),
        ("s = 'a'", Scan, 0, 1),
    ],
)
def test_the_path_and_what_it_leaves(where: str, kind: type, ignored: int, residue: int) -> None:
    found = path(where)
    assert (type(found), len(found.ignored), len(found.residue)) == (kind, ignored, residue)


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("n = 1", "t_n"),
        ("n = 1 AND s = 'a'", "t_n_s"),
        ("n > 1 AND q = 1", "t_q"),
        ("n > 1 AND s > 'a' AND q > 1", "t_n_s"),
        ("n > 1 AND s IN ('a') AND s LIKE 'a%' AND s IS NOT NULL AND q = 1", "t_q"),
    ],
)
def test_the_index_that_earns_most(where: str, index: str) -> None:
    found = path(where)
    assert isinstance(found, IndexRange)
    assert found.index.name == index


def test_only_so_many_indexes_are_looked_at() -> None:
    """In the order of their numbers, of which the names are made."""
    table = catalog(TABLE).table("t")
    assert table is not None
    in_order = sorted(table.indexes, key=lambda index: index_number(1, "t", index.name))
    columns = [index.columns[0] for index in in_order]
    looked_at = 0
    for column in ("n", "q"):
        (change,) = changes(f"DELETE FROM t WHERE {column} = 1")
        assert isinstance(change, DeleteRows)
        for most in (1, 2, 3):
            facts = replace(RELEASE_0_9_1, usable_indexes=most)
            found = access_path(table, conditions_of(change.where), table.indexes, facts)
            assert isinstance(found, IndexRange) == (column in columns[:most])
            looked_at += isinstance(found, IndexRange)
    assert looked_at < 6, "of one column too few are looked at"


def test_a_key_of_two_columns_has_no_ranges() -> None:
    assert isinstance(path("a = 1 AND b = 2", PAIRS), Point)
    assert isinstance(path("a = 1", PAIRS), Scan)
    found = path("n >= 1 AND a = 2", PAIRS)
    assert isinstance(found, IndexRange)
    assert len(found.ignored) == 1


def test_indexes_are_numbered_by_their_names() -> None:
    """What the engine calls the index in its refusal of a second one of that name."""
    index_number.cache_clear()  # else nothing is numbered here
    assert index_number(1, "patients", "patients_i1") == 474028672731238030


def ascending() -> Iterator[Typed]:
    yield Typed(Kind.NULL)
    yield from (Typed(Kind.BIGINT, number) for number in (-(2**63), -1, 0, 7, 2**63 - 1))
    yield from (Typed(Kind.TEXT, text) for text in ("", "\x00", "10", "9", "a", "é"))
    yield from (Typed(Kind.BOOLEAN, truth) for truth in (False, True))
    yield from (Typed(Kind.DECIMAL, digits, 2) for digits in (-150, 0, 150))


def test_kinds_are_encoded_one_after_the_other() -> None:
    keys = [encode((value,), RELEASE_0_9_1) for value in ascending()]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@given(st.binary(min_size=1, max_size=12), st.binary(max_size=4))
def test_a_successor_is_behind_all_that_a_key_begins(key: bytes, more: bytes) -> None:
    assume(key != b"\xff" * len(key))  # no tag is that high
    assert successor(key) > key + more


@pytest.mark.parametrize(
    ("digits", "scale", "kept"),
    [(150, 2, "1.50"), (-150, 2, "-1.50"), (-50, 2, "0.50"), (15, 0, "15.0"), (0, 2, "0.00")],
)
def test_how_a_fraction_is_stored(digits: int, scale: int, kept: str) -> None:
    assert as_json(Typed(Kind.DECIMAL, digits, scale)) == kept


def test_values_of_json_differ_as_json_does() -> None:
    """As the engine found two columns by `j <> k`: 1 is neither '1' nor TRUE."""
    values = [Typed(Kind.JSON, value) for value in (1, "1", True, "a")]
    assert [[order(one, two) == 0 for two in values] for one in values] == [
        [one is two for two in values] for one in values
    ]


def test_a_range_without_an_end_goes_on_for_ever() -> None:
    """On each of its two sides by itself."""
    low, high = b"\x02", b"\x04"
    both, above, below = (Range(None, None, *ends) for ends in ((low, high), (low, None), (None, high)))
    assert [each.holds(b"\x01") for each in (both, above, below)] == [False, False, True]
    assert [each.holds(low) for each in (both, above, below)] == [True, True, True]
    assert [each.holds(high) for each in (both, above, below)] == [False, True, False]
    assert [each.covers(low, high) for each in (both, above, below)] == [True, True, True]
    assert [each.covers(b"\x01", high) for each in (both, above, below)] == [False, False, True]
    assert [each.covers(low, b"\x05") for each in (both, above, below)] == [False, True, False]
