"""Scratch repositories for what branches, merges and commits come to."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main

WARDS = "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n"
FLOOR = "ALTER TABLE wards ADD COLUMN floor BIGINT;\n"
NOTE = "ALTER TABLE wards ADD COLUMN note TEXT;\n"


def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps git from all that the machine says of it, and gives it somebody who commits."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)


class Repo:
    """A git repository whose `migrations/` the working directory holds."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        own_git(monkeypatch)
        root.mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(root)
        self.git("init", "-q", "-b", "main", ".")

    def git(self, *arguments: str, folder: str = ".") -> str:
        """What git answers; it must not fail."""
        done = subprocess.run(["git", *arguments], cwd=self.root / folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, name: str, text: str) -> Path:
        """A file, below `migrations/` where its name says no folder."""
        path = self.root / (name if "/" in name or "." in name[:1] else f"migrations/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def commit(self, **files: str) -> None:
        """Writes files (`_0002_add_floor="…"`) and commits all there is."""
        for name, text in files.items():
            self.write(f"{name.removeprefix('_')}.sql", text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"Commit {' '.join(files)}")

    def branch(self, name: str) -> None:
        """A branch from here, checked out."""
        self.git("checkout", "-q", "-b", name)

    def switch(self, name: str) -> None:
        """Another branch, checked out."""
        self.git("checkout", "-q", name)


def run(*arguments: str) -> Result:
    """The command."""
    return CliRunner().invoke(main, [*arguments])


def told(*arguments: str, families: str = "KMB1,KMB7,KMB2,KMB0") -> list[tuple[str, str, str]]:
    """Code, file name and message of each finding of `check`."""
    findings = document(*arguments, families=families)["findings"]
    return [(each["code"], each["path"], each["message"]) for each in findings]


def document(*arguments: str, families: str = "KMB1,KMB7,KMB2,KMB0") -> dict[str, Any]:
    """What `check` says in JSON."""
    result = run("check", "--select", families, "--output-format", "json", *arguments)
    assert result.exit_code in {0, 1}, result.output
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed
