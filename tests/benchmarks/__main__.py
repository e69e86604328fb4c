"""Times kmblint beside its rivals, and its growth on extreme shapes, as whole processes.

Usage: python -m tests.benchmarks [--files 100,1000] [--runs 5] [--shapes all|none|NAME,NAME] [--cases] [--write]

Makes a virtual environment for kmblint's wheel and one for the rivals, unless `--venvs DIR` names a folder that
holds them already (it is filled where it is empty). `--cases` adds runs that saw the history before, beside squawk:
with nothing changed, the newest and the first file edited. `--write` replaces docs/performance.md.
"""

from __future__ import annotations

import argparse
import math
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.benchmarks.cases import table
from tests.benchmarks.histories import write_history
from tests.benchmarks.measure import Run, megabytes, paired, ratio, run, wall
from tests.benchmarks.shapes import SHAPES

ROOT: Final = Path(__file__).parents[2]
RIVALS: Final = {"squawk": "squawk-cli", "sqruff": "sqruff", "pgrubic": "pgrubic", "sqlfluff": "sqlfluff"}
"""Command → the package that brings it."""
PATIENCE: Final = 120.0
"""Seconds after which a rival is left out, and a shape is told as too slow."""


def main() -> None:
    """Measures what the arguments ask for and prints, or writes, the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--files", default="100,1000", help="sizes of the plain history, between commas")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command")
    parser.add_argument("--shapes", default="all", help="`all`, `none`, or names between commas")
    parser.add_argument("--venvs", type=Path, help="where the virtual environments are kept")
    parser.add_argument("--cases", action="store_true", help="also runs that saw the history before")
    parser.add_argument("--write", action="store_true", help="replace docs/performance.md")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.files.split(",") if size]
    names = list(SHAPES) if asked.shapes == "all" else [] if asked.shapes == "none" else asked.shapes.split(",")
    with tempfile.TemporaryDirectory() as made:
        venvs = asked.venvs or Path(made) / "venvs"
        ours, rivals = _kmblint(venvs), _rivals(venvs)
        lines = [*_head(asked.runs), *_beside_rivals(ours, rivals, sizes, asked.runs, Path(made))]
        if asked.cases and "squawk" in rivals:
            lines += table(ours, rivals["squawk"], sizes, asked.runs, Path(made))
        lines += _growth(ours, names, Path(made))
    page = "\n".join(lines) + "\n"
    print(page)
    if asked.write:
        (ROOT / "docs").mkdir(exist_ok=True)
        (ROOT / "docs" / "performance.md").write_text(page, encoding="utf-8")


def _environment(folder: Path, *packages: str) -> Path:
    """The folder of a virtual environment's programs, with these packages."""
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, *packages], check=True, capture_output=True)
    return folder / "bin"


def _kmblint(venvs: Path) -> Path:
    programs = _environment(venvs / "kmblint", "--force-reinstall", "--no-deps", str(ROOT))
    _environment(venvs / "kmblint", str(ROOT))
    return programs / "kmblint"


def _rivals(venvs: Path) -> dict[str, Path]:
    """The rivals that can be installed here: command → program."""
    found = {}
    for command, package in RIVALS.items():
        try:
            program = _environment(venvs / command, package) / command
        except subprocess.CalledProcessError:
            continue
        if program.exists():
            found[command] = program
    return found


def _head(runs: int) -> Iterator[str]:
    today = datetime.now(tz=UTC).date().isoformat()
    yield "# Performance"
    yield ""
    yield "Written by `python -m tests.benchmarks --write`: whole processes of the installed wheel, medians of pairs."
    yield "Quote the ratios: machines differ, and one machine differs from hour to hour."
    yield ""
    yield f"{today}, Python {platform.python_version()} on {platform.machine()}, {runs} runs after one warm-up."
    yield ""


def _beside_rivals(ours: Path, rivals: dict[str, Path], sizes: list[int], runs: int, made: Path) -> Iterator[str]:
    """A table a size: seconds, ratio to squawk, memory; what each rival does differs, so this compares waiting."""
    for size in sizes:
        project = made / f"plain-{size}"
        write_history(project / "migrations", size)
        files = [str(path.relative_to(project)) for path in sorted((project / "migrations").iterdir())]
        commands: dict[str, Sequence[str]] = {
            "kmblint": [str(ours), "check", "--no-cache", "--exit-zero", "--output-format", "concise", "migrations"]
        }
        for name, program in rivals.items():
            verb = {"squawk": [], "sqlfluff": ["lint", "--dialect", "postgres"]}.get(name, ["lint"])
            commands[name] = [str(program), *verb, *(files if name == "squawk" else ["migrations"])]
        results = paired(commands, project, runs, PATIENCE)
        yield f"## {size:,} files of two to three statements"
        yield ""
        yield "| program | seconds | ratio to squawk | peak memory |"
        yield "| --- | ---: | ---: | ---: |"
        for name in commands:
            yield _row(name, results.get(name), results.get("squawk"))
        yield ""


def _row(name: str, runs: list[Run] | None, yardstick: list[Run] | None) -> str:
    if runs is None:
        return f"| {name} | over {PATIENCE:.0f} | | |"
    beside = f"{ratio(runs, yardstick):.2f}×" if yardstick else ""
    return f"| {name} | {wall(runs):.2f} | {beside} | {megabytes(runs):.0f} MB |"


def _growth(ours: Path, names: list[str], made: Path) -> Iterator[str]:
    """The exponent with which the processor time of each shape grows from n to 2n, the start-up taken off."""
    if not names:
        return
    bare = run([str(ours), "--version"], made)
    assert bare is not None, "the version is printed at once"
    yield "## Growth on extreme shapes"
    yield ""
    yield "Processor seconds for n and 2n. The exponent leaves out the start; 1 is linear, over 1.2"
    yield "a fault."
    yield ""
    yield "| shape | n | seconds | seconds at 2n | exponent | peak memory at 2n |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name in names:
        once, twice = (_shaped(ours, name, factor, made) for factor in (1, 2))
        if once is None or twice is None:
            first = f"over {PATIENCE:.0f}" if once is None else f"{once.cpu:.2f}"
            yield f"| {name} | {SHAPES[name][1]:,} | {first} | over {PATIENCE:.0f} | | |"
            continue
        exponent = math.log2(max(twice.cpu - bare.cpu, 0.01) / max(once.cpu - bare.cpu, 0.01))
        figures = f"{once.cpu:.2f} | {twice.cpu:.2f} | {exponent:.2f} | {twice.megabytes:.0f} MB"
        yield f"| {name} | {SHAPES[name][1]:,} | {figures} |"
    yield ""


def _shaped(ours: Path, name: str, factor: int, made: Path) -> Run | None:
    write, size = SHAPES[name]
    folder = made / f"shape-{list(SHAPES).index(name)}-{factor}" / "migrations"
    write(folder, size * factor)
    command = [str(ours), "check", "--no-cache", "--exit-zero", "--output-format", "json", str(folder)]
    return run(command, made, limit=PATIENCE)


if __name__ == "__main__":
    main()
