"""Draws random mutants of the package and says which of them no test notices: `python -m tests.mutants --help`.

A mutant is the package with one small change: an operator, a constant, a condition, a missing statement or argument,
in a function or in a table of a module. The draw is even over the lines that can be changed, so that a long table of
words counts no more than its lines, and hangs on the seed alone.

One process collects the tests and notes which functions each of them calls. For each mutant it then forks: the child
changes the function (or rebinds the table) in memory and runs the tests that come by, the nearest and quickest first,
until one fails. Tests that start a program of their own see the package unchanged.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import pickle
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import islice, pairwise
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

import msgspec
import pytest

ROOT: Final = Path(__file__).parent.parent
ELSEWHERE: Final = tuple(f"tests/{name}" for name in ("benchmarks", "test_contributing.py", "test_pre_commit.py"))
"""Slow, and blind to what a statement means."""
SECONDS: Final = 300
"""Of processor time: a mutant that takes more hangs, and is killed."""

_SWAPS: Final = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.In: "not in",
    ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is", ast.And: "or", ast.Or: "and", ast.Add: "-", ast.Sub: "+",
    ast.Mult: "+", ast.FloorDiv: "*",
}  # fmt: skip


class Site(msgspec.Struct, frozen=True):
    """A change of one stretch of a module."""

    path: Path
    """Relative to the project."""
    within: str
    """The qualified name of the function; empty for a statement of the module."""
    line: int
    """1-based."""
    start: int
    """Offset in characters."""
    end: int
    text: str
    """What stands there instead."""

    @property
    def module(self) -> str:
        """Its name, as it is imported."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

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
        self._lines = self.text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def sites(self) -> list[Site]:
        """In the order of the syntax tree; not each leaves a module that compiles."""
        found: dict[Site, None] = {}
        for node, within in _meaningful(ast.parse(self.text)):
            for start, end, text in self._changes(node):
                line = self.text.count("\n", 0, start) + 1
                found[Site(self.path, within, line, start, end, text)] = None
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


def _meaningful(node: ast.AST, within: str = "") -> Iterator[tuple[ast.AST, str]]:
    """What a run can notice, and in which function it stands.

    No annotation, docstring, assertion, import or default of a parameter; of a class its methods only.
    """
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
            yield node, within
            return
        case ast.ClassDef(name=name, body=body):
            for child in body:
                if isinstance(child, ast.FunctionDef):
                    yield from _meaningful(child, f"{within}{name}.")
            return
        case ast.FunctionDef(name=name, body=body):
            inside = f"{within}{name}" if not within or within.endswith(".") else within
            for child in body:
                yield from _meaningful(child, inside)
            return
    yield node, within
    for name, value in ast.iter_fields(node):
        if name not in {"annotation", "args" if isinstance(node, ast.Lambda) else ""}:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _meaningful(child, within)


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


class Calls(msgspec.Struct, frozen=True):
    """What one test calls of the package, as `module:qualified name`, and how long it takes."""

    functions: frozenset[str]
    seconds: float


class Hunt:
    """A plugin of pytest that runs the tests once a mutant in place of once."""

    def __init__(self, drawn: Sequence[tuple[Module, Site]], jobs: int) -> None:
        self.drawn = drawn
        self.jobs = jobs
        self.alive = 0
        self.failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes the first failure of this process."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The tests as they are, then each mutant against those that come by."""
        with tempfile.TemporaryDirectory() as scratch:
            self._hunt(session.items, Path(scratch))
        return True

    def _hunt(self, items: list[pytest.Item], scratch: Path) -> None:
        calls: list[Calls] = []
        _wait(self._forked(scratch / "calls", lambda: self._traced(items)))
        calls, failure = pickle.loads((scratch / "calls").read_bytes())  # noqa: S301 -- written by our own child
        if failure:
            pytest.exit(f"without a mutant, {failure} fails", returncode=2)
        running: dict[int, int] = {}
        for number in range(len(self.drawn)):
            if len(running) >= self.jobs:
                self._ended(running, scratch)
            module, site = self.drawn[number]

            def tried(module: Module = module, site: Site = site) -> str:
                return self._killer(module, site, items, calls)

            running[self._forked(scratch / str(number), tried)] = number
        while running:
            self._ended(running, scratch)

    def _ended(self, running: dict[int, int], scratch: Path) -> None:
        """Waits for a child, and prints what became of its mutant."""
        child, _ = os.wait()
        number = running.pop(child)
        module, site = self.drawn[number]
        told = scratch / str(number)
        killer = pickle.loads(told.read_bytes()) if told.exists() else "it hangs or ends the process"  # noqa: S301
        self.alive += not killer
        print(
            f"{'killed' if killer else 'ALIVE '} {site.shown(module.text)}  {killer}", file=sys.__stdout__, flush=True
        )

    def _forked(self, answer: Path, work: Any) -> int:
        """A child that writes what the work gives; its number."""
        child = os.fork()
        if child:
            return child
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.mkdtemp(dir=answer.parent)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        try:
            answer.write_bytes(pickle.dumps(work()))
        finally:
            os._exit(0)

    def _traced(self, items: list[pytest.Item]) -> tuple[list[Calls], str]:
        """Runs every test with a look at what it calls."""
        seen: dict[int, CodeType] = {}
        called: set[int] = set()

        def note(frame: FrameType, event: str, _: object) -> None:
            if event == "call":
                number = id(frame.f_code)
                called.add(number)
                seen.setdefault(number, frame.f_code)

        found: list[Calls] = []
        for item, following in pairwise((*items, None)):
            assert item is not None
            called.clear()
            begin = time.process_time()
            sys.setprofile(note)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            sys.setprofile(None)
            names = frozenset(filter(None, (_called(seen[number]) for number in called)))
            found.append(Calls(names, time.process_time() - begin))
        return found, self.failed

    def _killer(self, module: Module, site: Site, items: list[pytest.Item], calls: list[Calls]) -> str:
        """Which test notices the mutant; empty where none does."""
        try:
            touched = _changed(module, site)
        except Exception as error:
            return f"import: {error!r}"
        near = f"tests/{site.path.parts[1]}/"
        fitting = [number for number, each in enumerate(calls) if each.functions & touched]
        fitting.sort(key=lambda number: (not items[number].nodeid.startswith(near), calls[number].seconds))
        chosen = [items[number] for number in fitting]
        for item, following in pairwise((*chosen, None)):
            assert item is not None
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                break
        return self.failed


def _wait(child: int) -> None:
    os.waitpid(child, 0)


def _called(code: CodeType) -> str:
    """The function of the package that a code object belongs to; empty where it is another's."""
    _, inside, name = code.co_filename.rpartition(f"{ROOT.as_posix()}/kmblint/")
    if not inside:
        return ""
    module = ".".join(Path("kmblint", name).with_suffix("").parts).removesuffix(".__init__")
    return f"{module}:{code.co_qualname.partition('.<locals>')[0]}"


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def _functions() -> Iterator[FunctionType]:
    return (each for each in gc.get_objects() if isinstance(each, FunctionType))


def _changed(module: Module, site: Site) -> frozenset[str]:
    """Changes the package in memory; gives the functions that then do something else."""
    import_module(site.module)
    text = site.applied(module.text)
    if not site.within:
        return _rebound(site.module, text)
    old = [each for each in _functions() if each.__module__ == site.module and each.__qualname__ == site.within]
    new = [code for code in _codes(compile(text, "mutant", "exec")) if code.co_qualname == site.within]
    old.sort(key=lambda each: each.__code__.co_firstlineno)
    for function, code in zip(old, new, strict=True):
        function.__code__ = code
    return frozenset({f"{site.module}:{site.within}"})


def _rebound(name: str, text: str) -> frozenset[str]:
    """Runs the statements of a module once more; a value that comes out otherwise takes the place of the old one."""
    tree = ast.parse(text)
    tree.body = [each for each in tree.body if not isinstance(each, ast.ClassDef | ast.FunctionDef)]
    old = vars(sys.modules[name])
    new = dict(old)
    exec(compile(tree, "mutant", "exec"), new)  # noqa: S102 -- the package itself, with one change
    names = {each for each, value in new.items() if _looks(value) != _looks(old.get(each)) and each != "__builtins__"}
    ours = [module for key, module in sys.modules.items() if key.partition(".")[0] in {"kmblint", "tests"}]
    for each in names:
        for user in ours:
            for bound, value in list(vars(user).items()):
                if value is old[each]:
                    setattr(user, bound, new[each])
    using = (each for each in _functions() if (each.__module__ or "").startswith("kmblint"))
    return frozenset(
        f"{each.__module__}:{each.__qualname__.partition('.<locals>')[0]}"
        for each in using
        if any(names & set(code.co_names) for code in _codes(each.__code__))
    )


def _looks(value: object) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def main(arguments: Sequence[str]) -> int:
    """Prints what becomes of each mutant, and the rate at the end; 1 where more than one of twenty is alive."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rooms", nargs="*", default=["schema", "sql", "targets"], help="as under kmblint/")
    parser.add_argument("--count", type=int, default=100, help="how many mutants [100]")
    parser.add_argument("--seed", type=int, default=0, help="which ones [0]")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--list", action="store_true", help="show them without running them")
    options = parser.parse_args(arguments)
    drawn = draw(options.rooms, options.count, options.seed)
    if options.list:
        print("\n".join(site.shown(module.text) for module, site in drawn))
        return 0
    os.chdir(ROOT)
    hunt = Hunt(drawn, options.jobs)
    ignored = [f"--ignore={name}" for name in ELSEWHERE]
    ended = pytest.main(["-q", "--no-header", "--tb=no", "--hypothesis-seed=0", "-s", *ignored, "tests"], [hunt])
    if ended not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        return int(ended)
    print(f"{hunt.alive} of {len(drawn)} mutants are alive ({hunt.alive / len(drawn):.1%}; seed {options.seed})")
    return int(hunt.alive > len(drawn) / 20)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
