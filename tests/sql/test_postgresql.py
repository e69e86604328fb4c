"""Statements that PostgreSQL takes are SQL, slips of the pen beside them aren't; Kimberlite refuses them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.replay.replayer import replay
from kmblint.targets.verdict import Verdict
from tests.rules_at_hand import history

TABLE = "CREATE TABLE t (id BIGINT PRIMARY KEY, a BIGINT, b TEXT, tags TEXT[]);"
TAKEN = [
    "UPDATE t SET tags[1] = 'x' WHERE id = 1",
    "UPDATE t SET tags[1] = 'x', tags[2:3] = '{y,z}', a = 2 WHERE id = 1",
    "UPDATE t SET tags[1].part = 'x' WHERE id = 1",
    "INSERT INTO t (id, tags[1], tags[2]) VALUES (1, 'x', 'y')",
    "SELECT id FROM t FOR NO KEY UPDATE NOWAIT",
    "SELECT id FROM t FOR NO KEY UPDATE SKIP LOCKED",
    "WITH due AS (SELECT id FROM t FOR NO KEY UPDATE SKIP LOCKED) SELECT id FROM due",
    "ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a",
    "ALTER TABLE t ADD NOT NULL a",
    "CREATE TABLE u (id BIGINT PRIMARY KEY, c TEXT, CONSTRAINT filled NOT NULL c NO INHERIT)",
    "ALTER TABLE t ADD CONSTRAINT apart EXCLUDE USING gist (a WITH =)",
    "ALTER TABLE t ADD EXCLUDE (a WITH =)",
    "CREATE TABLE u (id BIGINT PRIMARY KEY, t BIGINT, FOREIGN KEY (t) REFERENCES t ON DELETE SET NULL (t))",
    "DROP ROLE IF EXISTS clerk, guard",
    "SELECT id FROM t WHERE a |>> 1",
    "SELECT id FROM t WHERE b ~<~ 'x' AND a @#@ 2 > 1",
    "DELETE FROM t WHERE b ~<~ 'x'",
    "SELECT id FROM t WHERE b <@ box '(1,2)'",
    "SELECT extract(day FROM date '2020-01-01') FROM t",
    "UPDATE t SET a = 1 WHERE extract(day FROM date '2020-01-01') = 1",
]
SLIPS = [
    "UPDATE t SET tags[1 = 'x' WHERE id = 1",
    "UPDATE t SET tags[1] WHERE id = 1",
    "INSERT INTO t (id, tags[1) VALUES (1, 'x')",
    "ALTER TABLE t ADD CONSTRAINT filled NOT NULL",
    "ALTER TABLE t ADD CONSTRAINT filled NOT a",
    "ALTER TABLE t ADD CONSTRAINT apart EXCLUDE",
    "DROP ROLE clerk guard",
    "DROP ROLE clerk,",
    "SELECT id FROM t WHERE a =< 1",
    "DELETE FROM t WHERE a =< 1",
    "DELETE FROM t WHERE a = = 1",
    "SELECT id FROM t WHERE b 'x'",
]


def verdict(root: Path, statement: str, target: str) -> Verdict:
    """What becomes of a statement behind `TABLE`."""
    found = replay(history(root, {"0001_step.sql": f"{TABLE}{statement};"}), targets.get(target))
    return found.steps[-1].outcome.verdict


@pytest.mark.parametrize("statement", TAKEN)
def test_what_postgresql_takes_is_sql(tmp_path: Path, statement: str) -> None:
    assert verdict(tmp_path, statement, "guide") in (Verdict.TAKEN, Verdict.NO_OP)
    assert verdict(tmp_path, statement, "kimberlite") is Verdict.REFUSED


@pytest.mark.parametrize("statement", SLIPS)
def test_a_slip_of_the_pen_is_none(tmp_path: Path, statement: str) -> None:
    assert verdict(tmp_path, statement, "guide") is Verdict.UNREADABLE
    assert verdict(tmp_path, statement, "kimberlite") is Verdict.UNREADABLE


def test_a_part_of_a_column_sets_the_column(tmp_path: Path) -> None:
    statement = "INSERT INTO t (id, tags[1], tags[2]) VALUES (1, 'x', 'y');"
    found = replay(history(tmp_path, {"0001_step.sql": TABLE + statement}), targets.get("guide"))
    change = found.steps[-1].change
    assert change is not None
    assert [name.text for name in getattr(change, "columns", ())] == ["id", "tags"]


@pytest.mark.parametrize(("statement", "nullable"), [("ALTER TABLE t ADD CONSTRAINT n NOT NULL a;", False), ("", True)])
def test_a_constraint_makes_a_column_required(tmp_path: Path, statement: str, nullable: object) -> None:
    found = replay(history(tmp_path, {"0001_step.sql": TABLE + statement}), targets.get("guide"))
    column = found.end.tables["t"].column("a")
    assert column is not None
    assert column.nullable is nullable
