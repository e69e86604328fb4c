"""What a reviewer asks of a history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kmblint import targets
from kmblint.replay.review import Effect, Review, review
from tests.rules_at_hand import history

WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\n"
BEDS = "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT);\nINSERT INTO beds (id, ward_id) VALUES (1, 2);\n"
CHANGE = "ALTER TABLE wards ADD COLUMN floor BIGINT;\nUPDATE wards SET floor = 1 WHERE id = 7;\nDROP TABLE beds;\n"


def reviewed(
    root: Path, *texts: str, shown: frozenset[str] | None = None, target: str = "kimberlite", **said: Any
) -> Review:
    files = {f"{number:04}_a.sql": text for number, text in enumerate(texts, start=1)}
    return review(history(root, files, **said), targets.get(target), shown)


def test_what_a_batch_does_is_told_by_kind_and_what_is_for_ever(tmp_path: Path) -> None:
    found = reviewed(tmp_path, WARDS, BEDS, CHANGE, applied=2)
    assert [(deed.effect, deed.text, deed.lasting) for deed in found.of_batch] == [
        (Effect.COLUMNS, "adds column `floor` to `wards`", ""),
        (Effect.ROWS_CHANGED, "sets `floor` in rows of `wards`", "no migration brings the old values back"),
        (Effect.DROPS, "drops table `beds`", "no migration brings its rows back"),
    ]


def test_what_is_taken_and_changes_nothing_is_no_change_and_not_for_ever(tmp_path: Path) -> None:
    idle = (
        """UPDATE wards SET "name" = 'a' WHERE id = 1;\n"""
        "UPDATE wards SET nmae = 'a' WHERE id = 1;\n"
        "DELETE FROM wards WHERE name = 3;\n"
        """UPDATE wards SET "name" = 'a', name = 'b' WHERE id = 1;\n"""
    )
    told = [(deed.text, bool(deed.lasting)) for deed in reviewed(tmp_path, WARDS, idle, applied=1).of_batch]
    assert told == [
        ("sets `name` in rows of `wards`, which changes nothing", False),
        ("sets `nmae` in rows of `wards`, which changes nothing", False),
        ("deletes rows of `wards`, which changes nothing", False),
        ("sets `name`, `name` in rows of `wards`", True),
    ]


def test_an_index_is_for_ever_where_the_target_drops_none(tmp_path: Path) -> None:
    index = WARDS + "CREATE INDEX wards_name_idx ON wards(name);\n"
    assert reviewed(tmp_path / "k", index).of_batch[-1].lasting == "an index can't be dropped"
    assert reviewed(tmp_path / "g", index, target="guide").of_batch[-1].lasting == ""


def test_the_schema_before_and_behind_is_that_around_the_batch(tmp_path: Path) -> None:
    found = reviewed(tmp_path, WARDS, BEDS, CHANGE, applied=2)
    assert [*sorted(found.before.catalog.tables)] == ["beds", "wards"]
    assert [*sorted(found.meant.catalog.tables)] == ["wards"]
    one = reviewed(tmp_path, WARDS, BEDS, CHANGE, shown=frozenset({"0002_a.sql"}))
    assert ([*one.before.catalog.tables], [*sorted(one.meant.catalog.tables)]) == (["wards"], ["beds", "wards"])


def test_without_a_pending_file_nothing_is_done_and_the_schema_stays(tmp_path: Path) -> None:
    found = reviewed(tmp_path, WARDS, applied=1)
    assert found.of_batch == ()
    assert found.before.catalog == found.meant.catalog
    assert "wards" in found.meant.catalog.tables


def test_what_the_database_won_t_have_is_meant_and_not_kept(tmp_path: Path) -> None:
    found = reviewed(tmp_path, "-- Migration: a\n" + WARDS + "-- beds\n" + BEDS)
    assert "beds" in found.meant.catalog.tables
    assert "beds" not in found.kept.catalog.tables


def test_the_life_of_a_touched_table_begins_with_its_first_migration(tmp_path: Path) -> None:
    found = reviewed(tmp_path, WARDS, BEDS, CHANGE, applied=2)
    lives = {name: [deed.migration.id for deed in deeds] for name, deeds in found.stories.items()}
    assert lives == {"wards": ["0001", "0003", "0003"], "beds": ["0002", "0002", "0003"]}


def test_the_secrets_of_up_and_down_are_known(tmp_path: Path) -> None:
    up = (
        "CREATE TABLE logins (id BIGINT PRIMARY KEY, password TEXT);\n"
        "INSERT INTO logins (id, password) VALUES (1, 'hunter22');\n"
    )
    down = "-- Down Migration\nUPDATE logins SET password = 'hunter23' WHERE id = 1;\n"
    found = reviewed(tmp_path, up + down)
    text = found.batch[0].source
    assert [text.slice(secret.span) for secret in found.secrets] == ["'hunter22'", "'hunter23'"]
