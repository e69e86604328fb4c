"""What follows from an edit of an applied migration."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint.analysis.follow_up import follow_up
from kmblint.history.folder import read
from kmblint.text import Source

WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, floor BIGINT);\n"


def _followed(tmp_path: Path, old: str, new: str) -> str:
    (tmp_path / "0001_add_wards.sql").write_text(new, encoding="utf-8")
    return follow_up(Source("0001_add_wards.sql", old), read(tmp_path).migrations[0])


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (WARDS, ""),
        (f"-- Author: dana\n{WARDS}", ""),
        (WARDS.replace("floor", "/* seen */ floor"), ""),
        (
            f"{WARDS}CREATE INDEX wards_floor_idx ON wards (floor);\n",
            "CREATE INDEX wards_floor_idx ON wards (floor);\n",
        ),
        (WARDS.replace(");", ",\n  title  TEXT);"), "ALTER TABLE wards ADD COLUMN title TEXT;\n"),
        (f"{WARDS}CREATE TABLE beds (id BIGINT PRIMARY KEY);", "CREATE TABLE beds (id BIGINT PRIMARY KEY);\n"),
    ],
    ids=["nothing", "header", "comment", "statement", "column", "table"],
)
def test_what_was_added_is_written_again(tmp_path: Path, new: str, expected: str) -> None:
    assert _followed(tmp_path, WARDS, new) == expected


@pytest.mark.parametrize(
    "new",
    [
        WARDS.replace("floor BIGINT", "floor TEXT"),
        WARDS.replace(", floor BIGINT", ""),
        WARDS.replace("floor BIGINT", "floor TEXT, title TEXT"),
        "CREATE TABLE rooms (id BIGINT PRIMARY KEY);\n",
        "",
    ],
    ids=["type", "column gone", "both", "another table", "empty"],
)
def test_nothing_is_guessed_of_what_was_changed(tmp_path: Path, new: str) -> None:
    assert _followed(tmp_path, WARDS, new) == ""
