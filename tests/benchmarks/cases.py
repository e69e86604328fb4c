"""What a run costs that has seen the history before, beside a cold one and beside squawk, which keeps nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final

from tests.benchmarks.histories import write_history
from tests.benchmarks.measure import Run, cpu, megabytes, run

_SETTLED: Final = 2.1
"""Seconds after which no clock of a file system takes a written file for one that may change again unseen."""


def table(ours: Path, squawk: Path, sizes: Sequence[int], runs: int, made: Path) -> Iterator[str]:
    """A row a size: processor seconds and their ratio to squawk's, as a loaded machine leaves the clock no meaning.

    The peak memory is the largest of all runs.
    """
    yield "## Runs that saw the history before"
    yield ""
    yield "Processor seconds, and as a ratio to squawk's."
    yield ""
    yield "| files | squawk | cold | nothing changed | newest file edited | first file edited | peak memory |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for size in sizes:
        results = _measured(ours, squawk, size, runs, made / f"cases-{size}")
        yardstick = results.pop("squawk")
        cells = [f"{cpu(each):.2f} s, {cpu(each) / cpu(yardstick):.2f}×" for each in results.values()]
        most = max(megabytes(each) for each in results.values())
        yield f"| {size:,} | {cpu(yardstick):.3f} s | {' | '.join(cells)} | {most:.0f} MB |"
    yield ""


def _measured(ours: Path, squawk: Path, size: int, runs: int, project: Path) -> dict[str, list[Run]]:
    write_history(project / "migrations", size)
    files = sorted((project / "migrations").iterdir())
    time.sleep(_SETTLED)
    check = [str(ours), "check", "--exit-zero", "--output-format", "concise", "migrations"]
    beside = [str(squawk), *(str(path.relative_to(project)) for path in files)]
    numbers = count(1)

    def kept(edited: Path | None) -> Run:
        if edited is not None:
            with edited.open("a", encoding="utf-8") as file:
                file.write(f"-- edit {next(numbers)}\n")
        return _once(check, project, project / "cache")

    cases: dict[str, Callable[[], Run]] = {
        "squawk": lambda: _once(beside, project, project / "cache"),
        "cold": lambda: _once(check, project, project / f"cold-{next(numbers)}"),
        "nothing changed": lambda: kept(None),
        "newest file edited": lambda: kept(files[-1]),
        "first file edited": lambda: kept(files[0]),
    }
    results: dict[str, list[Run]] = {name: [] for name in cases}
    for number in range(runs + 1):
        for name, measured in cases.items():
            if name == "nothing changed":
                time.sleep(_SETTLED)
                kept(None)  # the edits of the round before are known
            done = measured()
            if number:  # the first round is the warm-up
                results[name].append(done)
    return results


def _once(command: Sequence[str], project: Path, cache: Path) -> Run:
    done = run(command, project, {"KMBLINT_CACHE_DIR": str(cache)})
    assert done is not None, "no run takes ten minutes"
    return done
