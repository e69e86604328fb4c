"""Whether a change copies all of a table or column, and whether a later one overwrites all that it set."""

from __future__ import annotations

import pytest

from kmblint.analysis.copies import copies_column, copies_table
from kmblint.analysis.overwriting import overwrites
from kmblint.schema.changes import Change
from tests.sql_catalog import catalog, changes

RIDES = catalog("""
    CREATE TABLE rides (id BIGINT PRIMARY KEY, fare BIGINT, tip BIGINT);
    CREATE TABLE trips (id BIGINT PRIMARY KEY, fare BIGINT, tip BIGINT, note TEXT);
""")


def only(sql: str) -> Change:
    (change,) = changes(sql)
    return change


@pytest.mark.parametrize(
    ("sql", "copied"),
    [
        ("INSERT INTO trips (id, fare, tip) SELECT id, fare, tip FROM rides", True),
        ("INSERT INTO trips SELECT *, NULL FROM rides", True),
        ("INSERT INTO trips (id, fare) SELECT id, fare FROM rides", False),
        ("INSERT INTO trips (id, fare, tip) SELECT id, fare, tip FROM rides WHERE fare > 0", False),
        ("INSERT INTO trips (id, fare, tip) SELECT id, fare, tip FROM rides LIMIT 10", False),
        ("INSERT INTO trips (id, fare, tip) VALUES (1, 2, 3)", False),
        ("DELETE FROM trips", False),
    ],
)
def test_a_whole_table(sql: str, *, copied: bool) -> None:
    rides = RIDES.table("rides")
    assert rides is not None
    assert copies_table(only(sql), rides, RIDES) is copied


@pytest.mark.parametrize(
    ("sql", "copied"),
    [
        ("UPDATE rides SET tip = fare", True),
        ("UPDATE rides SET tip = coalesce(fare, 0) WHERE tip IS NULL", True),
        ("UPDATE rides SET tip = fare WHERE fare IS NOT NULL", True),
        ("UPDATE rides SET tip = fare WHERE id < 100", False),
        ("UPDATE rides SET fare = fare", False),
        ("UPDATE rides SET tip = 1", False),
        ("UPDATE trips SET tip = fare", False),
    ],
)
def test_a_whole_column(sql: str, *, copied: bool) -> None:
    rides = RIDES.table("rides")
    assert rides is not None
    assert copies_column(only(sql), rides, "fare") is copied


@pytest.mark.parametrize(
    ("earlier", "later", "gone"),
    [
        ("UPDATE t SET a = 1 WHERE id = 1", "UPDATE t SET a = 2 WHERE id = 1", True),
        ("UPDATE t SET a = 1 WHERE id = 1", "UPDATE t SET a = 2, b = 3", True),
        ("UPDATE t SET a = 1 WHERE id = 1", "DELETE FROM t WHERE id = 1", True),
        ("UPDATE t SET a = 1, b = 2 WHERE id = 1", "UPDATE t SET a = 2 WHERE id = 1", False),
        ("UPDATE t SET a = 1 WHERE id = 1", "UPDATE t SET a = a + 1 WHERE id = 1", False),
        ("UPDATE t SET a = 1 WHERE a = 2", "UPDATE t SET a = 3 WHERE a = 2", False),
        ("UPDATE t SET a = 1", "UPDATE u SET a = 2", False),
        ("ALTER TABLE t ALTER COLUMN a SET DEFAULT 1", "ALTER TABLE t ALTER COLUMN a SET DEFAULT 2", True),
        ("ALTER TABLE t ALTER COLUMN a SET DEFAULT 1", "ALTER TABLE t ALTER COLUMN b SET DEFAULT 2", False),
    ],
)
def test_what_a_later_change_leaves_of_an_earlier_one(earlier: str, later: str, *, gone: bool) -> None:
    assert overwrites(only(earlier), only(later), same=True) is gone
