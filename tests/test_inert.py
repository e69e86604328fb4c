"""Names that try to act on a terminal stay text in every output of every command."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.cli.histories import Request
from kmblint.cli.server import Disk
from kmblint.reporters.positions import ColumnUnit
from kmblint.schema.changes import AddColumn, AddTable, DetachPolicy, DropColumn, DropTable
from kmblint.server import hover, messages
from kmblint.server.folder import Folder, real
from kmblint.server.places import uri_of
from kmblint.sql.parse import statements
from kmblint.text import Source
from tests.every_command import COMMANDS, ENDS, LIVE, ids, repository
from tests.live.stages import Parrot, connected, showing

EVIL = "x\x1b[31m`|<b>&'\u202e]]> ::error::\n::error::y\n##[error]z"
NAME = "x\x1b[31m\u202e::error::##[error]"
_OURS = ("::error title=", "::warning title=", "::notice title=")
DATA = ("json", "jsonl", "sarif", "gitlab", "rdjson")
"""Formats for programs, which spell out what a document can't hold, and no more."""
SQL = "sql"
"""Formats that are SQL keep what a name is: they are for a database, and another name would be another column."""


FILES = {
    "0001_open.sql": f'CREATE TABLE "o{EVIL}" (id BIGINT PRIMARY KEY, "c{EVIL}" TEXT);\n',
    "0002_create_wards.sql":
        f'CREATE TABLE accounts (id BIGINT PRIMARY KEY, password TEXT, "{EVIL}" TEXT UNIQUE);\n'
        f'CREATE TABLE "{EVIL}" (id BIGINT PRIMARY KEY, up BIGINT REFERENCES "{EVIL}" (id), "c{EVIL}" TEXT);\n'
        f'CREATE TABLE "{EVIL}" (id BIGINT PRIMARY KEY);\nCREATE INDEX "i{EVIL}" ON "{EVIL}" ("c{EVIL}");\n',
    "0003_fill.sql": f'INSERT INTO "{EVIL}" (id) VALUES (1);\n',
    "./kmblint.toml": f'[per-file-ignores]\n{json.dumps(NAME)} = ["KMB9"]\n"0004_\u202e*" = ["KMB9"]\n',
    f"0004_{NAME}.sql": f'DROP TABLE "y{EVIL}";\nDELETE FROM accounts WHERE "{EVIL}" = \'\x1b[1m\';\n',
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history whose tables, columns, indexes and file names would turn a terminal red."""
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(tmp_path / "cache"))
    return repository(tmp_path / f"p{NAME}", FILES, monkeypatch).root


def _acts(command: tuple[str, ...], output: str) -> list[str]:
    """What of an output would act on a terminal, or on a CI runner that reads it."""
    acting = [sign for sign in (("\x1b",) if command[-1] in DATA else ("\x1b", "\u202e")) if sign in output]
    ours = _OURS if command[-1] == "github" else (":::",)  # which stands before another place
    lines = [line for line in output.splitlines() if not line.lstrip().startswith(ours)]
    return acting + [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("command", [each for each in COMMANDS if SQL not in each], ids=ids)
def test_no_name_acts_on_a_terminal(project: Path, command: tuple[str, ...]) -> None:
    assert project.exists()
    result = CliRunner().invoke(main, list(command))
    assert result.exit_code in (0, 1, 2), result.output
    assert ENDS.get(command, "") in result.output
    assert _acts(command, result.output) == []


@pytest.mark.parametrize("command", LIVE, ids=ids)
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
    if "--fix-history" in command or "--fix-database" in command:  # SQL, in which no name may be more than a name
        head, _, sql = result.output.partition("\n\n")
        assert [line for line in head.splitlines() if not line.startswith("-- ")] == []
        assert {each.changes[0].__class__ for each in statements(Source("", sql))} <= {*EXPECTED}
    else:
        assert _acts(command, result.output) == []


EXPECTED = (AddTable, AddColumn, DropTable, DropColumn, DetachPolicy)


@pytest.mark.parametrize(
    "command",
    [
        (EVIL,),
        ("check", f"--{EVIL}"),
        ("check", f"migrations/{EVIL}"),
        ("check", "--select", EVIL),
        ("check", "--config", EVIL),
        ("schema", "--at", EVIL),
        ("schema", "--output-format", EVIL),
        ("diff", EVIL),
        ("history", EVIL),
        ("graph", "--about", EVIL),
        ("explain", EVIL),
        ("new", EVIL),
        ("renumber", "--onto", EVIL),
        ("config", EVIL),
        ("cache", EVIL),
    ],
    ids=lambda command: " ".join(command[:-1]),
)
def test_no_argument_acts_on_a_terminal(project: Path, command: tuple[str, ...]) -> None:
    """Which may be a file name that a shell put in the place of a `*`."""
    assert project.exists()
    result = CliRunner().invoke(main, list(command))
    assert result.exit_code in (0, 2), result.output
    assert _acts(command, result.output) == []


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
