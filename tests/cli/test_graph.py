"""`kmblint graph`, from the arguments to the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from tests.cli.folders import write

FILES = {
    "0001_create_wards.sql": (
        'CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\nCREATE TABLE "a""b" (id INT PRIMARY KEY);\n'
    ),
    "0002_create_beds.sql": (
        "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT);\n"
        "CREATE TABLE rooms (id BIGINT PRIMARY KEY, w BIGINT REFERENCES wards(id));\n"
    ),
    "0003_search_wards.sql": "CREATE INDEX wards_name_idx ON wards (name);\nCREATE MASK m ON wards.name USING HASH;\n",
    "0004_add_floor.sql": "ALTER TABLE wards ADD COLUMN floor INT;\nCREATE TABLE alone (id BIGINT PRIMARY KEY);\n",
    "0005_fill_floor.sql": "UPDATE wards SET floor = 1 WHERE id = 1;\n",
    "0006_policies.sql": (
        "CREATE MASKING POLICY p STRATEGY HASH EXEMPT ROLES ('nurse');\n"
        "ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY p;\n"
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with six migrations; the working directory."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "migrations", FILES)
    return tmp_path


def graph(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["graph", *arguments])


def test_what_hangs_on_a_table() -> None:
    text = graph().stdout
    assert (
        "wards  (0001_create_wards.sql)\n"
        "    → masking policy p: name\n"
        "    ← index wards_name_idx: name\n"
        "    ← mask m: name\n"
        "    ← beds: ward_id (by its name)\n"
        "    ← rooms: w (declared)\n"
    ) in text
    assert "alone  (0004_add_floor.sql)\n" in text
    assert "masking policy p  (0006_policies.sql)\n    ← wards: name\n" in text


def test_which_migration_needs_which() -> None:
    text = graph("--of", "migrations").stdout
    assert "0005_fill_floor.sql\n    → 0001_create_wards.sql: wards\n    → 0004_add_floor.sql: wards.floor\n" in text
    assert "0006_policies.sql\n    → 0001_create_wards.sql: wards\n" in text
    assert "    ← 0005_fill_floor.sql: wards.floor\n" in text


def test_only_what_is_about_a_name() -> None:
    text = graph("--about", "beds").stdout
    assert "beds  (0002_create_beds.sql)\n    → wards: ward_id (by its name)\n" in text
    assert "rooms" not in text
    assert "alone" not in text
    files = graph("--of", "migrations", "--about", "0005_fill_floor.sql").stdout
    assert "0003" not in files
    assert "0004_add_floor.sql" in files


def test_diagrams_quote_what_they_must() -> None:
    mermaid = graph("--output-format", "mermaid").stdout
    assert mermaid.startswith("flowchart LR\n")
    assert '["a#34;b"]\n' in mermaid
    assert "-.->" in mermaid
    dot = graph("--output-format", "dot").stdout
    assert '    "table a\\"b" [label="a\\"b"];\n' in dot
    assert '    "table beds" -> "table wards" [label="ward_id", style=dotted];\n' in dot


def test_what_the_database_refuses_depends_on_nothing(project: Path) -> None:
    (project / "migrations/0007_refused.sql").write_text("CREATE TABLE jobs (id SERIAL PRIMARY KEY, ward_id BIGINT);\n")
    assert "← jobs" in graph().stdout
    assert "jobs" not in graph("--as", "actual").stdout


def test_a_name_that_nobody_has_is_one_line() -> None:
    done = graph("--about", "bed")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "kmblint: there is no `bed` among them, did you mean `beds`?\n"


def test_nothing_at_all(project: Path) -> None:
    for file in (project / "migrations").iterdir():
        file.write_text("", encoding="utf-8")
    assert graph().stdout == "nothing depends on anything\n"
