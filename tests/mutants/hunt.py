"""Tries mutants against the tests that call what they change, until one fails."""

from __future__ import annotations

import ast
import gc
import hashlib
import inspect
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from itertools import groupby, pairwise
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

import msgspec
import pytest

from tests.mutants.instead import ORDER, Order
from tests.mutants.names import affected, at_import
from tests.mutants.sites import ROOT, Module, Site
from tests.mutants.typed import complaint

PATIENCE: Final = 5
"""So many times the time of the slowest test of its file, and seconds beside, may a test take: more is hanging."""


FAR: Final = 2
"""How far tests stand from a module that are about another room."""


class Calls(msgspec.Struct, frozen=True):
    """What one test calls of the package and the tests, as `module:qualified name`, and how long it takes."""

    functions: frozenset[str]
    seconds: float
    fails: bool
    """Without any mutant: it can't tell one."""


class Hunt:
    """A plugin of pytest that runs the tests once a mutant in place of once."""

    def __init__(self, drawn: Sequence[tuple[Module, Site]], jobs: int, budget: int) -> None:
        self.drawn = drawn
        self.jobs = jobs
        self.budget = budget
        self.killers: list[str] = []
        """Of each mutant that ended, which test noticed it; empty where none did."""
        self.functions: list[FunctionType] = []
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
        known = self._known(items, scratch)
        failing = [item.nodeid for item in items if known[item.nodeid].fails]
        if failing:
            print(f"left out, as they fail without a mutant: {', '.join(failing)}", file=sys.__stdout__, flush=True)
        items = [item for item in items if not known[item.nodeid].fails]
        calls = [known[item.nodeid] for item in items]
        early = [at_import(site) for _, site in self.drawn]  # what it reads, the children then have
        self.functions = _functions()
        gc.freeze()  # a collection in a child would copy what they share
        running: dict[int, int] = {}
        for number in range(len(self.drawn)):
            if len(running) >= self.jobs:
                self._ended(running, scratch)
            module, site = self.drawn[number]

            def tried(module: Module = module, site: Site = site, early: bool = early[number]) -> str:
                return self._killer(module, site, items, calls, early=early)

            running[self._forked(scratch / str(number), tried)] = number
        while running:
            self._ended(running, scratch)
        self._doubt([item for item in items if item.nodeid in self.killers], scratch)

    def _doubt(self, items: list[pytest.Item], scratch: Path) -> None:
        """Takes back what tests noticed that fail without a mutant too: the package is another than when they ran."""
        told = scratch / "again"
        os.waitpid(self._forked(told, lambda: [calls.fails for calls in self._traced(items).values()]), 0)
        failing = [item.nodeid for item, fails in zip(items, pickle.loads(told.read_bytes()), strict=True) if fails]  # noqa: S301
        for name in failing:
            print(f"ALIVE   whatever {name} noticed: it fails without a mutant", file=sys.__stdout__, flush=True)
        self.killers = ["" if killer in failing else killer for killer in self.killers]

    def _ended(self, running: dict[int, int], scratch: Path) -> None:
        """Waits for a child, and prints what became of its mutant."""
        child, _ = os.wait()
        number = running.pop(child)
        module, site = self.drawn[number]
        told = scratch / str(number)
        killer = pickle.loads(told.read_bytes()) if told.exists() else "it hangs or ends the process"  # noqa: S301
        if isinstance(killer, Exception):
            raise RuntimeError(site.shown(module.text)) from killer  # noqa: TRY004 -- it is no argument of ours
        killer = killer or complaint(module, site, scratch)
        self.killers.append(killer)
        print(
            f"{'killed' if killer else 'ALIVE '} {site.shown(module.text)}  {killer}", file=sys.__stdout__, flush=True
        )

    def _forked(self, answer: Path, work: Callable[[], Any]) -> int:
        """A child that writes what the work gives; its number."""
        child = os.fork()
        if child:
            return child
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.mkdtemp(dir=answer.parent)
        try:
            answer.write_bytes(pickle.dumps(work()))
        except Exception as error:
            answer.write_bytes(pickle.dumps(error))
        finally:
            os._exit(0)

    def _known(self, items: list[pytest.Item], scratch: Path) -> dict[str, Calls]:
        """What every test calls; kept in a temporary folder while the test's own text stays, and the data beside it.

        The package may be another by now: what a test calls since then, it is not asked about.
        """
        folder = _folder()
        kept = {file: _read(folder / _hashed(file)) for file in dict.fromkeys(map(_file, items))}
        new: dict[str, list[pytest.Item]] = {}
        for item in items:
            if _key(item) not in kept[_file(item)]:
                new.setdefault(_file(item), []).append(item)
        files = list(new)

        def traced(job: int) -> None:
            for file in files[job :: self.jobs]:
                calls = self._traced(new[file])
                again = {_key(item): calls[item.nodeid] for item in new[file]}
                (folder / _hashed(file)).write_bytes(pickle.dumps(kept[file] | again))

        children = [
            self._forked(scratch / f"calls{job}", lambda job=job: traced(job))  # type: ignore[misc]  # a job each
            for job in range(self.jobs)
        ]
        for child in children:
            os.waitpid(child, 0)
        kept |= {file: _read(folder / _hashed(file)) for file in files}
        return {item.nodeid: kept[_file(item)][_key(item)] for item in items}

    def _traced(self, items: list[pytest.Item]) -> dict[str, Calls]:
        """Runs the tests of a file with a look at what they call."""
        seen: dict[int, CodeType] = {}
        called: set[int] = set()

        def note(frame: FrameType, _: str, __: object) -> None:
            number = id(frame.f_code)
            called.add(number)
            seen.setdefault(number, frame.f_code)

        traced: dict[str, Calls] = {}
        for item, following in pairwise((*items, None)):
            assert item is not None
            called.clear()
            self.failed = ""
            begin = time.process_time()
            sys.settrace(note)  # it asks for no lines, so it is called once a call
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            sys.settrace(None)
            names = frozenset(filter(None, (_called(seen[number]) for number in called)))
            traced[item.nodeid] = Calls(names, time.process_time() - begin, bool(self.failed))
        return traced

    def _killer(self, module: Module, site: Site, items: list[pytest.Item], calls: list[Calls], *, early: bool) -> str:
        """Which test notices the mutant; empty where none does. `early` where it shows when modules are imported."""
        touched = affected(site) if early else frozenset({f"{site.module}:{site.within}"})
        distances = [_distance(item.nodeid, site) for item in items]
        callers = {number for number, each in enumerate(calls) if each.functions & touched}
        # Those of the room may call by now what they didn't when that was noted, or got its answer from a cache then:
        # the module's own as soon as those that are known to, the others last.
        near = (number for number, distance in enumerate(distances) if distance < FAR)
        fitting = sorted(
            {*callers, *near},
            key=lambda n: (n not in callers and distances[n] > 0, distances[n], calls[n].seconds, n),
        )
        seconds = _bounds(items, calls)
        try:
            if not early:
                _change(module, site, self.functions)
        except ValueError:  # without its `super()` a method has another closure
            early = True
        if early:
            return self._killer_of_import(module, site, items, fitting, seconds)
        begin = time.process_time()
        for number, following in pairwise((*fitting, None)):
            assert number is not None
            item = items[number]
            # The signal ends the process. Time of the processor: a loaded machine is slow for no fault of the mutant's.
            signal.setitimer(signal.ITIMER_PROF, seconds[item.nodeid])
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None if following is None else items[following])
            if self.failed or time.process_time() - begin > self.budget:
                break
        return self.failed

    def _killer_of_import(
        self, module: Module, site: Site, items: list[pytest.Item], fitting: list[int], seconds: dict[str, float]
    ) -> str:
        """Which test notices a change that shows at the import, in a process of its own; the nearest files first.

        What was made of the old value is everywhere by now: in tables, in arguments of tests, in other modules.
        """
        fits = frozenset(items[number].nodeid for number in fitting)
        files = list(dict.fromkeys(_file(items[number]) for number in fitting))
        scratch = Path(os.environ["PYTEST_DEBUG_TEMPROOT"])
        for _, some in groupby(files, lambda file: _distance(file, site)):
            order = Order(
                site.module,
                site.applied(module.text),
                tuple(items[number].nodeid for number in fitting),
                frozenset(item.nodeid for item in items if item.nodeid not in fits),
                seconds,
                self.budget,
                str(scratch / "failed"),
            )
            (scratch / "order").write_bytes(msgspec.json.encode(order))
            ended = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-x",
                    "-q",
                    "--hypothesis-seed=0",
                    "-p",
                    "tests.mutants.instead",
                    *some,
                ],
                cwd=ROOT,
                env={**os.environ, ORDER: str(scratch / "order")},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            if (scratch / "failed").exists():
                return (scratch / "failed").read_text(encoding="utf-8")
            if ended.returncode not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
                return f"import: {ended.stdout.decode(errors='replace').strip().rpartition(chr(10))[2]}"
        return ""


def _bounds(items: list[pytest.Item], calls: list[Calls]) -> dict[str, float]:
    """How many seconds of the processor each test may take."""
    slowest: dict[str, float] = {}  # whichever test of a file comes first makes what they share
    for item, each in zip(items, calls, strict=True):
        slowest[_file(item)] = max(slowest.get(_file(item), 0), each.seconds)
    return {item.nodeid: PATIENCE * (1 + slowest[_file(item)]) for item in items}


def _distance(test: str, site: Site) -> int:
    """How far a test stands from what is changed: in the file that is the module's own, in its room, elsewhere."""
    folder = "/".join(("tests", *site.path.parts[1:-1]))
    own = test.startswith(f"{folder}/test_{site.path.name}")
    return 0 if own else 1 if test.startswith(f"tests/{site.path.parts[1]}/") else FAR


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _folder() -> Path:
    folder = Path(tempfile.gettempdir(), f"kmblint-mutants-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _read(path: Path) -> dict[str, Calls]:
    return pickle.loads(path.read_bytes()) if path.exists() else {}  # noqa: S301 -- ours


def _hashed(text: str) -> str:
    return hashlib.sha256(f"{sys.version}{text}".encode()).hexdigest()


def _key(item: pytest.Item) -> str:
    """One test as its text stands, and the data beside it."""
    assert isinstance(item, pytest.Function)
    return f"{item.nodeid} {_text(item.function)}{_beside(item.path.parent)}"


@cache
def _beside(folder: Path) -> str:
    """What tells the data beside tests; empty where none lies there. Snapshots are below."""
    files = sorted(path for path in folder.iterdir() if path.suffix in {".sql", ".jsonl", ".txt"})
    return "".join(f" {_hashed(path.read_text(encoding='utf-8'))}" for path in files)


@cache
def _text(function: Callable[..., Any]) -> str:
    return _hashed(inspect.getsource(function))


def _called(code: CodeType) -> str:
    """The function of the package or the tests that a code object belongs to; empty where it is another's."""
    inside = code.co_filename.removeprefix(f"{ROOT.as_posix()}/")
    if not inside.startswith(("kmblint/", "tests/")):
        return ""
    module = ".".join(Path(inside).with_suffix("").parts).removesuffix(".__init__")
    return f"{module}:{code.co_qualname.partition('.<locals>')[0]}"


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def _functions() -> list[FunctionType]:
    return [each for each in gc.get_objects() if isinstance(each, FunctionType)]


def _change(module: Module, site: Site, known: Sequence[FunctionType]) -> None:
    """Changes a function in memory; the known ones are those that a look at the memory doesn't find any more."""
    import_module(site.module)
    functions = (*known, *_functions())
    old = [each for each in functions if each.__module__ == site.module and each.__qualname__ == site.within]
    text = site.applied(module.text)
    if site.default:
        made = _defaults(text, site)
        for function in old:
            function.__defaults__, function.__kwdefaults__ = made.__defaults__, made.__kwdefaults__
        return
    new = [code for code in _codes(compile(text, "mutant", "exec")) if code.co_qualname == site.within]
    old.sort(key=lambda each: each.__code__.co_firstlineno)
    for function, code in zip(old, new, strict=True):
        function.__code__ = code


def _defaults(text: str, site: Site) -> FunctionType:
    """A function that has the same parameters, with the same defaults."""
    around = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)]
    holds = next(each for each in around if each.lineno <= site.line <= (each.end_lineno or each.lineno))
    for argument in ast.walk(holds.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    same = ast.fix_missing_locations(ast.Expression(ast.Lambda(holds.args, ast.Constant(None))))
    made = eval(compile(same, "mutant", "eval"), vars(import_module(site.module)))  # noqa: S307 -- text of our own
    assert isinstance(made, FunctionType)
    return made
