"""The steps of the action and the recipes of docs/ci.md, run by the shell that their hosts take."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.cli.branches import FLOOR, WARDS, Repo

ROOT = Path(__file__).parent.parent
ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")
RECIPES = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
FAULTY = "ALTER TABLE wards ADD COLUMN bed BIGINT NOT NULL;\n"


class Job:
    """A checkout of a pull request with one faulty migration, and the files that a runner gives to its steps."""

    def __init__(self, root: Path, repo: Repo) -> None:
        self.root = root
        self.repo = repo
        self.temp = root / "temp"
        self.temp.mkdir()
        self.summary, self.output = root / "summary.md", root / "output"
        for file in (self.summary, self.output):
            file.write_text("", encoding="utf-8")
        programs = root / "bin"
        programs.mkdir()
        for name, script in {
            "kmblint": f'exec "{sys.executable}" -m kmblint "$@"\n',
            "python": "exit 0\n",  # pip: what is installed is at hand
        }.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
            (programs / name).chmod(0o755)

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The script in the checkout, by the command that GitHub documents for `shell: bash`."""
        file = self.root / "step.sh"
        file.write_text(script, encoding="utf-8")
        given = {
            **os.environ,
            "PATH": f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.repo.root),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "RUNNER_TEMP": str(self.temp),
            **environment,
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)]
        return subprocess.run(
            command, cwd=self.repo.root, env=given, capture_output=True, text=True, check=False, timeout=600
        )

    def check(self, args: str = "--since origin/main", paths: str = "") -> subprocess.CompletedProcess[str]:
        """The step of the action that checks."""
        return self.run(step("Check the migrations"), KMBLINT_ARGS=args, KMBLINT_PATHS=paths)


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A clone whose `origin/main` holds 0001, with a branch that adds a faulty 0002."""
    remote = Repo(tmp_path / "remote", monkeypatch)
    remote.commit(_0001_create_wards=WARDS)
    remote.git("clone", "-q", str(remote.root), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone", monkeypatch)
    clone.branch("work")
    clone.commit(_0002_add_bed=FAULTY)
    return Job(tmp_path, clone)


def step(name: str) -> str:
    """The shell of a step of the action."""
    found = re.search(rf"- name: {re.escape(name)}\n.*?run: \|\n(?P<script>(?: {{8}}[^\n]*\n)+)", ACTION, re.DOTALL)
    assert found
    return dedent(found["script"])


def recipe(name: str) -> list[str]:
    """The commands of a recipe."""
    block = RECIPES.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    if name == "gitlab":
        return re.findall(r"^    - ((?:python|git|kmblint) .*)$", block, re.MULTILINE)
    return block.strip().splitlines()[1:-1]


def test_the_action_annotates_summarises_and_leaves_sarif(job: Job) -> None:
    done = job.check()
    assert done.returncode == 1
    [annotation] = done.stdout.splitlines()
    assert annotation.startswith("::error title=KMB606 required-column,file=migrations/0002_add_bed.sql,line=1,col=")
    assert job.summary.read_text(encoding="utf-8").startswith(
        "<!-- kmblint report -->\n### kmblint: Not ready: it runs to its end, with 1 error\n"
    )
    [(name, file)] = [line.split("=", 1) for line in job.output.read_text(encoding="utf-8").splitlines()]
    assert name == "sarif"
    [result] = json.loads(Path(file).read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["ruleId"] == "KMB606"


def test_a_second_use_of_the_action_adds_to_the_summary(job: Job) -> None:
    job.summary.write_text("# Before\n", encoding="utf-8")
    assert job.check(args="--ignore KMB606", paths="migrations").returncode == 0
    assert job.check().returncode == 1
    text = job.summary.read_text(encoding="utf-8")
    assert text.startswith("# Before\n")
    assert text.count("<!-- kmblint report -->") == 2
    assert len({*job.output.read_text(encoding="utf-8").splitlines()}) == 2


def test_a_wrong_set_up_ends_the_step_without_a_report(job: Job) -> None:
    done = job.check(args="--since origin/nosuch")
    assert done.returncode == 2
    assert "git fetch origin +refs/heads/nosuch:refs/remotes/origin/nosuch" in done.stderr
    assert job.summary.read_text(encoding="utf-8") == job.output.read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("hostile", ["$(touch pwned)", "`touch pwned`", "; touch pwned", "*", "a\ntouch pwned"])
def test_no_input_of_the_action_is_read_as_shell_code(job: Job, hostile: str) -> None:
    assert job.check(args="", paths=hostile).returncode == 2
    assert not (job.repo.root / "pwned").exists()
    assert "${{" not in "".join(step("Check the migrations"))


def test_the_recipe_for_gitlab_writes_its_reports(job: Job) -> None:
    job.repo.git("update-ref", "-d", "refs/remotes/origin/main")
    commands = recipe("gitlab")
    assert len(commands) == 3
    done = job.run("\n".join(commands) + "\n", CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert done.returncode == 1, done.stderr
    assert "error[KMB606 required-column]" in done.stdout
    [issue] = json.loads((job.repo.root / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert issue["location"]["path"] == "migrations/0002_add_bed.sql"
    assert (job.repo.root / "kmblint.xml").read_text(encoding="utf-8").count("<failure ") == 1


def test_the_generic_recipe_writes_its_reports(job: Job) -> None:
    job.repo.git("update-ref", "-d", "refs/remotes/origin/main")
    done = job.run("\n".join(recipe("generic")) + "\n", TARGET="main")
    assert done.returncode == 1, done.stderr
    assert "checkstyle" in (job.repo.root / "kmblint.xml").read_text(encoding="utf-8")
    assert (job.repo.root / "kmblint.sarif").is_file()


def test_a_shallow_clone_is_told_what_to_fetch(job: Job, tmp_path: Path) -> None:
    job.repo.commit(_0003_add_floor=FLOOR)
    job.repo.git("push", "-q", "origin", "work")
    job.repo.git("clone", "-q", "--depth", "1", "--branch", "work", f"file://{tmp_path / 'remote'}", "../shallow")
    job.repo.root = tmp_path / "shallow"
    done = job.check()
    assert done.returncode == 2
    command = re.search(r"`(git fetch [^`]+)`", done.stderr)
    assert command
    job.repo.git(*command[1].split()[1:])
    done = job.check()
    assert done.returncode == 2
    assert "this clone is shallow; `git fetch --unshallow` brings the rest" in done.stderr
    job.repo.git("fetch", "-q", "--unshallow")
    assert job.check().returncode == 1


OLD = "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT UNIQUE, rate REAL);\n"


@pytest.mark.parametrize(("name", "action"), [("output", False), ("annotation", True)])
def test_what_the_page_shows_is_what_is_printed(job: Job, name: str, *, action: bool) -> None:
    job.repo.switch("main")
    job.repo.commit(_0001_create_wards=OLD)
    job.repo.git("push", "-q", "origin", "main:old")
    job.repo.branch("one-line")
    job.repo.commit(_0002_add_bed=FAULTY)
    since = "--since origin/old"
    done = job.check(args=since) if action else job.run(f"kmblint check {since}\n", COLUMNS="100")
    assert done.returncode == 1, done.stderr
    shown = RECIPES.partition(f"<!-- {name} -->\n```text\n")[2].partition("```")[0]
    assert done.stdout.replace("origin/old", "origin/main") == shown
