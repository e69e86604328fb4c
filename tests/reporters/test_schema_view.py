"""A schema before and behind a batch, as rows to show."""

from __future__ import annotations

from pathlib import Path

from kmblint.reporters.schema_view import NOT_KEPT, Row, State, Views
from tests.replay.test_review import BEDS, CHANGE, WARDS, reviewed


def test_the_difference_in_lines_is_a_diff(tmp_path: Path) -> None:
    view = Views(reviewed(tmp_path, WARDS, BEDS, CHANGE, applied=2)).compared
    assert list(view.lines()) == [
        "- table beds",
        "-     id BIGINT NOT NULL",
        "-     ward_id BIGINT",
        "  table wards",
        "+     floor BIGINT",
    ]


def test_what_is_as_before_is_shown_and_does_not_differ(tmp_path: Path) -> None:
    review = reviewed(tmp_path, WARDS, BEDS, CHANGE, applied=2)
    views = Views(review)
    (_, wards) = views.compared.tables
    assert [(row.state, row.text, row.key) for row in wards.rows] == [
        (State.SAME, "id BIGINT NOT NULL", True),
        (State.SAME, "name TEXT", False),
        (State.ADDED, "floor BIGINT", False),
    ]
    assert [table.name for table in views.before.tables] == ["beds", "wards"]
    assert views.before.changed == views.behind.changed == ()


def test_a_changed_type_stands_with_what_it_was(tmp_path: Path) -> None:
    change = "ALTER TABLE wards ALTER COLUMN name TYPE BIGINT;\n"
    view = Views(reviewed(tmp_path, WARDS, change, applied=1, target="guide")).compared
    assert list(view.lines()) == ["  table wards", "-     name TEXT", "+     name BIGINT"]


def test_a_renamed_table_is_told_by_both_names(tmp_path: Path) -> None:
    view = Views(reviewed(tmp_path, WARDS, "ALTER TABLE wards RENAME TO rooms;\n", applied=1, target="guide")).compared
    assert list(view.lines()) == ["- table wards", "+ table rooms"]


def test_what_the_database_does_not_keep_is_noted(tmp_path: Path) -> None:
    made = "CREATE TABLE wards (id BIGINT PRIMARY KEY, code TEXT UNIQUE, beds SMALLINT DEFAULT 4);\n"
    (wards,) = Views(reviewed(tmp_path / "k", made)).compared.tables
    notes = {row.text: row.note for row in wards.rows}
    assert notes["UNIQUE (code)"] == NOT_KEPT
    assert notes["id BIGINT NOT NULL"] == ""
    assert notes["beds SMALLINT DEFAULT 4"]
    (guide,) = Views(reviewed(tmp_path / "g", made, target="guide")).compared.tables
    assert [row.note for row in guide.rows] == [""] * len(guide.rows)


def test_a_table_that_is_skipped_is_noted_once(tmp_path: Path) -> None:
    view = Views(reviewed(tmp_path, "-- Migration: a\n" + WARDS + "-- beds\n" + BEDS)).compared
    beds, wards = view.tables
    assert (beds.note, [row.note for row in beds.rows], wards.note) == (NOT_KEPT, ["", ""], "")


def test_references_lead_to_other_tables_kept_or_not(tmp_path: Path) -> None:
    beds = BEDS.replace("ward_id BIGINT", "ward_id BIGINT REFERENCES wards(id)")
    view = Views(reviewed(tmp_path, WARDS, beds, applied=1)).compared
    assert view.tables[0].references == (("wards", State.ADDED),)


def test_an_object_beside_the_tables_is_named(tmp_path: Path) -> None:
    view = Views(reviewed(tmp_path, "CREATE ROLE nurse;\n")).compared
    assert view.objects == (Row(State.ADDED, "role `nurse`".replace("`", "")),)
