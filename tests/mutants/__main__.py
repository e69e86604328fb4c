"""Draws random mutants of the package and says which of them no test notices: `python -m tests.mutants --help`.

A mutant is the package with one small change: an operator, a constant, a condition, a missing statement or argument,
in a function or in a table of a module. The draw is even over the lines that can be changed, so that a long table of
words counts no more than its lines, and hangs on the seed alone.

One process collects the tests and notes which functions each of them calls (kept in a temporary folder until the
test's text changes). For each mutant it then forks: the child changes the function in memory and runs the tests that
come by, the nearest and quickest first, until one fails or the time is up, which counts as unnoticed. A change that
shows when modules are imported, as in a table, gets a process of its own. Tests that start a program see the package
unchanged, and those that fail without any mutant are named and left out. Of what no test notices mypy is asked, where
it is installed: CI asks it too.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

import pytest

from tests.mutants.hunt import Hunt
from tests.mutants.sites import ROOT, draw

ELSEWHERE: Final = tuple(
    f"tests/{name}" for name in ("benchmarks", "cli/test_output.py", "test_contributing.py", "test_pre_commit.py")
)
"""Slow, or about the standard output of this process, which a mutant has none of; blind to what a statement means."""


def main(arguments: Sequence[str]) -> int:
    """Prints what becomes of each mutant, and the rate at the end; 1 where more than one of twenty is alive."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rooms", nargs="*", default=["schema", "sql", "targets"], help="as under kmblint/")
    parser.add_argument("--count", type=int, default=100, help="how many mutants [100]")
    parser.add_argument("--seed", type=int, default=0, help="which ones [0]")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--budget", type=int, default=300, help="seconds of the processor for each of them [300]")
    parser.add_argument("--list", action="store_true", help="show them without running them")
    options = parser.parse_args(arguments)
    drawn = draw(options.rooms, options.count, options.seed)
    if options.list:
        print("\n".join(site.shown(module.text) for module, site in drawn))
        return 0
    os.chdir(ROOT)
    hunt = Hunt(drawn, options.jobs, options.budget)
    ignored = [f"--ignore={name}" for name in ELSEWHERE]
    ended = pytest.main(["-q", "--no-header", "--tb=no", "--hypothesis-seed=0", "-s", *ignored, "tests"], [hunt])
    if ended not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        return int(ended)
    alive = hunt.killers.count("")
    print(f"{alive} of {len(drawn)} mutants are alive ({alive / len(drawn):.1%}; seed {options.seed})")
    return int(alive > len(drawn) / 20)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
