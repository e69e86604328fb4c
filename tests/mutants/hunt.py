"""Tries mutants in forks of one process, each against the tests that call what it changes."""

from __future__ import annotations

import ast
import gc
import os
import pickle
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

import msgspec
import pytest

from tests.mutants.sites import ROOT, Module, Site

PATIENCE: Final = 5
"""So many times the time of the slowest test of its file, and seconds beside, may a test take: more is hanging."""


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
        slowest: dict[str, float] = {}  # whichever test of a file comes first makes what they share
        for item, each in zip(items, calls, strict=True):
            slowest[_file(item)] = max(slowest.get(_file(item), 0), each.seconds)
        for number, following in pairwise((*fitting, None)):
            assert number is not None
            item = items[number]
            # The signal ends the process. Time of the processor: a loaded machine is slow for no fault of the mutant's.
            signal.setitimer(signal.ITIMER_PROF, PATIENCE * (1 + slowest[_file(item)]))
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None if following is None else items[following])
            if self.failed:
                break
        return self.failed


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


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
