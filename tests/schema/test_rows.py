"""The literal keys that are known to be there."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from kmblint.schema.catalog import Table
from kmblint.schema.changes import DeleteRows, InsertRows
from kmblint.schema.predicate import Predicate, literal_value
from kmblint.schema.rows import keys_named, literal_rows, meant_rows, only_value, point_lookup, says_of_columns, written
from tests.sql_catalog import catalog, changes

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


def table_of(sql: str) -> Table:
    (found,) = catalog(sql).tables.values()
    return found


def condition(where: str) -> Predicate:
    (change,) = changes(f"DELETE FROM t WHERE {where}")
    assert isinstance(change, DeleteRows)
    assert change.where is not None
    return change.where


@pytest.mark.parametrize(
    ("where", "only"),
    [
        ("id = 1", ("id", 1)), ("id = '2'", ("id", 2)), ("slug = 'a'", ("slug", "a")), ("id > 1 AND id < 3", None),
        ("id > 1 AND slug = 'a'", ("slug", "a")), ("id IN (1, 2)", None), ("id IN (1, 3)", None), ("id > 1", None),
        ("id >= 1 AND id <= 2", None), ("slug >= 'a' AND slug < 'b'", None), ("slug > 'a'", None), ("slug < 'a'", None),
        ("id = 1 OR slug = 'a'", None), ("slug IS NULL", None), ("id <> 1", None),
    ],
)  # fmt: skip
def test_which_value_alone_a_condition_leaves_a_column(where: str, only: object) -> None:
    (change,) = changes(f"DELETE FROM plans WHERE {where}")
    assert isinstance(change, DeleteRows)
    assert only_value(says_of_columns(table_of(PLANS), change)) == only


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ("id = 1", [1]), ("id IN (1, '2')", [1, 2]), ("slug = 'a' AND id = 3", [3]), ("id = '4.0'", [4]),
        ("id = lower('x') AND id = 2", [2]), ("id NOT IN (1)", None), ("slug = 'a'", None), ("id > 1", None),
        ("slug IN ('a')", None), ("id = lower('x')", None), ("id = 1 OR id = 2", None), ("id = '4.5'", [4.5]),
    ],
)  # fmt: skip
def test_which_keys_a_condition_names(where: str, named: list[object] | None) -> None:
    found = keys_named(table_of(PLANS), condition(where))
    assert (found and [key for (key,) in found]) == named


def test_a_key_that_is_no_whole_number_is_named_as_it_is_written() -> None:
    tags = table_of("CREATE TABLE tags (name TEXT PRIMARY KEY)")
    assert [keys_named(tags, condition(f"name = {value}")) for value in ("'a'", "'5'", "5")] == [
        (("a",),), (("5",),), ((5,),),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "key"),
    [
        ("room = 1 AND place = 2", (1, 2)), ("2 = place AND 'a' = label AND room = 1", (1, 2)), ("room = 1", None),
        ("room = 1 AND place > 2", None), ("room = 1 OR place = 2", None), ("room = 1 AND place = label", None),
    ],
)  # fmt: skip
def test_which_key_a_condition_looks_up(where: str, key: tuple[object, ...] | None) -> None:
    assert point_lookup(table_of(SHELVES), condition(where)) == key
    assert point_lookup(table_of(SHELVES.replace(", PRIMARY KEY (room, place)", "")), condition(where)) is None
    assert point_lookup(table_of(SHELVES), None) is None


ROWS = "INSERT INTO plans (id, slug) VALUES (1, 'a'), (2, 'b'), (3, NULL);"


@pytest.mark.parametrize(
    ("where", "meant"),
    [("id > 1", [2, 3]), ("slug = 'a'", [1]), ("slug IS NULL", [3]), ("power(id, 2) = 1", None), ("id > 3", [])],
)
def test_which_rows_a_condition_means(where: str, meant: list[int] | None) -> None:
    found = meant_rows(table_of(PLANS + ROWS), condition(where))
    assert (found if found is None else [key for (key,) in found]) == meant


def test_of_a_table_of_many_rows_only_the_keys_are_known() -> None:
    def seeded(count: int, rest: str = "") -> Table:
        return table_of(PLANS + "".join(f"INSERT INTO plans VALUES ({number}, 'a');" for number in range(count)) + rest)

    few, many = seeded(50), seeded(51)
    assert [row.values is None for row in few.rows.values()] == [False] * 50
    assert [row.values is None for row in many.rows.values()] == [True] * 51
    assert meant_rows(few, None) == tuple(few.rows)
    assert meant_rows(many, None) is None
    assert written(many.rows[1,], (), sure=True) == many.rows[1,]
    assert len(seeded(51, "DELETE FROM plans WHERE id >= 20 AND id < 50;").rows) == 21


@pytest.mark.parametrize(
    ("sql", "seen"),
    [
        ("", True), ("INSERT INTO plans VALUES (9, 'z');", True), ("INSERT INTO plans VALUES (now(), 'z');", False),
        ("INSERT INTO plans VALUES (9, 'z'), (now(), 'z');", False), ("INSERT INTO plans DEFAULT VALUES;", False),
        ("INSERT INTO plans SELECT 9, 'z';", False), ("INSERT INTO plans SELECT 9, 'z'; TRUNCATE plans;", True),
        ("INSERT INTO plans SELECT 9, 'z'; DELETE FROM plans;", True),
        ("INSERT INTO plans SELECT 9, 'z'; DELETE FROM plans WHERE id = 9;", False),
        ("DELETE FROM plans WHERE id = 1;", True), ("DELETE FROM plans WHERE slug = 'a' AND id < 3;", True),
        ("DELETE FROM plans WHERE lower(slug) = 'a';", False), ("DELETE FROM plans WHERE slug LIKE 'z%';", False),
        ("UPDATE plans SET slug = 'c' WHERE id = 1;", True), ("UPDATE plans SET id = 4 WHERE id = 1;", False),
    ],
)  # fmt: skip
def test_whether_all_rows_are_seen(sql: str, seen: bool) -> None:
    assert table_of(PLANS + ROWS + sql).unseen == (not seen)


def test_a_value_that_a_condition_may_have_set_is_not_known() -> None:
    def slug(sql: str) -> object:
        values = table_of(PLANS + ROWS + sql).rows[1,].values
        assert values is not None
        return literal_value(values["slug"])

    assert slug("UPDATE plans SET slug = 'c';") == "c"
    assert slug("UPDATE plans SET slug = 'c' WHERE id = 1;") is NotImplemented
    assert slug("UPDATE plans SET slug = 'c' WHERE slug = 'b';") == "a"
    assert slug("INSERT INTO plans VALUES (1, 'd') ON CONFLICT (id) DO UPDATE SET slug = EXCLUDED.slug;") == "d"
    assert slug("INSERT INTO plans VALUES (1, 'd') ON CONFLICT (id) DO UPDATE SET slug = 'e';") == "e"
    assert slug("INSERT INTO plans VALUES (1, 'd') ON CONFLICT DO NOTHING;") == "a"
    assert slug("INSERT INTO plans VALUES (1, 'd');") == "a"
    assert slug("INSERT OR REPLACE INTO plans VALUES (1, 'd');") == "d"


def test_the_keys_of_a_statement_are_read_once_for_each_shape_of_its_table() -> None:
    (insert,) = changes("INSERT INTO plans VALUES (1, 'a'), (2, 'b')")
    assert isinstance(insert, InsertRows)
    by_id, by_slug = table_of(PLANS), table_of("CREATE TABLE plans (id BIGINT, slug TEXT PRIMARY KEY)")
    read = literal_rows(by_id, insert)
    assert literal_rows(by_id, insert) is read
    assert [key for key, _ in read] == [(1,), (2,)]
    assert [key for key, _ in literal_rows(by_slug, insert)] == [("a",), ("b",)]


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
