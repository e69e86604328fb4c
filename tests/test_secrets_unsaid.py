"""No output of any command shows a secret, whatever statement it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.cli.histories import Request
from kmblint.cli.server import Disk
from kmblint.reporters import FORMATS
from kmblint.reporters.positions import ColumnUnit
from kmblint.server import hover, messages, outline
from kmblint.server.actions import Tried
from kmblint.server.folder import Folder, real
from kmblint.server.places import uri_of
from kmblint.text import Span
from tests.every_command import COMMANDS, ENDS, LIVE, ids, repository
from tests.live.stages import Parrot, connected, showing

KINDS = (
    "default", "insert", "token", "double", "update", "user", "alter", "bare", "several", "where", "added", "select",
    "split", "address", "typo", "unlike", "down", "back", "before", "failed", "check", "policy", "partial", "view",
    "undone",
)  # fmt: skip
SECRET = {kind: f"Se9cr3t-{kind}-x" for kind in KINDS}
OPEN = f"""CREATE TABLE wards (id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL, pwd TEXT);
-- Down Migration
UPDATE wards SET pwd = '{SECRET["undone"]}' WHERE id = 1;
"""
FIRST = f"""CREATE TABLE accounts (id BIGINT PRIMARY KEY, password TEXT, token TEXT,
    api_key TEXT DEFAULT '{SECRET["default"]}');
CREATE TABLE accounts (id BIGINT PRIMARY KEY);
"""
SECOND = f"""INSERT INTO accounts (id, password, token) VALUES (1, '{SECRET["insert"]}', '{SECRET["token"]}');
INSERT INTO accounts (id, password) VALUES (1, '{SECRET["double"]}');
UPDATE accounts SET password = '{SECRET["update"]}';
CREATE USER bob WITH PASSWORD '{SECRET["user"]}';
ALTER USER bob PASSWORD '{SECRET["alter"]}';
INSERT INTO accounts VALUES (7, '{SECRET["bare"]}', 'x', 'y');
INSERT INTO accounts (id, password) VALUES (8, 'a'), (9, '{SECRET["several"]}');
DELETE FROM accounts WHERE password = '{SECRET["where"]}' LIMIT 3;
DELETE FROM accounts WHERE password <> '{SECRET["unlike"]}';
ALTER TABLE accounts ADD COLUMN secret_key TEXT DEFAULT '{SECRET["added"]}';
INSERT INTO accounts (id, password) SELECT 9, '{SECRET["select"]}';
INSERT INTO accounts (id, password) VALUES (10, '{SECRET["split"]};x');
COMMENT ON COLUMN accounts.password IS 'postgres://u:{SECRET["address"]}@host/db';
CREATE TABLE vaults (id BIGINT PRIMARY KEY, password TEXT, CHECK (password <> '{SECRET["check"]}'));
CREATE MASKING POLICY hide_key STRATEGY REDACT WITH 'postgres://u:{SECRET["policy"]}@host/db';
CREATE INDEX by_password ON vaults (id) WHERE password = '{SECRET["partial"]}';
CREATE VIEW opened AS SELECT id FROM vaults WHERE password = '{SECRET["view"]}';
"""
THIRD = f"""INSERT INTO accounts (id, password) VALUES (20, '{SECRET["typo"]}' WHERE;
-- Down Migration
UPDATE accounts SET password = '{SECRET["down"]}';
INSERT INTO accounts (id, password, nowhere) VALUES (7, '{SECRET["back"]}', 'x');
"""
BEFORE = f"CREATE TABLE sessions (id BIGINT PRIMARY KEY, token TEXT DEFAULT '{SECRET['before']}1');\n"
FOURTH = f"""-- Failed: it was a mistake
UPDATE accounts SET password = '{SECRET["failed"]}' WHERE\u00a0id = 1;
"""
FILES = {
    "./before.sql": BEFORE,
    "0001_open.sql": OPEN,
    "0002_create.sql": FIRST,
    "0003_fill.sql": SECOND,
    "0004_fill_again.sql": THIRD,
    "0005_x.sql": FOURTH,
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history with a secret in every kind of place."""
    root = repository(tmp_path / "project", FILES, monkeypatch).root
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(tmp_path / "cache"))
    _configure("kimberlite")
    return root


def _configure(target: str, before: str = 'history.baseline = "before.sql"') -> None:
    """The configuration of the working directory."""
    Path("kmblint.toml").write_text(f'target.name = "{target}"\n{before}\n')


def _told(text: str) -> list[str]:
    """The secrets that a text tells."""
    return [kind for kind in KINDS if SECRET[kind][3:-2] in text]


def _beside(project: Path) -> dict[Path, str]:
    """The files of a project that are neither git's nor migrations, with their texts."""
    files = (path for path in project.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path: path.read_text("utf-8") for path in files if path.parent.name != "migrations"}


def _output(command: tuple[str, ...]) -> str:
    result = CliRunner().invoke(main, list(command))
    assert result.exit_code in (0, 1, 2), result.output
    return result.output


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
@pytest.mark.parametrize("target", ["kimberlite", "guide"])
def test_no_output_shows_a_secret(project: Path, command: tuple[str, ...], target: str) -> None:
    if command[0] == "squash":  # which puts no baseline in the place of one that holds a secret
        _configure(target, "")
    else:
        _configure(target)
    before = _beside(project)
    told = _output(command)
    assert ENDS.get(command, "") in told
    assert _told(told) == []
    assert _told("".join(text for path, text in _beside(project).items() if text != before.get(path))) == []


@pytest.mark.parametrize("output_format", FORMATS)
def test_no_report_shows_a_secret_where_the_rule_is_off(project: Path, output_format: str) -> None:
    """Who doesn't want the finding doesn't want the secret in a log either."""
    assert project.is_dir()
    command = ("check", "--no-cache", "--select", "all", "--ignore", "KMB610", "--output-format", output_format)
    told = _output(command)
    assert "hard-coded-secret" not in told
    assert _told(told) == []


def test_the_cache_holds_none_where_the_rule_is_off(project: Path) -> None:
    for ignored in ("KMB610", "KMB301,KMB610"):
        _output(("check", "--select", "all", "--ignore", ignored))
    kept = b"".join(path.read_bytes() for path in (project.parent / "cache").iterdir())
    assert b"accounts" in kept
    assert _told(kept.decode("utf-8", "replace")) == []


@pytest.mark.parametrize("command", LIVE, ids=ids)
def test_what_a_server_says_shows_none(
    project: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.is_dir()
    shown = {} if command[0] == "rehearse" else {"accounts": [("id", "BIGINT", True), ("password", "TEXT", True)]}
    client = Parrot(showing(shown))
    monkeypatch.setattr(f"kmblint.cli.{command[0]}.connect", connected(client))
    told = _output(command)
    assert ("unexpected " in told) is (command[0] == "rehearse")
    assert _told(told) == []


@pytest.mark.parametrize("target", ["kimberlite", "guide"])
def test_no_answer_to_an_editor_shows_one(project: Path, target: str) -> None:
    _configure(target)
    files = real(project / "migrations")
    folder = Folder(files, Disk(Request()))
    answer = folder.answer({}, lambda: False, anew=False)
    told = str(messages.by_path(answer, ColumnUnit.UTF16, uri_of))
    for path in sorted(files.glob("*.sql")):
        text = path.read_text()
        for offset in (at for at in range(len(text)) if text[at - 1 : at + 1].strip()[:1] == "" or text[at] == "'"):
            told += hover.hover(answer, path.name, offset)[0]
        told += str(outline.symbols(answer, path.name))
        told += str(list(outline.hints(answer, path.name, Span(0, len(text)))))
        told += str([action.title for action in Tried(folder, answer).actions(path.name, Span(0, len(text)))])
    assert "accounts" in told
    assert _told(told) == []
