"""Processes of their own with other hash seeds, each over many projects."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fuzzing import commands
from tests.fuzzing.inputs import ROOT, Files
from tests.fuzzing.invariants import Fault, Promise

SEEDS = (0, 1, 2)


def faults(projects: Sequence[Files]) -> Iterator[tuple[int, Fault]]:
    """The projects, by their number, of which two processes tell otherwise."""
    with tempfile.TemporaryDirectory(prefix="kmblint-fuzzing-") as place:
        for number, files in enumerate(projects):
            commands.write(files, Path(place) / f"{number:06}")
            (Path(place) / f"{number:06}" / "migrations").mkdir(parents=True, exist_ok=True)
        first, *others = _digests(place)
        for other in others:
            for number in range(len(projects)):
                if number >= min(len(first), len(other)):
                    yield number, Fault(Promise.HASH_SEED, "a process ended early")
                    break
                if first[number] != other[number]:
                    yield number, Fault(Promise.HASH_SEED, f"not the same: {_which(first[number], other[number])}")


def _which(one: str, other: str) -> str:
    differ = [a != b for a, b in zip(one.split()[1:], other.split()[1:], strict=True)]
    return "; ".join(" ".join(c) for c, d in zip(commands.DIGESTED, differ, strict=True) if d)


def _digests(place: str) -> list[list[str]]:
    """The lines of each process; they run at the same time."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.fuzzing.commands", place],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(seed), "KMBLINT_CACHE_DIR": f"{place}.cache"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for seed in SEEDS
    ]
    return [each.communicate()[0].splitlines() for each in running]
