"""Every command over a stranger's repository: what it reads, writes, starts and asks of the network.

The repository brings whatever git would run for it (hooks, filters, monitors, pagers, aliases, remotes), a `git` and
Python modules of its own, and links to what lies beside it. Whatever is run leaves a mark.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from kmblint.cli import _COMMANDS
from kmblint.history import git
from tests import probe

pytestmark = pytest.mark.skipif(os.name == "nt", reason="marks are left by shell scripts")

WARDS: Final = "-- Migration: 0001_create_wards\n\nCREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\n"
BEDS: Final = "-- Migration: 0002_create_beds\n\nCREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY);\n"
PHONE: Final = "-- Migration: 0003_add_phone\n\nALTER TABLE wards ADD COLUMN phone TEXT;\nCREATE TABLE a (id BIGINT);\n"
ROOMS: Final = "-- Migration: 0003_create_rooms\n\nCREATE TABLE IF NOT EXISTS rooms (id BIGINT PRIMARY KEY);\n"
HIDDEN: Final = "hidden_beside_the_project"
_M: Final = "migrations"
_LOCK: Final = ".kimberlite/migrations/.lock"


class Command(msgspec.Struct, frozen=True):
    """Arguments, and the files that differ afterwards: those that were asked for."""

    arguments: tuple[str, ...]
    changed: frozenset[str] = frozenset()
    code: int | None = None


def _command(line: str, *changed: str, code: int | None = None) -> Command:
    return Command(tuple(line.split()), frozenset(changed), code)


COMMANDS: Final = (
    _command("check"),
    _command("check --since main --output-format json"),
    _command("check --staged --output-format sarif"),
    _command("check --output-format html:page.html", "page.html"),
    _command("check --diff"),
    _command("check --applied-through 0 --fix", f"{_M}/0001_create_wards.sql", f"{_M}/0003_add_phone.sql"),
    _command("check --applied-through 0 --add-suppressions --reason why --select KMB301",
             f"{_M}/0001_create_wards.sql", f"{_M}/0003_add_phone.sql"),
    _command("baseline", "kmblint-baseline.jsonl", code=0),
    _command("replay"),
    _command("schema", code=0),
    _command("diff main", code=0),
    _command("history wards.phone", code=0),
    _command("graph", code=0),
    _command("rehearse"),
    _command("drift", code=2),
    _command("new add_floor", f"{_M}/0004_add_floor.sql", code=0),
    _command("renumber", code=0),
    _command("renumber --yes", f"{_M}/0003_add_phone.sql", f"{_M}/0004_add_phone.sql", ".git/index", code=0),
    _command("squash --through 0001", code=0),
    _command("squash --through 0001 --yes", "baseline.sql", "kmblint.toml", f"{_M}/0001_create_wards.sql", code=0),
    _command("lock --check", code=1),
    _command("lock", _LOCK, code=0),
    _command("explain KMB301", code=0),
    _command("rules", code=0),
    _command("config", code=0),
    _command("cache dir", code=0),
    _command("cache clean", code=0),
)  # fmt: skip


def test_every_command_is_tried() -> None:
    """`server` reads as `check` does, writes nothing, and lives in a conversation; tests/server holds it."""
    assert {command.arguments[0] for command in COMMANDS} == set(_COMMANDS) - {"server"}


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def _commit(root: Path, subject: str) -> None:
    _git(root, "add", "-A")
    _git(root, "-c", "user.name=Dana", "-c", "user.email=dana@example.com", "commit", "-q", "-m", subject)


def _repository(root: Path) -> None:
    """A branch that adds a migration under a number that `main` has taken meanwhile, and edits another."""
    _git(root.parent, "init", "-q", "-b", "main", root.name)
    (root / _M).mkdir()
    (root / _M / "0001_create_wards.sql").write_text(WARDS)
    (root / _M / "0002_create_beds.sql").write_text(BEDS)
    (root / ".gitattributes").write_text("*.sql filter=x diff=x merge=x\n")
    _commit(root, "Begin")
    _git(root, "checkout", "-q", "-b", "feature")
    (root / _M / "0003_add_phone.sql").write_text(PHONE)
    for module in ("__future__", "click", "jinja2", "kimberlite", "networkx", "sitecustomize", "sqlglot", "tomli"):
        (root / f"{module}.py").write_text("open('../marks/module', 'w')\n")
    _commit(root, "Add phone")
    _git(root, "checkout", "-q", "main")
    (root / _M / "0003_create_rooms.sql").write_text(ROOMS)
    _commit(root, "Create rooms")
    _git(root, "checkout", "-q", "feature")


def _arm(root: Path, marks: Path) -> None:
    """Whatever git and a shell run for a repository, in it."""
    script = root / "mark.sh"
    script.write_text(f'#!/bin/sh\ntouch "{marks}/git"\ncat\n')
    script.chmod(0o755)
    shutil.copy(script, root / "git")
    hooks = root / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        shutil.copy(script, hooks / hook)
    with (root / ".git" / "config").open("a") as config:
        config.write(
            f'[core]\n fsmonitor = {script}\n hooksPath = {hooks}\n pager = {script}\n sshCommand = {script}\n'
            f' editor = {script}\n askPass = {script}\n alternateRefsCommand = {script}\n'
            f'[diff]\n external = {script}\n[diff "x"]\n textconv = {script}\n command = {script}\n'
            f'[filter "x"]\n clean = {script}\n smudge = {script}\n process = {script}\n required = true\n'
            f'[merge "x"]\n driver = {script}\n[gpg]\n program = {script}\n[log]\n showSignature = true\n'
            f'[credential]\n helper = {script}\n[pager]\n log = {script}\n ls-tree = {script}\n'
            f'[alias]\n log = !{script}\n ls-files = !{script}\n'
            f'[remote "origin"]\n url = ext::{script}\n uploadpack = {script}\n promisor = true\n'
            "[extensions]\n partialClone = origin\n"
        )  # fmt: skip


def _link_out(root: Path) -> None:
    """Links to what lies beside the repository, wherever something is looked for."""
    (root / _M / "0002_x.sql.bak").symlink_to("../../outside/secret.sql")
    (root / _M / "notes.txt").symlink_to("../../outside/secret.sql")


def _tree(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder by its path, with mode and content."""
    return {
        path.relative_to(root).as_posix(): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in root.rglob("*")
        if not path.is_dir() or path.is_symlink()
    }


class Done(msgspec.Struct, frozen=True):
    """What a command did."""

    command: Command
    root: Path
    told: dict[str, Any]
    changed: frozenset[str]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    """Every command, each on a copy of its own."""
    place = tmp_path_factory.mktemp("stranger")
    for name in ("outside", "marks", "cache", "home"):
        (place / name).mkdir()
    (place / "outside" / "secret.sql").write_text(f"CREATE TABLE {HIDDEN} (id BIGINT PRIMARY KEY);\n")
    plain = place / "plain"
    _repository(plain)
    _arm(plain, place / "marks")
    _link_out(plain)
    roots = [shutil.copytree(plain, place / f"repo{number}", symlinks=True) for number in range(len(COMMANDS))]
    before = [_tree(root) for root in roots]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
    environment |= {
        "PATH": os.pathsep.join(["", ".", environment["PATH"]]),
        "KMBLINT_CACHE_DIR": str(place / "cache"),
        "HOME": str(place / "home"),
    }
    asked = json.dumps([[str(root), each.arguments] for root, each in zip(roots, COMMANDS, strict=True)])
    ended = subprocess.run(
        [sys.executable, "-B", "-P", probe.__file__], input=asked, env=environment, cwd=place,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    results = []
    for command, root, old, told in zip(COMMANDS, roots, before, json.loads(ended.stdout), strict=True):
        new = _tree(root)
        changed = frozenset(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
        results.append(Done(command, root, told, changed))
    return results


def test_each_command_does_its_work(done: list[Done]) -> None:
    """Else the rest of this file would show nothing."""
    assert [each.command for each in done if each.command.code not in (None, each.told["code"])] == []
    assert [each.command for each in done if each.told["code"] not in (0, 1, 2)] == []


def test_nothing_is_written_but_what_was_asked_for(done: list[Done]) -> None:
    assert [(each.command.arguments, each.changed) for each in done if each.changed != each.command.changed] == []


def test_all_writing_is_in_the_project_or_the_cache(done: list[Done]) -> None:
    for each in done:
        allowed = (each.root, each.root.parent / "cache", Path(os.devnull))
        stray = [path for path in each.told["written"] if not any(Path(path).is_relative_to(one) for one in allowed)]
        assert stray == [], each.command.arguments


def test_nothing_is_read_beside_the_project(done: list[Done]) -> None:
    for each in done:
        beside = each.root.parent
        read = [Path(path) for path in each.told["read"] if Path(path).is_relative_to(beside)]
        assert [path for path in read if not path.is_relative_to(each.root) and path.parent != beside / "cache"] == []


def test_nothing_is_asked_of_the_network(done: list[Done]) -> None:
    """`rehearse` and `drift` alone connect, to a server that was named or that they started."""
    assert [(each.command.arguments, each.told["sockets"]) for each in done if each.told["sockets"]] == []


def test_only_git_is_started_and_always_with_the_same_options(done: list[Done]) -> None:
    started = [(each, *start) for each in done for start in each.told["started"]]
    assert len(started) > 20
    for each, event, words, folder in started:
        assert event == "subprocess.Popen"
        assert Path(words[0]).is_absolute()
        assert not Path(words[0]).is_relative_to(each.root.parent)
        assert Path(words[0]).name == "git"
        assert tuple(words[1 : 1 + len(git._OPTIONS)]) == git._OPTIONS
        assert Path(folder) == each.root.resolve()


def test_nothing_that_the_repository_brings_is_run(done: list[Done]) -> None:
    marks = done[0].root.parent / "marks"
    assert [path.name for path in marks.iterdir()] == []
    # What would leave the marks works.
    subprocess.run([done[0].root / "mark.sh"], input=b"", check=True)
    assert [path.name for path in marks.iterdir()] == ["git"]
    (marks / "git").unlink()


def test_python_m_runs_nothing_of_the_working_directory(done: list[Done]) -> None:
    root = done[0].root
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-m", "kmblint", "schema"], cwd=root, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, "wards" in ran.stdout) == (0, True), ran.stderr
    assert list((root.parent / "marks").iterdir()) == []
