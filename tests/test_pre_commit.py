"""Our hook under the real pre-commit, in a scratch repository.

The hook is ours but for `language: system`: how kmblint is installed is for test_packaging.py, and needs a network.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOOKS = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"

TABLE = "CREATE TABLE patients (id BIGINT, PRIMARY KEY (id));\n"


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def _repository(folder: Path, files: dict[str, str]) -> str:
    """A repository with one commit of the files; gives the commit."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "begin")):
        done = _run(folder, "git", *command)
        assert done.returncode == 0, done.stderr
    return _run(folder, "git", "rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose pre-commit configuration names our hook."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        "PYTHONPATH": str(HOOKS.parent),
    }.items():
        monkeypatch.setenv(name, value)
    ours = HOOKS.read_text(encoding="utf-8")
    local = ours.replace("entry: kmblint check", f"entry: {sys.executable} -m kmblint check")
    local = local.replace("language: python", "language: system")
    assert local.count("system") == local.count("-m kmblint") == 1
    revision = _repository(tmp_path / "hooks", {".pre-commit-hooks.yaml": local})
    config = f"repos:\n- repo: {tmp_path / 'hooks'}\n  rev: {revision}\n  hooks:\n  - id: kmblint\n"
    _repository(
        tmp_path / "project",
        {".pre-commit-config.yaml": config, "migrations/0001_create_patients.sql": TABLE, "notes/1.sql": "not SQL\n"},
    )
    return tmp_path / "project"


def _stage(project: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    (project / name).write_text(text, encoding="utf-8")
    _run(project, "git", "add", name)
    return _run(project, sys.executable, "-m", "pre_commit", "run", "--color=never")


def test_a_finding_that_needs_the_whole_history_stops_the_commit(project: Path) -> None:
    done = _stage(project, "migrations/0002_create_patients_again.sql", TABLE)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "error[KMB204 table-exists]" in done.stdout
    assert "::: migrations/0001_create_patients.sql:1:" in done.stdout
    assert "--> migrations/0001_create_patients.sql" not in done.stdout


def test_the_old_files_own_findings_stop_nobody(project: Path) -> None:
    done = _stage(project, "migrations/0002_drop_patients.sql", "DROP TABLE IF EXISTS patients;\n")
    assert "--> migrations/0001_create_patients.sql" not in done.stdout


def test_sql_elsewhere_is_not_looked_at(project: Path) -> None:
    done = _stage(project, "notes/2.sql", "not SQL either\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no files to check" in done.stdout
