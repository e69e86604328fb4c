"""Why a name isn't there."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.analysis.unresolved import Unresolved, unresolved_column, unresolved_object, unresolved_table
from kmblint.findings import Confidence
from kmblint.replay.replayer import replay
from kmblint.schema.conflict import UnknownColumn, UnknownObject, UnknownTable
from tests.rules_at_hand import history

WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, floor BIGINT);"


def absence(root: Path, *files: str, target: str = "guide") -> Unresolved:
    """The explanation of the one conflict in a history."""
    named = {f"{number:04}_step.sql": text for number, text in enumerate(files, 1)}
    found = replay(history(root, named), targets.get(target))
    ((step, conflict),) = [(step, conflict) for step in found.steps for conflict in step.conflicts]
    match conflict:
        case UnknownTable(table=table):
            return unresolved_table(step, found, table.text)
        case UnknownColumn(table=table_name, column=column):
            return unresolved_column(step, found, table_name, column.text)
        case UnknownObject():
            return unresolved_object(step, found, conflict)
        case _:
            pytest.fail(f"{conflict}")


@pytest.mark.parametrize(
    ("files", "why", "meant"),
    [
        (("DROP TABLE beds;", "CREATE TABLE beds (id BIGINT PRIMARY KEY);"), "made later, in 0002, line 1", None),
        ((WARDS + "DROP TABLE wards; DELETE FROM wards;",), "dropped in line 1 of this file", None),
        ((WARDS, "ALTER TABLE wards RENAME TO units;", "DELETE FROM wards;"), "renamed to `units` in 0002", "units"),
        ((WARDS + "DELETE FROM ward;",), "", "wards"),
        ((WARDS + "UPDATE wards SET flor = 1;",), "", "floor"),
        ((WARDS, "ALTER TABLE wards DROP COLUMN floor;", "UPDATE wards SET floor = 1;"), "dropped in 0002", None),
        ((WARDS, "UPDATE wards SET beds = 1;", "ALTER TABLE wards ADD beds BIGINT;"), "made later, in 0003", None),
        (("CREATE ROLE clerk; DROP ROLE clerk; DROP ROLE clerk;",), "dropped in line 1", None),
        (
            (WARDS + "ALTER TABLE wards ADD CONSTRAINT c CHECK (floor > 0); ALTER TABLE wards DROP CONSTRAINT c;",
             "ALTER TABLE wards DROP CONSTRAINT c;"), "dropped in 0001", None,
        ),
        ((WARDS + "CREATE INDEX by_floor ON wards (floor); DROP INDEX by_flor;",), "", "by_floor"),
        (
            (WARDS + WARDS.replace("wards", "beds") + "CREATE INDEX i ON beds (floor); DROP INDEX i ON wards;",),
            "it is an index of `beds`", None,
        ),
    ],
)  # fmt: skip
def test_why(tmp_path: Path, files: tuple[str, ...], why: str, meant: str | None) -> None:
    found = absence(tmp_path, *files)
    assert why in found.why
    assert bool(found.why) == bool(why)
    assert found.meant == meant
    assert found.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    ("files", "why", "meant"),
    [
        ((WARDS + "DELETE FROM Wards;",), "`wards` is another", "wards"),
        ((WARDS + "GRANT SELECT ON wards TO clerk;", "CREATE ROLE clerk;"), "made later, in 0002", None),
    ],
)
def test_why_where_names_are_exact_and_nothing_else_makes_them(
    tmp_path: Path, files: tuple[str, ...], why: str, meant: str | None
) -> None:
    found = absence(tmp_path, *files, target="kimberlite")
    assert why in found.why
    assert found.meant == meant


def test_a_statement_that_nobody_understands_makes_it_a_guess(tmp_path: Path) -> None:
    found = absence(tmp_path, "CALL make_beds();", "DELETE FROM beds;", target="kimberlite")
    assert found.confidence is Confidence.LOW
    assert "unless the statement in 0001, line 1 made it" in found.why
    assert [related.place.file for related in found.related] == ["0001_step.sql"]


@pytest.mark.parametrize(
    "sql",
    [
        WARDS + "UPDATE wards SET beds = 1;",
        "CREATE TABLE wards (id BIGINT PRIMARY KEY, CHECK (beds > 0));",
        "DROP TABLE IF EXISTS wards; CREATE TABLE units (id BIGINT PRIMARY KEY); UPDATE units SET beds = 1;",
    ],
)
def test_what_is_made_behind_such_a_statement_is_no_guess(tmp_path: Path, sql: str) -> None:
    found = absence(tmp_path, "CALL make_beds();", sql)
    assert found.confidence is Confidence.HIGH
    assert found.why == ""


def test_a_borrowed_shape_makes_a_column_a_guess(tmp_path: Path) -> None:
    copy = "CREATE TABLE copies AS SELECT * FROM wards; UPDATE copies SET beds = 1;"
    found = absence(tmp_path, WARDS + copy, target="kimberlite")
    assert found.confidence is Confidence.LOW


def test_the_guess_is_the_statement_that_left_it_unknown(tmp_path: Path) -> None:
    """Whatever changed the table in words since."""
    found = absence(
        tmp_path,
        "CREATE TABLE copies AS SELECT 1;",
        "ALTER TABLE copies ADD COLUMN floor BIGINT; ALTER TABLE copies RENAME COLUMN floor TO storey;",
        "ALTER TABLE copies RENAME TO wards; ALTER TABLE wards ADD CONSTRAINT c CHECK (storey > 0);",
        "UPDATE wards SET beds = 1;",
        target="kimberlite",
    )
    assert "unless the statement in 0001, line 1 made it" in found.why
