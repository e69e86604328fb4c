"""Draws random mutants of the package and says which of them no test notices: `python -m tests.mutants --help`.

A mutant is the package with one small change: an operator, a constant, a condition, a missing statement or argument.
The draw is even over the lines that can be changed, so that a long table of words counts no more than its lines, and
hangs on the seed alone. Each mutant runs in a copy of the project, first against the tests of its room, then against
the rules and the engine's answers, then against all the others; the first test that fails kills it.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import msgspec

ROOT: Final = Path(__file__).parent.parent
LEFT_OUT: Final = (".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", ".benchmarks", "build", "dist")
"""What a copy of the project does without."""
JUDGES: Final = ("tests/engine", "tests/test_rules.py", "tests/test_projects.py")
"""Tests that run everything and stand for what users see."""
ELSEWHERE: Final = tuple(f"tests/{name}" for name in ("benchmarks", "test_contributing.py", "test_pre_commit.py"))
"""Slow, and blind to what a statement means."""

_SWAPS: Final = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.In: "not in",
    ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is", ast.And: "or", ast.Or: "and", ast.Add: "-", ast.Sub: "+",
    ast.Mult: "+", ast.FloorDiv: "*",
}  # fmt: skip


class Site(msgspec.Struct, frozen=True):
    """A change of one stretch of a module."""

    path: Path
    """Relative to the project."""
    line: int
    """1-based."""
    start: int
    """Offset in characters."""
    end: int
    text: str
    """What stands there instead."""

    def applied(self, whole: str) -> str:
        """The module with the change."""
        return whole[: self.start] + self.text + whole[self.end :]

    def shown(self, whole: str) -> str:
        """`path:line: old → new`, on one line."""
        old, new = (" ".join(part.split()) for part in (whole[self.start : self.end], self.text))
        return f"{self.path.as_posix()}:{self.line}: {old[:60] or '(nothing)'} → {new[:60] or '(nothing)'}"


class Module:
    """One module, and where it can be changed."""

    def __init__(self, path: Path) -> None:
        self.path = path.relative_to(ROOT)
        self.text = path.read_text(encoding="utf-8")
        self._starts = [0]
        for line in self.text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._lines = self.text.split("\n")

    def sites(self) -> list[Site]:
        """In the order of the syntax tree; not each leaves a module that compiles."""
        found: dict[Site, None] = {}
        for node in _meaningful(ast.parse(self.text)):
            for start, end, text in self._changes(node):
                line = self.text.count("\n", 0, start) + 1
                found[Site(self.path, line, start, end, text)] = None
        return list(found)

    def compiles(self, site: Site) -> bool:
        """Whether there is such a program."""
        try:
            compile(site.applied(self.text), "mutant", "exec")
        except SyntaxError:
            return False
        return True

    def _offset(self, line: int, column: int) -> int:
        """Columns of the syntax tree count bytes."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt | ast.pattern | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _changes(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                for before, operator, behind in zip((left, *comparators), ops, comparators, strict=False):
                    yield self._between(before, behind, _SWAPS.get(type(operator)))
            case ast.BoolOp(op=operator, values=values):
                for before, behind in pairwise(values):
                    yield self._between(before, behind, _SWAPS[type(operator)])
            case ast.BinOp(left=left, op=ast.BitOr()):
                yield self._span(left)[1], self._span(node)[1], ""
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _SWAPS:
                yield self._between(left, right, _SWAPS[type(operator)])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._span(node)[0], self._span(operand)[0], ""
            case ast.Constant(value=bool(value)):
                yield (*self._span(node), str(not value))
            case ast.Constant(value=int(value)):
                yield (*self._span(node), str(value + 1))
            case ast.Constant(value=str(value)) if value:
                yield (*self._span(node), repr(f"{value}~"))
            case ast.JoinedStr():
                start, end = self._span(node)
                yield start, end, f'({self.text[start:end]} "~")'
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
                yield (*self._span(value), "None")
            case ast.Break() | ast.Continue():
                yield (*self._span(node), "continue" if isinstance(node, ast.Break) else "break")
            case ast.Expr() | ast.AugAssign() | ast.Raise():
                yield (*self._span(node), "pass")
            case ast.MatchOr(patterns=patterns):
                for kept, dropped in pairwise(patterns):
                    yield self._span(kept)[1], self._span(dropped)[1], ""
            case ast.Call(keywords=keywords):
                for keyword in keywords:
                    start, end = self._span(keyword)
                    yield start, end + self.text[end:].startswith(","), ""
        for condition in _conditions(node):
            start, end = self._span(condition)
            yield start, end, f"(not ({self.text[start:end]}))"

    def _between(self, before: ast.AST, behind: ast.AST, operator: str | None) -> tuple[int, int, str]:
        """Another operator between two operands; parentheses there stay."""
        start, end = self._span(before)[1], self._span(behind)[0]
        gap = self.text[start:end]
        first = len(gap) - len(gap.lstrip(" )\n"))
        last = len(gap.rstrip(" (\n"))
        return start + first, start + last, operator or gap[first:last]


def _conditions(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return [test]
        case ast.comprehension(ifs=tests):
            return tests
        case ast.match_case(guard=ast.expr() as guard):
            return [guard]
    return []


def _meaningful(node: ast.AST) -> Iterator[ast.AST]:
    """What a run can notice: no annotation, docstring, assertion, import or class keyword."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Expr(value=ast.Constant()):
            return
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return
        case ast.JoinedStr():
            # Before Python 3.12 the parts of an f-string don't know where they stand.
            yield node
            return
    yield node
    silent = {"annotation", "returns", "decorator_list"} | ({"keywords"} if isinstance(node, ast.ClassDef) else set())
    for name, value in ast.iter_fields(node):
        if name not in silent:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _meaningful(child)


def draw(rooms: Sequence[str], count: int, seed: int) -> list[tuple[Module, Site]]:
    """So many sites of the rooms that compile, each on another line."""
    chosen = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    lines: dict[tuple[Path, int], list[tuple[Module, Site]]] = {}
    for room in rooms:
        folder = ROOT / "kmblint" / room
        for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
            module = Module(path)
            for site in module.sites():
                lines.setdefault((site.path, site.line), []).append((module, site))
    keys = sorted(lines)
    chosen.shuffle(keys)
    each_line = (chosen.sample(lines[key], len(lines[key])) for key in keys)
    possible = (next((one for one in sites if one[0].compiles(one[1])), None) for sites in each_line)
    return list(islice(filter(None, possible), count))


class Workshop:
    """A copy of the project in which one mutant at a time is tried."""

    def __init__(self, folder: Path, limits: dict[tuple[str, ...], float]) -> None:
        self.folder = folder
        self.limits = limits
        """How many seconds a stage may take: a mutant that takes far longer than the original hangs, and is killed."""
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))

    def killer(self, module: Module, site: Site) -> str:
        """Which test notices the mutant; empty where none does."""
        path = self.folder / module.path
        path.write_text(site.applied(module.text), encoding="utf-8")
        try:
            return next(filter(None, map(self.failure, self.stages(module.path))), "")
        finally:
            path.write_text(module.text, encoding="utf-8")

    def stages(self, path: Path) -> Iterator[tuple[str, ...]]:
        """The tests that fit a module, the nearest first."""
        near = f"tests/{path.parts[1]}"
        first = (near,) if (self.folder / near).is_dir() else ()
        if first and near not in JUDGES:
            yield first
        yield JUDGES
        yield ("tests", *(f"--ignore={name}" for name in (*first, *JUDGES, *ELSEWHERE)))

    def failure(self, stage: tuple[str, ...]) -> str:
        """The first test of a stage that fails; empty where none does."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "--tb=no", "--hypothesis-seed=0", *stage]
        # Programs that tests start are those of the copy; and two changes of one second and size look alike to a cache.
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        begin = time.monotonic()
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=self.limits.get(stage),
            )
        except subprocess.TimeoutExpired:
            return "time"
        self.limits.setdefault(stage, 60 + 10 * (time.monotonic() - begin))
        if done.returncode == 0:
            return ""
        named = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return named[0].split(" - ")[0] if named else f"pytest ended with {done.returncode}"


def main(arguments: Sequence[str]) -> int:
    """Prints each survivor as it is found, and the rate at the end; 1 where more than one of twenty is alive."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rooms", nargs="*", default=["schema", "sql", "targets"], help="as under kmblint/")
    parser.add_argument("--count", type=int, default=100, help="how many mutants [100]")
    parser.add_argument("--seed", type=int, default=0, help="which ones [0]")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 1) - 1), help="how many at a time")
    parser.add_argument("--list", action="store_true", help="show them without running them")
    options = parser.parse_args(arguments)
    drawn = draw(options.rooms, options.count, options.seed)
    if options.list:
        print("\n".join(site.shown(module.text) for module, site in drawn))
        return 0
    alive = 0
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(options.jobs) as pool:
        limits: dict[tuple[str, ...], float] = {}
        workshops = [Workshop(Path(scratch, str(number)), limits) for number in range(options.jobs)]
        for stage in sorted({stage for module, _ in drawn for stage in workshops[0].stages(module.path)}):
            if failure := workshops[0].failure(stage):
                parser.error(f"without a mutant, {failure}")
        idle: SimpleQueue[Workshop] = SimpleQueue()
        for workshop in workshops:
            idle.put(workshop)

        def tried(mutant: tuple[Module, Site]) -> str:
            workshop = idle.get()
            try:
                return workshop.killer(*mutant)
            finally:
                idle.put(workshop)

        for (module, site), killer in zip(drawn, pool.map(tried, drawn), strict=True):
            alive += not killer
            print(f"{'killed' if killer else 'ALIVE '} {site.shown(module.text)}  {killer}", flush=True)
    print(f"{alive} of {len(drawn)} mutants are alive ({alive / len(drawn):.1%}; seed {options.seed})")
    return int(alive > len(drawn) / 20)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
