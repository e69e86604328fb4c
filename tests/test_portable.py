"""What must be the same on Windows and macOS: line ends, paths in reports, names that differ in case or composition."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.findings import HistorySummary, Report, Summary
from kmblint.history import names
from kmblint.reporters import positions
from kmblint.reporters.positions import uri
from kmblint.server.places import path_of, uri_of
from kmblint.text import Source

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


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("C:/Users/an n/migrations/0001_a#b.sql", "file:///C:/Users/an%20n/migrations/0001_a%23b.sql"),
        ("//server/share/0001_a.sql", "file://server/share/0001_a.sql"),
        ("migrations/0001_a.sql", "migrations/0001_a.sql"),
        ("migrations/0001_a:b.sql", "migrations/0001_a%3Ab.sql"),
    ],
)
def test_a_report_gives_drives_and_shares_as_addresses(path: str, address: str) -> None:
    assert uri(path, windows=True) == address
    assert path_of(address, windows=True) in (PureWindowsPath(path), None)


def test_elsewhere_a_folder_may_be_called_as_a_drive() -> None:
    assert uri("C:/0001_a.sql", windows=False) == "C%3A/0001_a.sql"


@pytest.mark.parametrize("path", ["C:/x/0001_a.sql", "//server/share/0001_a.sql"])
def test_a_path_on_another_drive_stays_as_it_is_below_a_prefix(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positions, "PurePath", PureWindowsPath)
    report = Report((), Summary(), HistorySummary("", "", 1), {"0001_a.sql": Source("0001_a.sql", "", path)})
    assert positions.from_root(report, "0001_a.sql", "services/billing") == path


@pytest.mark.parametrize("glob", [r"migrations\0001_*.sql", r"guide\migrations\0001_*", "guide/migrations/0001_*"])
def test_a_glob_may_have_the_separators_of_windows(guide: Path, glob: str) -> None:
    first = min((guide / "migrations").glob("*.sql"))
    arguments = (f"guide/migrations/{first.name}", "--output-format", "concise")
    assert b"skipped-statement" in _check(*arguments)
    (guide / "kmblint.toml").write_text(f"[per-file-ignores]\n'*{glob}' = ['skipped-statement']\n", encoding="utf-8")
    assert b"skipped-statement" not in _check(*arguments)


_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\..*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever stands behind the first point."""


@pytest.mark.parametrize("name", ["con", "NUL", "aux", "com1", "Lpt9.sql"])
def test_no_migration_is_called_as_a_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert _RESERVED.fullmatch(name)
    assert CliRunner().invoke(main, ["new", name]).exit_code == 0
    [made] = (tmp_path / "migrations").iterdir()
    assert not _RESERVED.fullmatch(made.name)
    (tmp_path / "migrations" / "NUL.sql").write_text("DROP TABLE wards;\n", encoding="utf-8")
    assert b"NUL.sql" in _check("--select", "all"), "one that Windows has none of is told of as any other name"


def _in_use(source: object, target: object, *_: object, **__: object) -> None:
    """As Windows refuses to put one file in the place of another that a program holds open."""
    raise PermissionError(13, "Access is denied", str(source), 5, str(target))


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--fix", "--unsafe-fixes", "guide"),
        ("check", "--add-suppressions", "--reason", "x", "guide"),
        ("lock", "guide"),
        ("check", "--output-file", "report.txt", "guide"),
        ("baseline", "guide"),
    ],
    ids=" ".join,
)
def test_a_file_that_a_program_holds_open_is_said_and_stays(
    guide: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    (guide / ".kimberlite" / "migrations").mkdir(parents=True, exist_ok=True)
    (guide / ".kimberlite" / "migrations" / ".lock").write_bytes(
        b'version = 1\n\n[[migration]]\nid = 9\nname = "x"\nchecksum = "' + b"a" * 64 + b'"\n'
    )
    before = _contents(guide.parent)
    monkeypatch.setattr(os, "replace", _in_use)
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(guide.parent / "cache"))
    done = CliRunner().invoke(main, [*command])
    assert done.exit_code == 2, done.output
    assert "can't be written: Access is denied" in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert {path: data for path, data in _contents(guide.parent).items() if "/cache/" not in path} == before


def test_of_several_files_none_is_written_where_a_later_one_is_held_open(
    guide: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, replace, asked = _contents(guide), os.replace, itertools.count()

    def second_in_use(source: str, target: str) -> None:
        (_in_use if next(asked) == 1 else replace)(source, target)

    monkeypatch.setattr(os, "replace", second_in_use)
    done = CliRunner().invoke(main, ["check", "--no-cache", "--add-suppressions", "--reason", "x", "guide"])
    assert (done.exit_code, next(asked) > 1) == (2, True), done.output
    assert _contents(guide) == before


_LONG = "x" * 300


@pytest.mark.parametrize("newer", [False, True], ids=["as it is", "as from Python 3.14 on"])
@pytest.mark.parametrize(
    "command",
    [
        ("check", _LONG),
        ("check", "--config", _LONG),
        ("check", "--baseline", _LONG),
        ("check", "--output-file", _LONG),
        ("config", _LONG),
        ("diff", _LONG),
        ("squash", "--through", "1", "--output", _LONG),
        ("baseline", "--baseline", _LONG),
        ("baseline", "--prune", "--baseline", _LONG),
        ("rehearse", "--data", f"1:{_LONG}"),
    ],
    ids=lambda command: " ".join(command).replace(_LONG, "x").replace("--", ""),
)
def test_what_can_t_be_looked_at_is_no_bug_and_not_absent(
    guide: Path, command: tuple[str, ...], newer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Path.exists` and the like raise before Python 3.14, and say no from there on."""
    monkeypatch.chdir(guide)
    if newer:
        monkeypatch.setattr(Path, "exists", os.path.exists)
        monkeypatch.setattr(Path, "is_file", os.path.isfile)
        monkeypatch.setattr(Path, "is_dir", os.path.isdir)
    done = CliRunner().invoke(main, [*command])
    assert done.exit_code == 2, done.output
    assert "bug" not in done.output
    assert "doesn't exist" not in done.output or command[0] == "diff"
    assert "ame too long" in done.output or command[0] in ("diff", "squash")


@pytest.mark.parametrize("newer", [False, True], ids=["as it is", "as from Python 3.14 on"])
def test_state_that_may_not_be_looked_at_is_not_taken_for_none(
    guide: Path, newer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is applied would be judged as if it weren't."""
    applied = guide / ".kimberlite" / "migrations" / "applied.toml"
    applied.parent.mkdir(parents=True, exist_ok=True)
    applied.write_text("", encoding="utf-8")
    looked = os.lstat, os.stat

    def denied(path: str, **more: bool) -> os.stat_result:
        if os.fspath(path).endswith("applied.toml"):
            raise PermissionError(13, "Permission denied", str(path))
        return looked[more.get("follow_symlinks", True)](path)

    monkeypatch.setattr(os, "stat", denied)
    monkeypatch.setattr(os, "lstat", lambda path, **_: denied(path, follow_symlinks=False))
    if newer:
        monkeypatch.setattr(Path, "exists", os.path.exists)
    done = CliRunner().invoke(main, ["check", "--no-cache", "guide"])
    assert done.exit_code == 2, done.output
    assert "applied.toml`" in done.output
    assert "Permission denied" in done.output
