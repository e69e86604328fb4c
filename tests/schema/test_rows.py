"""The literal keys that are known to be there."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from kmblint.schema.predicate import literal_value
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


def statement(draw: random.Random) -> str:
    """A data change of plans (id, n, slug)."""
    cells = {"id": ["1", "2", "3", "4"], "n": ["5", "6", "NULL"], "slug": ["'a'", "'b'", "NULL"]}
    ident, n, slug = (draw.choice(values) for values in cells.values())
    name = draw.choice([*cells])
    low, high = draw.choice(cells[name]), draw.choice(cells[name])
    tests = (
        f"{name} {draw.choice(['=', '<>', '<', '>='])} {low}", f"{name} IS {draw.choice(['', 'NOT '])}NULL",
        f"{name} IN ({low}, {high})", f"{name} NOT IN ({low})", f"{name} BETWEEN {low} AND {high}",
    )  # fmt: skip
    where = draw.choice(["", f" WHERE {draw.choice(tests)}", f" WHERE {' AND '.join(draw.sample(tests, 2))}"])
    assigned = draw.choice([f"n = {n}", f"slug = {slug}", f"slug = {slug}, n = {n}"])
    conflict = draw.choice(["NOTHING", f"UPDATE SET {assigned}", "UPDATE SET n = EXCLUDED.n"])
    return draw.choice([
        f"INSERT INTO plans (id, n, slug) VALUES ({ident}, {n}, {slug}) ON CONFLICT (id) DO {conflict}",
        f"INSERT OR {draw.choice(['REPLACE', 'IGNORE'])} INTO plans (id, n, slug) VALUES ({ident}, {n}, {slug})",
        f"UPDATE plans SET {assigned}{where}", f"UPDATE plans SET {assigned}{where}",
        f"DELETE FROM plans WHERE id IN ({ident}, 9)", f"DELETE FROM plans{where}",
        f"DELETE FROM plans WHERE lower(slug) = {slug}",
        f"INSERT INTO plans SELECT {ident} + 10, {n}, {slug} WHERE {low} = 1",
    ])  # fmt: skip


def test_what_is_known_of_rows_is_so_in_sqlite() -> None:
    """After random data changes: every known row is there, and every value that is known of it stands in it."""
    plans = "CREATE TABLE plans (id BIGINT PRIMARY KEY, n BIGINT, slug TEXT)"
    draw, known = random.Random(1), 0  # noqa: S311 -- tests, not secrets
    for _ in range(400):
        texts = [plans, "INSERT INTO plans (id, n, slug) VALUES (1, 5, 'a'), (2, 6, 'b'), (3, NULL, 'a')"]
        texts += [statement(draw) for _ in range(draw.randint(1, 4))]
        found = catalog(";\n".join(texts)).table("plans")
        assert found is not None
        with closing(sqlite3.connect(":memory:")) as database:
            database.executescript(";\n".join(texts))
            there = {
                row[0]: dict(zip(("id", "n", "slug"), row, strict=True))
                for row in database.execute("SELECT * FROM plans")
            }
        for (key,), row in found.rows.items():
            assert key in there, texts
            values = {name: literal_value(value) for name, value in (row.values or {}).items()}
            sure = {name: value for name, value in values.items() if value is not NotImplemented}
            assert sure.items() <= there[key].items(), texts
            known += len(sure)
    assert known > 1500
