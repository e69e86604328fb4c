"""Which statements of a file belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.analysis.cohesion import components_of, is_one_kind
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Step
from tests.rules_at_hand import history

SCHEMA = """
CREATE TABLE patients (id BIGINT PRIMARY KEY, email TEXT);
CREATE TABLE visits (id BIGINT PRIMARY KEY, patient_id BIGINT, kind TEXT);
CREATE TABLE vendors (id BIGINT PRIMARY KEY, name TEXT);
"""


def steps(root: Path, sql: str) -> tuple[Step, ...]:
    files = history(root, {"0001_schema.sql": SCHEMA, "0002_step.sql": sql})
    return replay(files, targets.get("kimberlite")).by_file["0002_step.sql"]


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE patients ADD COLUMN a TEXT; ALTER TABLE visits ADD COLUMN b TEXT;",
        "CREATE TABLE kinds (code TEXT PRIMARY KEY); ALTER TABLE visits ADD COLUMN kind_code TEXT;",
        "ALTER TABLE vendors ADD COLUMN archived BOOLEAN; ALTER TABLE visits ADD COLUMN archived BOOLEAN;",
        "CREATE ROLE r; GRANT SELECT ON vendors TO r; GRANT SELECT ON visits TO r;",
        "INSERT INTO vendors (id) SELECT id FROM patients; DELETE FROM patients WHERE id = 1;",
        "SELECT 1; ALTER TABLE vendors ADD COLUMN a TEXT; SHOW TABLES;",
    ],
)
def test_what_is_joined_is_one_component(tmp_path: Path, sql: str) -> None:
    assert len(components_of(steps(tmp_path, sql))) == 1


def test_components_come_in_the_order_of_the_text(tmp_path: Path) -> None:
    sql = """ALTER TABLE vendors ADD COLUMN a TEXT;
    ALTER TABLE visits ADD COLUMN b TEXT;
    CREATE INDEX vendors_a_idx ON vendors (a);
    CREATE ROLE auditor;"""
    components = components_of(steps(tmp_path, sql))
    assert [[step.subject for step in island] for island in components] == [
        ["vendors", "vendors"],
        ["visits"],
        ["auditor"],
    ]


@pytest.mark.parametrize(
    ("sql", "one"),
    [
        (
            "CREATE TABLE a (id BIGINT PRIMARY KEY); CREATE TABLE b (id BIGINT PRIMARY KEY); CREATE INDEX i ON b (id);",
            True,
        ),
        ("CREATE INDEX i ON visits (kind); CREATE INDEX j ON vendors (name);", True),
        ("CREATE MASK m ON patients.email USING REDACT; CREATE ROLE r;", True),
        ("ALTER TABLE visits ADD COLUMN a TEXT; VACUUM;", True),
        ("CREATE TABLE a (id BIGINT PRIMARY KEY); CREATE INDEX j ON vendors (name);", False),
        ("ALTER TABLE visits ADD COLUMN a TEXT; ALTER TABLE vendors ADD COLUMN b TEXT;", False),
    ],
)
def test_one_kind_of_change_is_one_change(tmp_path: Path, sql: str, *, one: bool) -> None:
    assert is_one_kind(steps(tmp_path, sql)) is one
