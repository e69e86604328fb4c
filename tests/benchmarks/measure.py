"""Whole processes, measured from outside: seconds of processor and of the clock, and the memory of the largest."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec


class Run(msgspec.Struct, frozen=True):
    """What one finished process took: seconds of processor (its children's too), of the clock, and peak megabytes."""

    cpu: float
    wall: float
    megabytes: float


def run(command: Sequence[str], cwd: Path, environment: dict[str, str] | None = None, limit: float = 600) -> Run | None:
    """Runs a command to its end, its output thrown away; None where it took longer than `limit` seconds."""
    begin = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        deadline = begin + limit
        while True:
            pid, _, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = 0  # reaped here, not by Popen
                break
            if time.perf_counter() > deadline:
                os.killpg(process.pid, 9)
                return None
            time.sleep(0.002)
    return Run(usage.ru_utime + usage.ru_stime, time.perf_counter() - begin, usage.ru_maxrss / 1024)


def paired(commands: dict[str, Sequence[str]], cwd: Path, runs: int, limit: float) -> dict[str, list[Run]]:
    """Several commands in turn, A B C A B C …, after one warm-up of each: their runs; a slow one is left out."""
    results: dict[str, list[Run]] = {}
    for name, command in commands.items():
        if run(command, cwd, limit=limit) is not None:
            results[name] = []
    for _ in range(runs):
        for name in list(results):
            done = run(commands[name], cwd, limit=limit)
            if done is None:
                del results[name]
            else:
                results[name].append(done)
    return results


def wall(runs: Sequence[Run]) -> float:
    """The median of the clock, in seconds."""
    return median(each.wall for each in runs)


def cpu(runs: Sequence[Run]) -> float:
    """The median of the processor's time, in seconds."""
    return median(each.cpu for each in runs)


def megabytes(runs: Sequence[Run]) -> float:
    """The median of the peak memory."""
    return median(each.megabytes for each in runs)


def ratio(these: Sequence[Run], those: Sequence[Run]) -> float:
    """The median of the ratios of the clock, pair by pair, so that a machine's drift cancels out."""
    return median(one.wall / other.wall for one, other in zip(these, those, strict=True))
