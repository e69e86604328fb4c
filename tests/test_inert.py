"""Names that try to act on a terminal stay text in every output of every command."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.cli.histories import Request
from kmblint.cli.server import Disk
from kmblint.reporters.positions import ColumnUnit
from kmblint.server import hover, messages
from kmblint.server.folder import Folder, real
from kmblint.server.places import uri_of
from tests.live.stages import Parrot, connected, showing
from tests.test_secrets_unsaid import COMMANDS, LIVE

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


@pytest.mark.parametrize("command", LIVE, ids=lambda command: f"{command[0]} {command[-1]}")
def test_nothing_that_a_server_says_acts_on_a_terminal(
    project: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a refusal that repeats the statement, nor a table, column or type of a hostile database."""
    assert project.exists()
    columns = [("id", "BIGINT", True), (f"c{EVIL}", f"TEXT{EVIL}", True)]
    shown = {} if command[0] == "rehearse" else {"accounts": columns, EVIL: columns}
    client = Parrot(showing(shown), None if command[0] == "rehearse" else _policies())
    monkeypatch.setattr(f"kmblint.cli.{command[0]}.connect", connected(client))
    result = CliRunner().invoke(main, list(command))
    assert result.exit_code == 1, result.output
    signs = ("\x1b",) if command[-1] in DATA else ("\x1b", "\u202e")
    assert [sign for sign in signs if sign in result.output] == []


def _policies() -> SimpleNamespace:
    strategy = SimpleNamespace(kind=f"s{EVIL}", replacement=f"x{EVIL}", max_chars=None)
    policy = SimpleNamespace(name=f"p{EVIL}", strategy=strategy, exempt_roles=[f"r{EVIL}"])
    attached = SimpleNamespace(policy_name=f"p{EVIL}", table_name="accounts", column_name="password")
    return SimpleNamespace(policies=[policy], attachments=[attached])


def test_no_name_acts_in_what_an_editor_is_told(project: Path) -> None:
    files = real(project / "migrations")
    folder = Folder(files, Disk(Request()))
    answer = folder.answer({}, lambda: False, anew=False)
    told = ""
    for path in sorted(files.glob("*.sql")):
        told += "".join(hover.hover(answer, path.name, offset)[0] for offset in range(len(path.read_text())))
    for found in messages.by_path(answer, ColumnUnit.UTF16, uri_of).values():
        told += "".join(each.message for each in found)
        told += "".join(related.message for each in found for related in each.related_information or ())
    assert "accounts" in told
    assert [sign for sign in ("\x1b", "\u202e") if sign in told] == []


def test_a_pattern_that_python_warns_of_is_taken_in_silence(project: Path) -> None:
    (project / "kmblint.toml").write_text('[rules.column-name]\npattern = "[[a-z_]+"\n')
    result = CliRunner().invoke(main, ["config", "."])
    assert (result.exit_code, result.stderr) == (0, "")
