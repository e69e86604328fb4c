"""Names that try to act on a terminal stay text in every output of every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from tests.test_secrets_unsaid import COMMANDS

EVIL = "x\x1b[31m`|<b>&'\u202e]]> ::error::"
DATA = ("json", "jsonl", "sarif", "gitlab", "rdjson")
"""Formats for programs, which spell out what a document can't hold, and no more."""
SQL = "sql"
"""Formats that are SQL keep what a name is: they are for a database, and another name would be another column."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history whose tables, columns, indexes and file names would turn a terminal red."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_create_wards.sql").write_text(
        f'CREATE TABLE accounts (id BIGINT PRIMARY KEY, password TEXT, "{EVIL}" TEXT UNIQUE);\n'
        f'CREATE TABLE "{EVIL}" (id BIGINT PRIMARY KEY, up BIGINT REFERENCES "{EVIL}" (id), "c{EVIL}" TEXT);\n'
        f'CREATE TABLE "{EVIL}" (id BIGINT PRIMARY KEY);\nCREATE INDEX "i{EVIL}" ON "{EVIL}" ("c{EVIL}");\n'
    )
    (folder / "0002_x\x1b[31m.sql").write_text(
        f'DROP TABLE "y{EVIL}";\nDELETE FROM accounts WHERE "{EVIL}" = \'\x1b[1m\';\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", [each for each in COMMANDS if SQL not in each], ids=" ".join)
def test_no_name_acts_on_a_terminal(project: Path, command: tuple[str, ...]) -> None:
    assert project.exists()
    result = CliRunner().invoke(main, list(command))
    assert result.exit_code in (0, 1, 2), result.output
    signs = ("\x1b",) if command[-1] in DATA else ("\x1b", "\u202e")
    assert [sign for sign in signs if sign in result.output] == []


def test_a_pattern_that_python_warns_of_is_taken_in_silence(project: Path) -> None:
    (project / "kmblint.toml").write_text('[rules.column-name]\npattern = "[[a-z_]+"\n')
    result = CliRunner().invoke(main, ["config", "."])
    assert (result.exit_code, result.stderr) == (0, "")
