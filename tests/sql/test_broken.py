"""What a statement that isn't SQL was to make, by its words."""

from __future__ import annotations

import pytest

from kmblint.sql.broken import batch_separator, meant
from kmblint.sql.parse import statements
from kmblint.sql.scanner import scan
from kmblint.text import Source


@pytest.mark.parametrize(
    ("sql", "tables", "names"),
    [
        ("CREATE TABEL wards (id BIGINT)", ("wards",), set()),
        ("CRAETE TABLE IF NOT EXISTS public.wards (id,,)", ("public.wards",), set()),
        ("ALTER TABLE wards ADD COLUM floor BIGINT", ("wards",), set()),
        ("CREATE TABLE a (id) CREATE TEMP TABLE b (id)", ("a", "b"), set()),
        ('CREATE TABLE "My wards" (', ("My wards",), set()),
        ("CREATE INDEX wards_idx", (), {"INDEX", "wards_idx"}),
        ("CREATE ROEL nurse", (), {"ROEL", "nurse"}),
        ("INSERT INTO wards VALUES (1 2)", (), set()),
        ("DROP TABLE wards wards", (), set()),
        ("CREATE TABLE", (), {"TABLE"}),
        ("CREATE TABLE (id BIGINT)", (), {"TABLE", "id", "BIGINT"}),
        ("CREATE TABLE public.", ("public",), set()),
    ],
)
def test_tables_and_names_are_read_from_the_words_that_are_sound(
    sql: str, tables: tuple[str, ...], names: set[str]
) -> None:
    found = meant(scan(Source("x", sql)))
    assert (found.tables, set(found.names)) == (tables, names)


@pytest.mark.parametrize(
    ("sql", "at"),
    [
        ("CREATE TABLE a (id BIGINT PRIMARY KEY)\nGO\n", 39),
        ("CREATE TABLE a (id BIGINT PRIMARY KEY)\n  go", 41),
        ("GO", 0),
        ("SELECT go FROM a", None),
        ("CREATE TABLE a (\ngo BIGINT)", None),
    ],
)
def test_a_batch_separator_stands_on_a_line_of_its_own(sql: str, at: int | None) -> None:
    found = batch_separator(scan(Source("x", sql)), sql)
    assert (found.start if found else None) == at


def test_a_column_called_go_is_sql() -> None:
    (statement,) = statements(Source("x", "CREATE TABLE a (id BIGINT PRIMARY KEY,\ngo\nBIGINT)"))
    assert statement.problem is None
