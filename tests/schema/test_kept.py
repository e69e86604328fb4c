"""What is shown of a table: what was written, or what a target keeps of that."""

from __future__ import annotations

from msgspec.structs import replace

from kmblint.schema.kept import Kept
from kmblint.schema.types import DataType
from tests.sql_catalog import catalog

WRITTEN = Kept(
    lambda declared: {"INTEGER": DataType("BIGINT"), "BIGINT": DataType("BIGINT")}.get(declared.name),
    constraints=False, text=lambda _: "", written=lambda _: "",
)  # fmt: skip
ACTUAL = replace(WRITTEN, actual=True)
HEEDED = replace(ACTUAL, constraints=True)


def test_what_was_written_is_shown_or_what_is_kept() -> None:
    table = catalog("""
        CREATE TABLE t (a INTEGER, b INET, c BIGINT NOT NULL REFERENCES u, UNIQUE (b), PRIMARY KEY (a));
        CREATE INDEX i ON t (a, b);
    """).table("t")
    assert table is not None
    a, b, c = table.columns
    assert [str(WRITTEN.type(column)) for column in (a, b, c)] == ["INTEGER", "INET", "BIGINT"]
    assert [str(ACTUAL.type(column)) for column in (a, b, c)] == ["BIGINT", "INET", "BIGINT"]
    assert [WRITTEN.nullable(table, column) for column in (a, b, c)] == [False, True, False]
    assert [len(kept.shown(table)) for kept in (WRITTEN, ACTUAL, HEEDED)] == [2, 0, 2]
    assert [len(kept.references(table)) for kept in (WRITTEN, ACTUAL, HEEDED)] == [1, 0, 1]
    assert [kept.declarations for kept in (WRITTEN, ACTUAL, HEEDED)] == [True, False, True]
    index = replace(table.indexes[0], columns=("a", None), declared=("a", "b"))
    assert (WRITTEN.columns(index), ACTUAL.columns(index)) == (("a", "b"), ("a", None))


def test_a_type_is_declared_by_a_name_that_is_taken() -> None:
    table = catalog("CREATE TABLE t (a INTEGER, b BLOB)").table("t")
    assert table is not None
    bytes_ = replace(ACTUAL, stored_type=lambda declared: {"BLOB": DataType("BYTES")}.get(declared.name))
    assert [str(ACTUAL.declarable(column)) for column in table.columns] == ["BIGINT", "BLOB"]
    assert [str(bytes_.declarable(column)) for column in table.columns] == ["INTEGER", "BLOB"]
