"""What a condition means on a row, in SQL."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import DeleteRows, InsertRows
from kmblint.schema.meaning import Meaning, UnknownMeaningError
from tests.sql_catalog import catalog, changes

TABLE = """
CREATE TABLE t (
    id BIGINT PRIMARY KEY, n INTEGER, s TEXT, day DATE, at TIMESTAMP, b BOOLEAN, m DECIMAL(10,2), u UUID
);
"""
ROW = "(7, 5, 'a%b', 19723, 1704067200000000000, TRUE, 2.50, '550e8400-e29b-41d4-a716-446655440000')"


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
    ],
)  # fmt: skip
def test_it_holds(where: str) -> None:
    assert holds(where)


@pytest.mark.parametrize(
    "where",
    [
        "n = NULL", "n <> NULL", "n NOT IN (1, NULL)", "n BETWEEN NULL AND 9", "NOT (n = NULL)", "n < '5'", "s IS NULL",
        "day < '2024-01-01'", "s LIKE 'A%'", "n = 4 AND power(n, 2) = 3", "m = 2.51",
        "length(NULL) = 0", "abs(NULL) = 0", "upper(NULL) IS NOT NULL",
    ],
)  # fmt: skip
def test_it_does_not_hold(where: str) -> None:
    assert not holds(where)


@pytest.mark.parametrize(
    "where",
    [
        "power(n, 2) = 25", "n = 5 AND power(n, 2) = 25", "s LIKE 'a!%b' ESCAPE '!'", "upper(n) = '5'",
        "length(n) = 1", "lower(s, s) = s", "abs(s) = 5", "abs(n, n) = 5",
    ],
)  # fmt: skip
def test_what_cannot_be_told(where: str) -> None:
    with pytest.raises(UnknownMeaningError):
        holds(where)
