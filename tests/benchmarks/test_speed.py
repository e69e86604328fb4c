"""What a run costs, for `pytest --benchmark-only`; nothing here passes or fails by the clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.histories import write_history


@pytest.fixture(scope="module", params=[100, 1000])
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("history") / "migrations"
    write_history(folder, request.param)
    return folder


def test_check_cold(benchmark: BenchmarkFixture, history: Path) -> None:
    """A whole process, as a pre-commit hook runs it."""
    command = [sys.executable, "-m", "kmblint", "check", "--exit-zero", "--output-format", "concise", str(history)]
    benchmark(subprocess.run, command, check=True, capture_output=True)


def test_version_cold(benchmark: BenchmarkFixture) -> None:
    """What the interpreter and the command line alone cost: the floor of every other figure."""
    command = [sys.executable, "-m", "kmblint", "--version"]
    benchmark(subprocess.run, command, check=True, capture_output=True)
