"""The literal keys that are known to be there."""

from __future__ import annotations

import pytest

from tests.sql_catalog import catalog

SHELVES = "CREATE TABLE shelves (room BIGINT, label TEXT, place BIGINT, PRIMARY KEY (room, place));"
PLANS = "CREATE TABLE plans (id BIGINT PRIMARY KEY, slug TEXT);"


def keys(sql: str, table: str) -> set[tuple[object, ...]]:
    found = catalog(sql).table(table)
    assert found is not None
    return set(found.rows)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO shelves VALUES (1, 'a', 2), (1, 'b', 3)", {(1, 2), (1, 3)}),
        ("INSERT INTO shelves (place, room) VALUES (2, 1)", {(1, 2)}),
        ("INSERT INTO shelves (room) VALUES (1)", set()),
        ("INSERT INTO shelves VALUES (1, 'a')", set()),
        ("INSERT INTO shelves VALUES (NULL, 'a', 2), (1, 'b', now())", set()),
        ("INSERT INTO shelves SELECT 1, 'a', 2", set()),
    ],
)
def test_inserted(sql: str, expected: set[tuple[object, ...]]) -> None:
    assert keys(SHELVES + sql, "shelves") == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("DELETE FROM plans WHERE id = 1", {2, 3}),
        ("DELETE FROM plans WHERE id IN (1, 3) AND slug = 'a'", {2, 3}),
        ("DELETE FROM plans WHERE slug = 'a'", {2, 3}),
        ("DELETE FROM plans WHERE lower(slug) = 'a'", set()),
        ("DELETE FROM plans WHERE id = 1 OR slug = 'a'", set()),
        ("DELETE FROM plans p WHERE p.id < 2 OR p.id = 3", {2}),
        ("DELETE FROM plans WHERE slug = 'c' AND id NOT IN (1, 2)", {1, 2}),
        ("DELETE FROM plans WHERE id BETWEEN 5 AND 9", {1, 2, 3}),
        ("DELETE FROM plans WHERE id = '1'", {2, 3}),
        ("DELETE FROM plans", set()),
        ("TRUNCATE plans", set()),
        ("UPDATE plans SET slug = 'b'", {1, 2, 3}),
        ("UPDATE plans SET id = 9 WHERE id = 1", set()),
        ("DROP TABLE plans; CREATE TABLE plans (id BIGINT PRIMARY KEY)", set()),
    ],
)
def test_taken_away(sql: str, expected: set[int]) -> None:
    rows = "INSERT INTO plans (id, slug) VALUES (1, 'a'), (2, 'b'), (3, 'c');"
    assert keys(PLANS + rows + sql, "plans") == {(key,) for key in expected}


def test_the_first_insertion_is_the_one_remembered() -> None:
    sql = f"{PLANS} {'INSERT INTO plans (id) VALUES (1);' * 2}"
    found = catalog(sql).table("plans")
    assert found is not None
    assert found.rows[(1,)].place.span.start == sql.index("(1)")
