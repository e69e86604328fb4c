"""A plugin of pytest that runs chosen tests on the package with one module's text changed, from its import on."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import msgspec
import pytest

ORDER: Final = "KMBLINT_MUTANT"
"""The environment variable that names the file with an `Order`."""


UNKNOWN: Final = 60
"""Seconds of the processor for the imports, and for a test that only the mutant has."""


class Order(msgspec.Struct, frozen=True):
    """Which module reads otherwise, and which tests to run on it."""

    module: str
    text: str
    tests: tuple[str, ...]
    """In this order; tests that the mutant makes come behind them."""
    others: frozenset[str]
    """Tests that are not to be run."""
    seconds: dict[str, float]
    """Of the processor, that a test may take before it counts as hanging."""
    budget: int
    """Seconds of the processor for all of them."""
    failed: str
    """The file that takes the first test that fails."""


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.get_filename(fullname), "exec")


class _Finder(MetaPathFinder):
    def __init__(self, order: Order) -> None:
        self._order = order

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == self._order.module else None
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin, self._order.text)
        return spec


class Chosen:
    """Runs what was ordered, and notes the first test that fails."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._begin = time.process_time()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The tests that were ordered, in that order."""
        place = {name: number for number, name in enumerate(self._order.tests)}
        chosen = [item for item in items if item.nodeid not in self._order.others]
        items[:] = sorted(chosen, key=lambda item: place.get(item.nodeid, len(place)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Winds up the signal that ends the process; ends in peace where the time is up."""
        if time.process_time() - self._begin > self._order.budget:
            pytest.exit("nobody noticed it in time", pytest.ExitCode.OK)
        signal.setitimer(signal.ITIMER_PROF, self._order.seconds.get(item.nodeid, UNKNOWN))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes a failure."""
        if report.failed:
            Path(self._order.failed).write_text(report.nodeid, encoding="utf-8")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Puts the mutant in place before anything of the package is imported, by a `conftest.py` too."""
    signal.setitimer(signal.ITIMER_PROF, UNKNOWN)
    order = msgspec.json.decode(Path(os.environ[ORDER]).read_bytes(), type=Order)
    sys.meta_path.insert(0, _Finder(order))
    early_config.pluginmanager.register(Chosen(order))
