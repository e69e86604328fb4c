"""`kmblint server`: what it takes for itself before an editor speaks to it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from kmblint.cli import main

_STRAY = """
import os, subprocess, sys
from kmblint.cli.server import _taken
stdin, stdout = _taken()
print("stray")
subprocess.run([sys.executable, "-c", "print('stray')"], check=True)
assert sys.stdin.buffer.read() == b""
stdout.write(stdin.read())
stdout.flush()
"""


def test_nothing_else_can_print_into_the_conversation() -> None:
    done = subprocess.run([sys.executable, "-c", _STRAY], input=b"said", capture_output=True, check=True)
    assert done.stdout == b"said"
    assert done.stderr.count(b"stray") == 2


def test_it_ends_with_its_editor() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kmblint", "server"], input=b"", capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pygls" or name == "kmblint.server.app"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    done = CliRunner().invoke(main, ["server"])
    assert done.exit_code == 2
    assert "pip install 'pygls>=" in done.stderr


def test_no_other_command_imports_the_protocol() -> None:
    code = "import sys; from kmblint.cli import main; main(['check', '--version'], standalone_mode=False)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; assert 'pygls' not in sys.modules"], capture_output=True, check=False
    )
    assert b"AssertionError" not in done.stderr
