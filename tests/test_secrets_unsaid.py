"""No output of any command shows a secret, whatever statement it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kmblint.cli import main

KINDS = (
    "default", "insert", "token", "double", "update", "user", "alter", "bare", "several", "where", "added", "select",
    "split", "address", "typo", "unlike", "down",
)  # fmt: skip
SECRET = {kind: f"Se9cr3t-{kind}-x" for kind in KINDS}
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
"""
THIRD = f"""INSERT INTO accounts (id, password) VALUES (20, '{SECRET["typo"]}' WHERE;
-- Down Migration
UPDATE accounts SET password = '{SECRET["down"]}';
"""
CHECKED = (
    "full", "grouped", "concise", "markdown", "html", "json", "jsonl", "sarif", "github", "gitlab", "junit",
    "checkstyle", "rdjson",
)  # fmt: skip
COMMANDS = (
    *(("check", "--no-cache", "--select", "all", "--output-format", each) for each in CHECKED),
    *(("replay", "--output-format", each) for each in ("text", "json")),
    *(("schema", "--output-format", each) for each in ("table", "sql", "json", "mermaid", "dot")),
    *(("diff", "0", "--output-format", each) for each in ("text", "json", "markdown", "sql")),
    *(("history", "accounts.password", "--output-format", each) for each in ("text", "json")),
    *(("history", "accounts", "--output-format", each) for each in ("text", "json")),
    *(("graph", "--output-format", each) for each in ("text", "mermaid", "dot")),
    ("squash", "--through", "0001"),
    ("lock", "--check"),
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history with a secret in every kind of place."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for name, text in (("0001_create", FIRST), ("0002_fill", SECOND), ("0003_fill_again", THIRD)):
        (folder / f"{name}.sql").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("target", ["kimberlite", "guide"])
def test_no_output_shows_a_secret(project: Path, command: tuple[str, ...], target: str) -> None:
    (project / "kmblint.toml").write_text(f'target.name = "{target}"\n')
    result = CliRunner().invoke(main, list(command))
    assert result.exit_code in (0, 1, 2), result.output
    assert [kind for kind in KINDS if SECRET[kind][3:-2] in result.output] == []
