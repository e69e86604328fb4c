"""Where text goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.cli.output import wants_color, width, write
from kmblint.errors import InputError


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that says nothing of colours."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return monkeypatch


@pytest.mark.parametrize(
    ("environment", "terminal", "expected"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_by_the_environment(
    plain: pytest.MonkeyPatch, environment: dict[str, str], terminal: bool, expected: bool
) -> None:
    for name, value in environment.items():
        plain.setenv(name, value)
    plain.setattr("kmblint.cli.output.to_terminal", lambda: terminal)
    assert wants_color("auto") is expected
    assert wants_color("always") is True
    assert wants_color("never") is False


@pytest.mark.parametrize(
    ("columns", "terminal", "expected"),
    [
        ("", False, 100),
        ("80", False, 80),
        ("0", False, 100),
        ("wide", False, 100),
        ("", True, 61),
        ("80", True, 80),
    ],
)
def test_the_width_is_what_is_asked_for_or_what_the_terminal_has(
    plain: pytest.MonkeyPatch, columns: str, terminal: bool, expected: int
) -> None:
    plain.setenv("COLUMNS", columns)
    plain.setattr("kmblint.cli.output.to_terminal", lambda: terminal)
    plain.setattr("os.get_terminal_size", lambda _file: os.terminal_size((61, 24)))
    assert width() == expected


def test_a_file_is_no_terminal(plain: pytest.MonkeyPatch) -> None:
    plain.setattr("kmblint.cli.output.to_terminal", lambda: True)
    plain.setattr("os.get_terminal_size", lambda _file: os.terminal_size((61, 24)))
    assert width(Path("report.txt")) == 100


def test_what_utf_8_cannot_hold_is_spelt_out(tmp_path: Path) -> None:
    write("é \udcff\n", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == "é \\udcff\n".encode()


def test_a_file_is_replaced_whole_or_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "out"
    write("old", file)

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match="No space left on device"):
        write("new", file)
    assert file.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be written: No such file or directory"):
        write("x", tmp_path / "nowhere" / "out")


@pytest.mark.skipif(os.name == "nt", reason="Windows makes links for administrators only")
def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write("x", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "x"


TABLE = "CREATE TABLE wards (id BIGINT PRIMARY KEY);\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with all that a report must not take the place of."""
    texts = {
        "migrations/0001_create_wards.sql": TABLE, "migrations/seed.SQL": TABLE, "migrations/0001_old.sql.bak": TABLE,
        "other/0002_beds.sql": TABLE, ".kimberlite/migrations/.lock": "", ".kimberlite/migrations/applied.toml": "",
        "schema.sql": TABLE, "kmblint.toml": 'history.baseline = "schema.sql"\n', "kimberlite.toml": "",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "link.md").symlink_to("migrations/0001_create_wards.sql")
    (tmp_path / "loop.md").symlink_to("loop.md")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["check", "replay", "schema"])
@pytest.mark.parametrize(
    "file",
    [
        "migrations/0001_create_wards.sql", "migrations/../migrations/0001_create_wards.sql", "migrations/0002_new.sql",
        "migrations/seed.SQL", "migrations/0001_old.sql.bak", "other/0002_beds.sql", ".kimberlite/migrations/.lock",
        ".kimberlite/migrations/applied.toml", "schema.sql", "kmblint.toml", "kimberlite.toml", "link.md",
    ],
)  # fmt: skip
def test_no_output_takes_the_place_of_a_migration(project: Path, command: str, file: str) -> None:
    def texts() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in sorted(project.rglob("*")) if path.is_file()}

    before = texts()
    result = CliRunner().invoke(main, [command, "--output-file", file])
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr
        == f"kmblint: `{Path(file)}` belongs to the migrations and is never written to: name another file\n"
    )
    assert texts() == before


def test_any_other_file_is_written_again_and_again(project: Path) -> None:
    for _ in range(2):
        command = ["schema", "--output-format", "sql", "--output-file", "docs.sql"]
        assert CliRunner().invoke(main, command).exit_code == 0
        assert "CREATE TABLE" in (project / "docs.sql").read_text()


def test_a_loop_of_links_is_one_line(project: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--output-file", "loop.md"])
    assert (result.exit_code, result.stderr) == (
        2, "kmblint: `loop.md` can't be written: Too many levels of symbolic links\n"
    )  # fmt: skip
    assert (project / "loop.md").is_symlink()


@pytest.mark.parametrize("stream", ["/dev/stdout", "/dev/fd/1", "/dev/stderr"])
@pytest.mark.parametrize("to", ["pipe", "file"])
def test_a_stream_that_is_open_is_written_to(project: Path, stream: str, to: str) -> None:
    """What was written to the redirected file before stays, and what is written afterwards follows."""
    script = f"echo before; {sys.executable} -m kmblint schema --output-file {stream}; echo after"
    if to == "file":
        subprocess.run(["sh", "-c", f"({script}) > out.txt 2>&1"], check=True, cwd=project)
        text = (project / "out.txt").read_text()
    else:
        done = subprocess.run(["sh", "-c", f"({script}) 2>&1"], check=True, cwd=project, capture_output=True, text=True)
        text = done.stdout
    assert text.startswith("before\nwards")
    assert text.endswith("after\n")
