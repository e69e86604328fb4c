"""`kmblint schema`, from the arguments to the text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from tests.cli.folders import write

FILES = {
    "0001_create_wards.sql": "CREATE TABLE wards (id BIGINT PRIMARY KEY, name VARCHAR(9) DEFAULT 'x');\n",
    "0004_create_beds.sql": "CREATE TABLE beds (id BIGINT PRIMARY KEY, price NUMERIC(9,2));\n",
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two migrations; the working directory."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "migrations", FILES)
    return tmp_path


def schema(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["schema", *arguments])


def tables(result: Result) -> list[str]:
    assert result.exit_code == 0, result.stderr
    return [table["name"] for table in json.loads(result.stdout)["tables"]]


def test_what_was_written_and_what_the_engine_keeps() -> None:
    written = schema("--output-format", "sql").stdout
    assert "name VARCHAR(9) DEFAULT 'x'" in written
    assert "price NUMERIC(9,2)" in written
    kept = schema("--output-format", "sql", "--as", "actual").stdout
    assert "    name TEXT,\n" in kept
    assert "beds" not in kept, "the engine refuses NUMERIC"


def test_under_the_guide_everything_is_kept() -> None:
    assert tables(schema("--output-format", "json", "--as", "actual", "--target", "guide")) == ["beds", "wards"]


@pytest.mark.parametrize("at", ["1", "0001", "0001_create_wards.sql", "migrations/0001_create_wards.sql"])
def test_behind_a_migration(at: str) -> None:
    assert tables(schema("--output-format", "json", "--at", at)) == ["wards"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--at", "3"], "kmblint: --at 0003: no migration has that number; the folder has 0001 to 0004\n"),
        (
            ["migrations", "other"],
            "kmblint: this takes one migrations folder: name one of `migrations`, `other`\n",
        ),
    ],
)
def test_what_can_t_be_shown_is_one_line(arguments: list[str], said: str, project: Path) -> None:
    (project / "other").mkdir()
    (project / "other" / "0001_a.sql").write_text("SELECT 1;", encoding="utf-8")
    result = schema(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", said)


def test_a_folder_without_numbers_and_tables(project: Path) -> None:
    (project / "one").mkdir()
    (project / "one" / "notes.sql").write_text("SELECT 1;", encoding="utf-8")
    assert schema("one", "--at", "1").stderr.endswith("; the folder has none\n")
    assert schema("one").stdout == "no tables\n"


def test_control_characters_in_names_don_t_reach_the_terminal(project: Path) -> None:
    text = 'CREATE TABLE "a\x1b[31m" (id BIGINT PRIMARY KEY);'
    (project / "migrations" / "0005_odd.sql").write_text(text, encoding="utf-8")
    assert "a<U+001B>[31m" in schema().stdout


def test_into_a_file() -> None:
    assert schema("--output-format", "mermaid", "--output-file", "schema.mmd").stdout == ""
    assert Path("schema.mmd").read_text(encoding="utf-8").startswith("erDiagram\n")
