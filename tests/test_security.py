"""docs/security.md: every promise has a test, and the tests of those promises that are about no room of their own."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.config.keys import KEYS
from kmblint.errors import GitError
from kmblint.history import git

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
MODULES = sorted((ROOT / "kmblint").rglob("*.py"))
PROMISES = [row for row in re.findall(r"^\| (.*) \| (.*) \|$", PAGE, re.MULTILINE) if row[0] not in ("Promise", "---")]


def test_every_promise_names_a_test_that_is_there() -> None:
    assert len(PROMISES) > 30
    for promise, named in PROMISES:
        found = re.fullmatch(r"`(tests/\S+\.py)::(test_\w+)`", named)
        assert found is not None, promise
        defined = re.search(rf"^def {found[2]}\(", (ROOT / found[1]).read_text(encoding="utf-8"), re.MULTILINE)
        assert defined is not None, f"{promise} {named}"
    assert len({named for _, named in PROMISES}) == len(PROMISES)


def test_no_configuration_follows_links() -> None:
    """A stranger's pull request brings its own."""
    assert not any("link" in name for name in KEYS)
    assert not any(key.option == "--follow-links" for key in KEYS.values())


def test_git_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    given: list[Any] = []

    def run(*_: object, **options: Any) -> None:
        given.append(options["timeout"])
        raise subprocess.TimeoutExpired("git", options["timeout"])

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(GitError, match="gives no answer"):
        git.ask(tmp_path, "rev-parse")
    assert given == [30]


def _names(path: Path) -> set[str]:
    """Modules that a file imports, and functions that it calls by their plain names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                found |= {alias.name.partition(".")[0] for alias in node.names}
            case ast.ImportFrom(module=str(module)):
                found.add(module.partition(".")[0])
            case ast.Call(func=ast.Name(id=name)):
                found.add(name)
    return found


NAMES = {path.relative_to(ROOT / "kmblint").as_posix(): _names(path) for path in MODULES}


def test_no_module_turns_text_into_code() -> None:
    """`import_module` is called with names of our own package alone."""
    refused = {"eval", "exec", "compile", "__import__", "pickle", "marshal", "shelve", "yaml", "ctypes", "runpy"}
    assert {path: names & refused for path, names in NAMES.items() if names & refused} == {}
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r'import_module\((?!f"kmblint\.|name\))', text) == [], path
        assert "shell=True" not in text, path


def test_only_the_client_knows_sockets() -> None:
    """asyncio, by which the language server reads standard input, is let alone here."""
    network = {"socket", "ssl", "http", "urllib", "requests", "ftplib", "smtplib", "xmlrpc", "socketserver"}
    told = {path: names & network for path, names in NAMES.items() if names & network}
    assert told.pop("live/client.py") == {"socket"}
    for path in told:  # spelling a path as an address asks nobody
        text = (ROOT / "kmblint" / path).read_text(encoding="utf-8")
        assert re.findall(r"(?:import|from) (?:urllib)(?!\.parse)", text) == [], path
    assert set().union(*told.values()) <= {"urllib"}


def test_the_page_names_no_other_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "fixtures" / "guide")
    page = CliRunner().invoke(main, ["check", "--no-cache", "--output-format", "html"]).stdout
    assert "<style>" in page
    assert re.findall(r"""(?:src|srcset|action|data)=["']?(?!data:)\w+:""", page) == []
    assert re.findall(r"<link|<iframe|<object|<embed|@import|url\((?!['\"]?data:)", page) == []


def test_the_action_installs_in_isolation() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert re.findall(r"python (?!-I )", text) == []
    scripts = re.findall(r"run: (?:\|\n(?P<block>(?: {8}.*\n)+)|(?P<line>.*))", text)
    assert len(scripts) >= 2
    assert [script for script in scripts if "${{" in "".join(script)] == []
