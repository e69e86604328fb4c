"""What is called wrong under the guide behind statements that nobody can follow, and what isn't."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.replay.replayer import replay
from tests.rules_at_hand import history

CALL = "CALL prepare();"
WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, floor BIGINT);"


def held(root: Path, sql: str) -> tuple[int, int]:
    """How many conflicts and doubts there are in a history of one file."""
    steps = replay(history(root, {"0001_step.sql": sql}), targets.get("guide")).steps
    return sum(len(step.conflicts) for step in steps), sum(len(step.doubts) for step in steps)


@pytest.mark.parametrize(
    "sql",
    [
        f"{CALL} {WARDS} UPDATE wards SET flor = 1;",
        f"{CALL} {WARDS} ALTER TABLE wards DROP CONSTRAINT c;",
        f"{CALL} {WARDS} ALTER TABLE wards RENAME TO units; UPDATE units SET flor = 1;",
        f"{CALL} {WARDS} ALTER TABLE wards RENAME TO units; DELETE FROM wards;",
        f"{CALL} DROP TABLE IF EXISTS wards; DELETE FROM wards;",
        f"{WARDS} {CALL} DROP TABLE wards; DELETE FROM wards;",
        f"{CALL} CREATE TABLE wards (id BIGINT PRIMARY KEY, CHECK (flor > 0));",
        "RENAME TABLE beds TO places; DELETE FROM wards;",
        f"{WARDS} REASSIGN OWNED BY a TO b; SECURITY LABEL ON TABLE wards IS 'x'; UPDATE wards SET flor = 1;",
    ],
)
def test_it_is_wrong_whatever_a_statement_did_before(tmp_path: Path, sql: str) -> None:
    conflicts, doubts = held(tmp_path, sql)
    assert conflicts == 1
    assert doubts <= sql.count("IF EXISTS")


@pytest.mark.parametrize(
    "sql",
    [
        f"{WARDS} {CALL} UPDATE wards SET flor = 1;",
        f"{WARDS} {CALL} ALTER TABLE wards RENAME TO units; UPDATE units SET flor = 1;",
        f"{CALL} {WARDS} {CALL} UPDATE wards SET flor = 1;",
        f"{WARDS} DROP TABLE wards; {CALL} DELETE FROM wards;",
        f"{CALL} DELETE FROM wards;",
        f"{WARDS} RENAME TABLE wards TO units; UPDATE units SET floor = 1;",
        "CREATE SCHEMA app; CREATE TABLE app.wards (id BIGINT PRIMARY KEY); SET search_path TO app; DELETE FROM wards;",
        "CREATE VIRTUAL TABLE words USING fts5(body); UPDATE words SET body = 'x';",
    ],
)
def test_it_may_be_there(tmp_path: Path, sql: str) -> None:
    assert held(tmp_path, sql) == (0, 1)


@pytest.mark.parametrize(
    "sql",
    [
        f"{WARDS} RENAME TABLE wards TO units; {WARDS}",
        f"{WARDS} ALTER TABLE wards SET SCHEMA app; {WARDS}",
    ],
)
def test_a_table_that_went_elsewhere_is_made_anew(tmp_path: Path, sql: str) -> None:
    assert held(tmp_path, sql) == (0, 0)
