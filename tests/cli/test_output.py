"""Where text goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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

    def fail(path: Path, data: bytes) -> int:
        with path.open("wb") as draft:
            draft.write(data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
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
