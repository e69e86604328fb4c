"""What a run costs, for `pytest --benchmark-only`; nothing here passes or fails by the clock.

Each group holds a check and its yardstick, a bare scan of the same files: machines differ, their ratio hardly does.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.histories import write_dump, write_history

_HISTORIES: dict[str, Callable[[Path], None]] = {
    "100 files": partial(write_history, files=100),
    "1,000 files": partial(write_history, files=1000),
    "1,000 INSERTs in one file": partial(write_dump, rows=1000),
    "10,000 INSERTs in one file": partial(write_dump, rows=10_000),
}
_SCAN = """
import pathlib, sys
from kmblint.sql.scanner import scan
from kmblint.text import Source
for path in pathlib.Path(sys.argv[1]).iterdir():
    scan(Source(path.name, path.read_text(encoding="utf-8")))
"""


@pytest.fixture(scope="module", params=_HISTORIES)
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What a history is called, and its folder."""
    folder: Path = tmp_path_factory.mktemp("history") / "migrations"
    _HISTORIES[request.param](folder)
    return request.param, folder


def test_check_cold(benchmark: BenchmarkFixture, history: tuple[str, Path]) -> None:
    """A whole process, as a pre-commit hook runs it."""
    benchmark.group, folder = history
    _run(benchmark, "-m", "kmblint", "check", "--no-cache", "--exit-zero", "--output-format", "concise", str(folder))


def test_scan_cold(benchmark: BenchmarkFixture, history: tuple[str, Path]) -> None:
    """The yardstick: a whole process that cuts the same files into tokens and does nothing with them."""
    benchmark.group, folder = history
    _run(benchmark, "-c", _SCAN, str(folder))


def test_version_cold(benchmark: BenchmarkFixture) -> None:
    """What the interpreter and the command line alone cost: the floor of every other figure."""
    benchmark.group = "start"
    _run(benchmark, "-m", "kmblint", "--version")


def test_python_cold(benchmark: BenchmarkFixture) -> None:
    """The yardstick of the start: an interpreter that does nothing."""
    benchmark.group = "start"
    _run(benchmark, "-c", "")


def _run(benchmark: BenchmarkFixture, *arguments: str) -> None:
    command = [sys.executable, *arguments]
    time: Callable[..., object] = benchmark.pedantic
    time(subprocess.run, args=(command,), kwargs={"check": True, "capture_output": True}, rounds=5)
