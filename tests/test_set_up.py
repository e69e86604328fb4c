"""Trouble with the set-up is said as such: closed streams, a directory that is gone, texts of other encodings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main

TABLE = "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n"
BROKEN = "DROP TABLE beds;\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one migration, which is the working directory."""
    root = tmp_path / "project"
    (root / "migrations").mkdir(parents=True)
    (root / "migrations" / "0001_create_wards.sql").write_text(TABLE)
    monkeypatch.chdir(root)
    return root


def _shell(line: str) -> subprocess.CompletedProcess[str]:
    program = f"{sys.executable} -m kmblint"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = ["sh", "-c", line.replace("kmblint", program, 1)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("kmblint replay >&-", "kmblint: standard output can't be written: Bad file descriptor\n"),
        (
            "kmblint check - --stdin-filename migrations/0002_a.sql <&-",
            "kmblint: standard input can't be read: Bad file descriptor\n",
        ),
        ("mkdir ../gone && cd ../gone && rmdir ../gone && kmblint check", "kmblint: the working directory is gone"),
    ],
)
def test_a_stream_or_directory_that_is_gone_is_no_bug_of_ours(project: Path, line: str, said: str) -> None:
    assert project.exists()
    done = _shell(line)
    assert done.stderr.startswith(said)
    assert (done.returncode, done.stdout) == (2, "")


def test_without_a_standard_error_the_code_says_it(project: Path) -> None:
    (project / "migrations" / "0002_drop_beds.sql").write_text(BROKEN)
    done = _shell("kmblint check --no-cache --output-format concise 2>&-")
    assert done.returncode == 1
    assert "KMB201" in done.stdout


def test_no_file_takes_the_number_of_a_closed_stream(project: Path) -> None:
    (project / "migrations" / "0002_drop_beds.sql").write_text(BROKEN)
    done = _shell("kmblint check --no-cache >&-")
    assert done.returncode == 2
    assert (project / "migrations" / "0001_create_wards.sql").read_text() == TABLE


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_an_encoding_is_called_by_its_name(project: Path, encoding: str) -> None:
    (project / "migrations" / "0002_create_beds.sql").write_bytes(TABLE.replace("wards", "beds").encode(encoding))
    found = _run("check", "--no-cache", "--output-format", "concise").stdout
    assert f"it is {encoding[:6].upper()}, and the runner reads UTF-8 only" in found
    assert "KMB002" not in found


@pytest.mark.parametrize(
    ("data", "reason", "refuses"),
    [
        (b"\xef\xbb\xbf" + TABLE.encode(), "it begins with a byte order mark", False),
        (TABLE.replace("IF", "IF\0").encode(), "it holds a NUL byte", False),
        (b"-- a\r" + TABLE.encode().replace(b"\n", b"\r"), "its lines end in carriage returns alone", False),
        (b"-- \xe4\n" + TABLE.encode(), "it is not UTF-8", True),
        (TABLE.encode() + b"-- x\n" * 19, "kmblint reads no more than 120", False),
    ],
    ids=["mark", "NUL", "returns", "Latin-1", "long"],
)
def test_replay_says_of_a_file_what_check_says(project: Path, data: bytes, reason: str, refuses: bool) -> None:
    (project / "migrations" / "0002_create_wards_again.sql").write_bytes(data)
    for target in ("kimberlite", "guide"):
        options = ("--max-file-size", "120", "--target", target)
        checked = " ".join(_run("check", "--no-cache", *options).stdout.split())
        replayed = " ".join(_run("replay", *options).stdout.split())
        assert reason in checked
        assert ("makes the whole folder unusable" in checked) == (refuses and target == "kimberlite")
        assert ("refuses the whole folder" in replayed) == (refuses and target == "kimberlite")
        assert refuses or reason in replayed


def test_what_is_complained_of_acts_on_no_terminal(project: Path) -> None:
    (project / "kmblint.toml").write_text('"sel\\u001b[31mect" = ["x"]\n')
    result = _run("check")
    assert result.exit_code == 2
    assert "sel<U+001B>[31mect" in result.stderr
