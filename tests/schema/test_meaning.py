"""What a condition means on a row, in SQL."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import DeleteRows, InsertRows
from kmblint.schema.meaning import Meaning, UnknownMeaningError, days, instant, is_like, nanoseconds
from tests.sql_catalog import catalog, changes

TABLE = """
CREATE TABLE t (
    id BIGINT PRIMARY KEY, n INTEGER, s TEXT, day DATE, at TIMESTAMP, b BOOLEAN, m DECIMAL(10,2), u UUID, j JSON
);
"""
ROW = "(7, 5, 'a%b', 19723, 1704067200000000000, TRUE, 2.50, '550e8400-e29b-41d4-a716-446655440000', '{}')"


def holds(where: str) -> bool:
    table = catalog(TABLE).table("t")
    assert table is not None
    insert, delete = changes(f"INSERT INTO t VALUES {ROW}; DELETE FROM t WHERE {where}")
    assert isinstance(insert, InsertRows)
    assert isinstance(delete, DeleteRows)
    values = dict(zip(table.column_names, insert.rows[0].values, strict=True))
    return Meaning({column.name: column.type for column in table.columns}).holds(delete.where, values)


@pytest.mark.parametrize(
    "where",
    [
        "n = 5", "n = '5'", "5 >= n", "n < 5.5", "id IN ('7', '8')", "n BETWEEN '1' AND 9", "n NOT IN (1, 2)",
        "day = '2024-01-01'", "day > '2023-12-31'", "at = '2024-01-01'", "at < '2024-01-01 00:00:01'", "b = 1",
        "b = 'true'",
        "b <> FALSE", "m = 2.5", "m = '2.50'", "m > 2", "u = '550E8400-E29B-41D4-A716-446655440000'", "s = 'a%b'",
        "s LIKE 'a%'", "s LIKE '%\\%%'", "s ILIKE 'A__'", "s > 5", "length(s) = 3", "lower(s) = s", "abs(n) = 5",
        "NOT (n = 4)", "n = 4 OR s IS NOT NULL", "coalesce(s, 'x') <> 'x'", "n = 5 OR power(n, 2) = 3", "n < 'five'",
        "n < 6 AND n > 4 AND n >= 5 AND n <= 5", "n = 4 OR n = 5 OR n = NULL", "n BETWEEN 5 AND 5", "s LIKE '%b'",
        "s LIKE 'a_b'", "s LIKE '%%'", "s NOT LIKE 'b%'", "s NOT ILIKE 'B%'", "TRUE", "upper(s) = 'A%B'",
        "char_length(s) = 3", "abs(0 - n) = 5 OR n = 5", "abs(-5) = n", "b = 't'", "NOT (b = 'false')",
        "coalesce(NULL, NULL, n) = 5", "coalesce(NULL, NULL) IS NULL", "at > '2023-12-31T23:30:00-00:15'",
        "at = '2024-01-01 01:00:00+01:00'", "day = '2024-01-01 10:00:00'", "n = '+5'", "n = '5.'", "n > '-5'",
        "s > 'a%a'", "'a' < 'b'", "2 < 'a'", "n < 't'", "b < 'x'", "n NOT BETWEEN 6 AND 9", "n NOT IN ('six', 7)",
    ],
)  # fmt: skip
def test_it_holds(where: str) -> None:
    assert holds(where)


@pytest.mark.parametrize(
    "where",
    [
        "n = NULL", "n <> NULL", "n NOT IN (1, NULL)", "n BETWEEN NULL AND 9", "NOT (n = NULL)", "n < '5'", "s IS NULL",
        "day < '2024-01-01'", "s LIKE 'A%'", "n = 4 AND power(n, 2) = 3", "m = 2.51",
        "n = 5 AND id = 8", "n = 4 OR id = 8", "n = 4 OR n = NULL", "n = 5 AND n = NULL", "s NOT LIKE 'a%'",
        "NULL LIKE 'a'", "s LIKE NULL", "n NOT BETWEEN 1 AND 9", "n BETWEEN 6 AND 9", "n BETWEEN 1 AND 4", "b = 'f'",
        "b = 'x'",
        "s LIKE 'a_'", "s LIKE 'b'", "s LIKE '%c%'", "FALSE", "n <= 4", "n >= 6", "n > 5", "n < 5", "n <> 5",
        "at > '2024-01-01'", "day >= '2024-01-02'", "u <> '550e8400e29b41d4a716446655440000'", "abs(n) = -5",
        "length(NULL) = 0", "abs(NULL) = 0", "upper(NULL) IS NOT NULL",
    ],
)  # fmt: skip
def test_it_does_not_hold(where: str) -> None:
    assert not holds(where)


@pytest.mark.parametrize(
    "where",
    [
        "j = '{}'", "b", "s SIMILAR TO 'a'", "n IN (1, power(n, 2))",
        "power(n, 2) = 25", "n = 5 AND power(n, 2) = 25", "s LIKE 'a!%b' ESCAPE '!'", "upper(n) = '5'",
        "length(n) = 1", "lower(s, s) = s", "abs(s) = 5", "abs(n, n) = 5",
    ],
)  # fmt: skip
def test_what_cannot_be_told(where: str) -> None:
    with pytest.raises(UnknownMeaningError):
        holds(where)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("1970-01-01", 0), ("1970-01-02 23:59", 1), ("1969-12-31", -1), ("2024-01-01", 19723), ("2024-02-30", None),
        ("soon", None),
    ],
)  # fmt: skip
def test_a_date_is_its_day(text: str, since: int | None) -> None:
    assert days(text) == since


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("00:00", 0), ("00:00:01", 10**9), ("01:02:03.000004", 3723 * 10**9 + 4000), ("10:00:00", 36000 * 10**9),
        ("25:00", None),
    ],
)  # fmt: skip
def test_a_time_is_its_nanosecond_of_the_day(text: str, since: int | None) -> None:
    assert nanoseconds(text) == since


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("1970-01-01", 0), ("1970-01-02 00:00:01.000002", 86401 * 10**9 + 2000), ("1970-01-01T01:00+01:00", 0),
        ("1969-12-31 23:59:59", -(10**9)), ("1970-01-01T00:00:00Z", 0), ("yesterday", None),
    ],
)  # fmt: skip
def test_a_point_in_time_is_its_nanosecond(text: str, since: int | None) -> None:
    assert instant(text) == since


@pytest.mark.parametrize(
    ("text", "pattern", "like"),
    [
        ("a%b", r"a\%b", True), ("axb", r"a\%b", False), ("a_b", r"a\_b", True), ("axb", r"a\_b", False),
        (r"a\b", r"a\b", True), ("a\\", "a\\", True), ("ab", "a_", True), ("a", "a_", False), ("aab", "a%b", True),
        ("ab", "a%%b", True), ("", "%", True), ("", "_", False), ("", "", True), ("a", "", False),
        ("abab", "%ab", True),
        ("ababc", "%ab", False), ("abcabd", "%ab_", True), ("abc", "a%d%c", False), ("abc", "%b%", True),
        ("a%", "a%%", True),
        ("ba", "%a%b", False), ("a", r"a%\%", False), ("a%", r"a\%%", True), ("b", "a", False), ("ab", "b%", False),
    ],
)  # fmt: skip
def test_which_text_is_like_a_pattern(text: str, pattern: str, like: bool) -> None:
    assert is_like(text, pattern) is like
