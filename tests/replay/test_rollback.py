"""Down sections replayed behind their up: what they give back, and what the runner makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.replay.replayer import replay
from kmblint.replay.rollback import Rollback, roll_back
from kmblint.targets.verdict import Verdict
from tests.rules_at_hand import history

KIMBERLITE = targets.get("kimberlite")
GUIDE = targets.get("guide")
WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, floor BIGINT NOT NULL, title VARCHAR(20) DEFAULT 'A');\n"


def rolled(root: Path, text: str, target: targets.Target = KIMBERLITE) -> Rollback | None:
    files = history(root, {"0001_wards.sql": WARDS, "0002_step.sql": text})
    return roll_back(replay(files, target).parts[1], target)


def differences(root: Path, up: str, down: str, target: targets.Target = KIMBERLITE) -> list[str]:
    found = rolled(root, f"{up}\n-- Down Migration\n{down}", target)
    assert found is not None
    return [str(difference) for difference in found.differences]


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("CREATE TABLE beds (id BIGINT PRIMARY KEY);", "DROP TABLE beds;"),
        ("ALTER TABLE wards ADD COLUMN a TEXT; ALTER TABLE wards ADD COLUMN b TEXT;",
         "ALTER TABLE wards DROP COLUMN b; ALTER TABLE wards DROP COLUMN a;"),
        ("ALTER TABLE wards DROP COLUMN floor;", "ALTER TABLE wards ADD COLUMN floor BIGINT NOT NULL;"),
        ("CREATE MASK m ON wards.title USING REDACT;", "DROP MASK m;"),
        ("UPDATE wards SET floor = 2 WHERE id = 1;", "UPDATE wards SET floor = 1 WHERE id = 1;"),
        ("ALTER TABLE wards RENAME TO units;", "ALTER TABLE units RENAME TO wards;"),
    ],
)  # fmt: skip
def test_an_exact_rollback_differs_in_nothing(tmp_path: Path, up: str, down: str) -> None:
    assert differences(tmp_path, up, down) == []
    assert differences(tmp_path, up, down, GUIDE) == []


def test_what_is_lost_left_behind_and_other_than_before(tmp_path: Path) -> None:
    up = "CREATE TABLE beds (id BIGINT PRIMARY KEY);\nALTER TABLE wards ADD COLUMN a TEXT;"
    changed = "ALTER TABLE wards DROP COLUMN floor; ALTER TABLE wards ADD COLUMN floor TEXT;"
    down = f"{changed} ALTER TABLE wards DROP COLUMN title;"
    assert differences(tmp_path, up, down) == [
        "table `beds` is left behind",
        "column `wards.floor` is TEXT and was BIGINT NOT NULL",
        "column `wards.title` is lost",
        "column `wards.a` is left behind",
    ]


def test_only_what_the_target_keeps_is_compared(tmp_path: Path) -> None:
    """Kimberlite throws lengths and defaults away, and can't drop an index."""
    up = "ALTER TABLE wards DROP COLUMN title; CREATE INDEX wards_floor_idx ON wards (floor);"
    down = "ALTER TABLE wards ADD COLUMN title TEXT;"
    assert differences(tmp_path, up, down) == []
    assert differences(tmp_path, up, down, GUIDE) == [
        "column `wards.title` is TEXT and was VARCHAR(20) DEFAULT …",
        "index `wards_floor_idx` on `wards` is left behind",
    ]


def test_both_sides_are_drawn(tmp_path: Path) -> None:
    found = rolled(
        tmp_path, "ALTER TABLE wards DROP COLUMN floor;\n-- Down Migration\nALTER TABLE wards ADD COLUMN floor TEXT;"
    )
    assert found is not None
    (difference,) = found.differences
    assert difference.subject == "wards.floor"
    assert difference.drawn == "- column `wards.floor` BIGINT NOT NULL\n+ column `wards.floor` TEXT"


def test_the_guides_commented_sql_is_down_and_unknown_to_the_runner(tmp_path: Path) -> None:
    found = rolled(tmp_path, "ALTER TABLE wards ADD COLUMN a TEXT;\n-- DOWN:\n-- ALTER TABLE wards DROP COLUMN a;\n")
    assert found is not None
    assert found.differences == ()
    assert not found.known_to_runner(found.down[0].statement)


def test_down_is_judged_as_the_runner_sends_it(tmp_path: Path) -> None:
    text = "CREATE INDEX i ON wards (floor);\n-- Down Migration\n-- first\nDROP TABLE wards;\nDROP INDEX i;"
    found = rolled(tmp_path, text)
    assert found is not None
    assert [step.outcome.verdict for step in found.down] == [Verdict.SKIPPED, Verdict.REFUSED]
    assert all(found.known_to_runner(step.statement) for step in found.down)


@pytest.mark.parametrize(
    "text", ["DROP TABLE wards;", "DROP TABLE wards;\n-- Down Migration\n-- nothing", "-- Down Migration\n"]
)
def test_without_statements_on_both_sides_there_is_no_rollback(tmp_path: Path, text: str) -> None:
    assert rolled(tmp_path, text) is None


def test_a_statement_that_nobody_understands_makes_it_unsure(tmp_path: Path) -> None:
    found = rolled(tmp_path, "ALTER TABLE wards ADD COLUMN a TEXT;\n-- Down Migration\nVACUUM wards;")
    assert found is not None
    assert not found.understood
