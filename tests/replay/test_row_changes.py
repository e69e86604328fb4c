"""Which of the rows that the migrations wrote a change falls on, told where these are others than meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.history import folder
from kmblint.replay.replayer import replay
from kmblint.replay.row_changes import other_rows

TABLE = """CREATE TABLE wards (id BIGINT PRIMARY KEY, n BIGINT, q INTEGER);
INSERT INTO wards (id, n, q) VALUES (1, 1, 5), (2, 2, NULL), (3, NULL, 7);
"""


def told(root: Path, sql: str, target: str = "kimberlite") -> str | None:
    """What is told of the last statement of a file."""
    (root / "0001_create_wards.sql").write_text(TABLE + sql, encoding="utf-8")
    done = replay(folder.read(root), targets.get(target), actual=True)
    return other_rows(done.steps[-1])


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("UPDATE wards SET n = 9 WHERE id < '2'", "changes rows 1, 2, 3 of `wards`; meant: 1"),
        ("DELETE FROM wards WHERE q = 5", "deletes no row of `wards`; meant: 1"),
        ("UPDATE wards SET n = 9 WHERE id > 2 AND id > 1", "changes rows 2, 3 of `wards`; meant: 3"),
        ("DELETE FROM wards WHERE n < 2", "deletes rows 1, 3 of `wards`; meant: 1"),
        ("DELETE FROM wards WHERE id = 2 AND n = 7", "deletes row 2 of `wards`; meant: none"),
        (
            "UPDATE wards SET id = 8 WHERE id = 1; DELETE FROM wards WHERE n = 1",
            "deletes no row of `wards`, and is refused at row 1",
        ),
    ],
)  # fmt: skip
def test_other_rows_than_meant(tmp_path: Path, sql: str, rows: str) -> None:
    assert told(tmp_path, sql) == rows


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE wards SET n = 9 WHERE id < 2",
        "DELETE FROM wards WHERE n > 1",
        "DELETE FROM wards",
        "UPDATE wards SET n = 9 WHERE q IS NULL",
    ],
)
def test_nothing_is_told_of_the_rows_that_are_meant(tmp_path: Path, sql: str) -> None:
    assert told(tmp_path, sql) is None


def test_the_guide_means_what_it_says(tmp_path: Path) -> None:
    assert told(tmp_path, "UPDATE wards SET n = 9 WHERE id < '2'", "guide") is None


def test_of_many_rows_it_is_said_that_they_are_not_followed(tmp_path: Path) -> None:
    rows = ", ".join(f"({number}, 1)" for number in range(10, 200))
    sql = f"INSERT INTO wards (id, n) VALUES {rows}; UPDATE wards SET n = 9 WHERE id < '2'"
    assert told(tmp_path, sql) == "more than 50 rows of `wards` are known, and not followed"
