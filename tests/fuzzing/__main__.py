"""Tries random projects for some minutes and prints what was tried and what failed, each failure made small.

Usage: python -m tests.fuzzing [--minutes 1] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzzing.inputs import Files, history, seeds
from tests.fuzzing.invariants import faults

_SLOW = 2.0
"""Seconds of processor time for one project that are told as a fault."""


def main() -> None:
    """Prints a line a new failure, and the figures at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, known = random.Random(asked.seed), seeds()  # noqa: S311 -- it guards nothing
    ends = time.monotonic() + asked.minutes * 60
    tried = files = size = 0
    kinds: Counter[str] = Counter()
    slowest = 0.0
    while time.monotonic() < ends:
        project = history(chance, known)
        target = chance.choice(("kimberlite", "guide"))
        began = time.process_time()
        found = _tried(project, target)
        spent = time.process_time() - began
        slowest = max(slowest, spent)
        found += [f"it takes over {_SLOW} s"] if spent > _SLOW else []
        tried, files, size = tried + 1, files + len(project), size + sum(map(len, project.values()))
        for fault in dict.fromkeys(_kind(each) for each in found):
            kinds[fault] += 1
            if kinds[fault] == 1:
                print(f"{fault}\n    {target}: {_smaller(project, target, fault)!r}", flush=True)
    print(f"{tried:,} projects of {files:,} files, {size:,} bytes; slowest {slowest:.1f} s of processor time")
    print("\n".join(f"{count:6} {fault}" for fault, count in kinds.most_common()) or "no failure")


def _tried(project: Files, target: str) -> list[str]:
    root = Path(tempfile.mkdtemp(prefix="kmblint-fuzzing-"))
    try:
        return faults(project, root, target)
    finally:
        shutil.rmtree(root)


def _kind(fault: str) -> str:
    return "".join("0" if character.isdigit() else character for character in fault)[:160]


def _smaller(project: Files, target: str, fault: str) -> Files:
    """The project with whole files and then stretches left out, as long as it fails alike."""

    def fails(less: Files) -> bool:
        return fault in map(_kind, _tried(less, target))

    for name in list(project):
        less = {other: data for other, data in project.items() if other != name}
        project = less if less and fails(less) else project
    for name in list(project):
        step = len(project[name]) // 2
        while step >= 1:
            at = 0
            while at < len(project[name]):
                data = project[name]
                less = {**project, name: data[:at] + data[at + step :]}
                if fails(less):
                    project = less
                else:
                    at += step
            step //= 2
    return project


if __name__ == "__main__":
    main()
