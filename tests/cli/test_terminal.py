"""What only a terminal gets: a sign of life on standard error, and rule names that are links."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kmblint.cli import links
from kmblint.cli.links import wants_links
from kmblint.cli.progress import progress
from kmblint.reporters import render
from kmblint.reporters.view import View
from tests.reporters.samples import everything

_ALL = ("FORCE_HYPERLINK", "TERM_PROGRAM", "VTE_VERSION", "KONSOLE_VERSION", "DOMTERM", "WT_SESSION", "TMUX", "TERM")
FILE = "CREATE TABLE patients (id BIGINT PRIMARY KEY);\n"


class Terminal(io.StringIO):
    """A stream that says it is one, and tells when it was written to."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _ALL:
        monkeypatch.delenv(name, raising=False)


def test_a_long_run_gives_a_sign_of_life_and_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    class Written(Terminal):
        said = Event()

        def flush(self) -> None:
            self.said.set()

    monkeypatch.setenv("TERM", "xterm")
    stream = Written()
    with progress("replaying", stream, after=0):
        assert stream.said.wait(60)
    text = stream.getvalue()
    assert text.startswith("\r\x1b[Kkmblint: replaying … 0 s")
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_a_short_run_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with progress("replaying", stream, after=3600):
        pass
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("stream", "term"), [(io.StringIO(), "xterm"), (Terminal(), "dumb"), (Terminal(), "")])
def test_only_a_terminal_gets_one(stream: io.StringIO, term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    with progress("replaying", stream, after=0):
        pass
    assert stream.getvalue() == ""


def test_an_error_takes_it_away_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with pytest.raises(ValueError, match="x"), progress("replaying", stream, after=0):
        raise ValueError("x")
    assert stream.getvalue().endswith("\x1b[K") or stream.getvalue() == ""


@pytest.mark.parametrize(
    ("said", "linked"),
    [
        ({}, False),
        ({"TERM_PROGRAM": "vscode"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"VTE_VERSION": "7600"}, True),
        ({"VTE_VERSION": "4205"}, False),
        ({"WT_SESSION": "1"}, True),
        ({"WT_SESSION": "1", "TMUX": "/tmp/x"}, False),  # noqa: S108 (a name, nothing is opened)
        ({"TERM": "screen-256color", "TERM_PROGRAM": "vscode"}, False),
        ({"TERM_PROGRAM": "vscode", "FORCE_HYPERLINK": "0"}, False),
        ({"FORCE_HYPERLINK": "1"}, True),
    ],
)
def test_names_are_links_where_the_terminal_says_it_follows_them(
    said: dict[str, str], *, linked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "to_terminal", lambda: True)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert wants_links(color=True) is linked
    assert not wants_links(color=False)


@pytest.mark.parametrize("output_format", ["full", "grouped"])
def test_a_link_leads_to_the_card_and_changes_no_layout(output_format: str) -> None:
    plain = render(everything(), output_format)
    linked = render(everything(), output_format, View(links=True))
    address = "https://github.com/kmblint/kmblint/blob/main/rules/non-idempotent-create.md"
    assert f"\x1b]8;;{address}\x1b\\KMB301" in linked
    parts = linked.split("\x1b]8;;")
    assert parts[0] + "".join(part.partition("\x1b\\")[2] for part in parts[1:]) == plain


def test_a_pipe_gets_no_link_unless_it_is_forced(tmp_path: Path) -> None:
    (tmp_path / "0001_create_patients.sql").write_text(FILE, encoding="utf-8")
    command = [sys.executable, "-m", "kmblint", "check", str(tmp_path)]
    told = {**os.environ, "TERM_PROGRAM": "vscode", "PYTHONPATH": str(Path(__file__).parents[2])}
    assert b"\x1b" not in subprocess.run(command, capture_output=True, check=False, env=told).stdout
    forced = {**told, "FORCE_HYPERLINK": "1", "FORCE_COLOR": "1"}
    assert b"\x1b]8;;https://" in subprocess.run(command, capture_output=True, check=False, env=forced).stdout
    never = {**forced, "NO_COLOR": "1"}
    assert b"\x1b" not in subprocess.run(command, capture_output=True, check=False, env=never).stdout
