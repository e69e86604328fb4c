"""Programs are taken from the folders that PATH names in full."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kmblint.programs import find_program, places


def _program(folder: Path, name: str, mode: int = 0o755) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\ntouch marker\n")
    file.chmod(mode)
    return file


def test_only_folders_that_are_named_in_full_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative folder, an empty one, and the working directory itself may be a stranger's."""
    monkeypatch.chdir(tmp_path)
    _program(tmp_path, "git")
    _program(tmp_path / "tools", "git")
    for path in (".", "", "tools", os.pathsep.join(["", "tools", "."])):
        monkeypatch.setenv("PATH", path)
        assert find_program("git") is None
    monkeypatch.setenv("PATH", os.pathsep.join([".", str(tmp_path / "tools")]))
    assert find_program("git") == str(tmp_path / "tools" / "git")


def test_a_file_that_nobody_may_run_is_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path / "first", "git", 0o644)
    (tmp_path / "second" / "git").mkdir(parents=True)
    last = _program(tmp_path / "third", "git")
    monkeypatch.setenv("PATH", os.pathsep.join(str(tmp_path / name) for name in ("first", "second", "third", "none")))
    assert find_program("git") == str(last)


def test_on_windows_neither_the_working_directory_nor_a_script_counts() -> None:
    """Windows itself looks into the working directory first, and starts `git.bat` by a shell."""
    path = r"C:\Program Files\Git\cmd;tools;.;;\Windows;D:bin;C:\Windows\System32"
    assert [str(place) for place in places("git", path, windows=True)] == [
        r"C:\Program Files\Git\cmd\git.exe",
        r"C:\Windows\System32\git.exe",
    ]
    assert [str(place) for place in places("git", "/usr/bin::bin:.:/bin", windows=False)] == [
        "/usr/bin/git",
        "/bin/git",
    ]
