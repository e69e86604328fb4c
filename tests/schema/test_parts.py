"""The parts that changes are made of."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import AddConstraint, AddTable
from kmblint.schema.parts import bare, default_names, named_in
from tests.sql_catalog import changes


@pytest.mark.parametrize(
    ("constraint", "table", "columns", "names"),
    [
        ("PRIMARY KEY (a, b)", "t", "a b", "t_pkey"),
        ("UNIQUE (a, b)", "t", "a b", "t_a_b_key a"),
        ("UNIQUE (b)", "lab.t", "b", "t_b_key b"),
        ("FOREIGN KEY (a, b) REFERENCES u (c, d)", "t", "a b", "t_a_b_fkey t_ibfk_"),
        ("CHECK (a > b)", "t", "a b", "t_check t_chk_ t_a_check t_b_check"),
        ("CHECK (1 > 0)", "other.t", "", "t_check t_chk_"),
    ],
)
def test_what_a_constraint_is_about_and_called(constraint: str, table: str, columns: str, names: str) -> None:
    """PostgreSQL's names, ChooseIndexName and ChooseConstraintName; MySQL's, without the number behind them."""
    (change,) = changes(f"ALTER TABLE {table} ADD {constraint}")
    assert isinstance(change, AddConstraint)
    assert " ".join(named_in(change.constraint)) == columns
    assert " ".join(default_names(table, change.constraint)) == names


@pytest.mark.parametrize(
    ("name", "meant"), [("public.t", "t"), ("DBO.t", "t"), ("t", "t"), ("app.t", "app.t"), ("public", "public")]
)
def test_a_schema_that_a_name_has_anyway(name: str, meant: str) -> None:
    assert bare(name) == meant


def test_which_column_is_the_key() -> None:
    (change,) = changes("CREATE TABLE t (a INT UNIQUE, b INT CHECK (b > 0) PRIMARY KEY, c INT)")
    assert isinstance(change, AddTable)
    assert [column.is_key for column in change.columns] == [False, True, False]


def test_how_findings_call_what_is_new() -> None:
    (change,) = changes("CREATE TABLE t (a INT CONSTRAINT c UNIQUE)")
    assert [(new.kind.value, new.subject, new.table) for new in change.introduces()] == [
        ("table", "t", None), ("column", "t.a", "t"), ("constraint", "c", "t"),
    ]  # fmt: skip
    assert [new.constraint is not None for new in change.introduces()] == [False, False, True]
