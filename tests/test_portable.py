"""What must be the same on Windows and macOS: line ends, paths in reports, names that differ in case or composition."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.history import names
from kmblint.server.places import path_of, uri_of

ROOT = Path(__file__).parents[1]
FORMATS = ["concise", "json", "jsonl", "sarif", "gitlab", "rdjson", "github", "checkstyle", "junit"]


@pytest.fixture
def guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The guide's project, in a folder of its own."""
    shutil.copytree(ROOT / "fixtures" / "guide", tmp_path / "guide")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "guide"


def _check(*arguments: str) -> bytes:
    return CliRunner().invoke(main, ["check", "--no-cache", *arguments], catch_exceptions=False).stdout_bytes


def test_line_ends_of_windows_change_no_finding(guide: Path) -> None:
    """A checkout with `core.autocrlf` has them; the runner counts lines and checks sums as kmblint does."""
    before = _check("--output-format", "concise")
    for path in (guide / "migrations").glob("*.sql"):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    after = _check("--output-format", "concise")
    assert after == before
    assert b"error" in after


def test_a_configuration_and_a_suppression_may_have_line_ends_of_windows(guide: Path) -> None:
    first = min((guide / "migrations").glob("*.sql"))
    assert b"skipped-statement" in _check(f"guide/migrations/{first.name}")
    (guide / "kmblint.toml").write_bytes(b'ignore = [\r\n  "non-idempotent-create",\r\n]\r\n')
    text = first.read_bytes().replace(b"\r\n", b"\n")
    first.write_bytes(b"-- kmblint: ignore[skipped-statement] why\r\n" + text.replace(b"\n", b"\r\n"))
    said = _check(f"guide/migrations/{first.name}", "--output-format", "concise")
    assert b"skipped-statement" not in said
    assert b"non-idempotent-create" not in said


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_report_has_line_feeds_alone_and_paths_with_slashes(guide: Path, output_format: str) -> None:
    assert guide.is_dir()
    said = _check("--output-format", output_format)
    assert b"\r" not in said
    assert re.search(rb"migrations/0001_\w+\.sql", said)
    assert b"migrations\\" not in said


def test_paths_of_a_json_document_are_relative_with_slashes(guide: Path) -> None:
    assert guide.is_dir()
    for finding in json.loads(_check("--output-format", "json"))["findings"]:
        path = PureWindowsPath(finding["path"])
        assert not path.is_absolute()
        assert path.as_posix() == finding["path"]


def test_a_name_is_a_migration_however_its_accents_are_composed() -> None:
    """macOS may hand out a name decomposed that was written composed."""
    composed = "0001_créer_les_unités.sql"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    assert names.is_migration(composed) == names.is_migration(decomposed) is True
    assert names.number_of(composed) == names.number_of(decomposed) == 1


_ELSEWHERE = """
import importlib, os, pkgutil, sys


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {"fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}:
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Missing())
for name in ("fcntl", "grp", "pwd", "readline", "resource", "termios"):
    sys.modules.pop(name, None)
for name in ("fork", "geteuid", "getuid", "chown", "mkfifo", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY"):
    if hasattr(os, name):
        delattr(os, name)
import kmblint

for module in pkgutil.walk_packages(kmblint.__path__, "kmblint."):
    importlib.import_module(module.name)
from kmblint.cli import main

main(["check", "--exit-zero", "--output-format", "concise"])
"""
"""Imports all of kmblint and checks the working directory, as on a system that has only what Windows has."""


def test_what_only_some_systems_have_is_not_needed(guide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(guide)
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(guide.parent / "cache"))
    for _ in range(2):  # the second is answered from the cache
        ran = subprocess.run([sys.executable, "-c", _ELSEWHERE], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "skipped-statement" in ran.stdout


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (PureWindowsPath("C:/Users/an n/0001_a#b.sql"), "file:///c:/Users/an%20n/0001_a%23b.sql"),
        (PureWindowsPath("//server/share/0001_a.sql"), "file://server/share/0001_a.sql"),
    ],
)
def test_drives_and_shares_are_addresses(path: PureWindowsPath, address: str) -> None:
    assert uri_of(path) == address
    assert path_of(address, windows=True) == path


def test_files_are_opened_with_their_encoding() -> None:
    """The default on Windows isn't UTF-8."""
    for path in sorted((ROOT / "kmblint").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"\.(?:read_text|write_text)\((?!\s*(?:encoding=|\"utf-8\"|[^)]*encoding=))", text) == [], (
            path
        )
