"""What a run does grows no faster than what it reads: counted in calls, not in seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from kmblint import targets
from kmblint.history import folder
from kmblint.history.known import Known
from kmblint.lint.engine import lint
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.sql import dialect
from kmblint.sql.scanner import scan
from kmblint.text import Source
from kmblint.wording import nearest
from tests.benchmarks.shapes import SHAPES
from tests.rules_at_hand import TODAY

_SQUARE_ONCE: Final = (
    "checks of one table",
    "rows inserted and deleted",
    "tables dropped one by one",
    "unknown indexes",
    "values that can't be read",
)
_SIZE: Final = 40


def _calls(work: Callable[[], object]) -> int:
    """How many functions it calls, built-in ones too."""
    count = 0

    def called(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def _grows_as_its_input(calls: Callable[[int], int], size: int) -> bool:
    """Whether twice the input takes twice the calls, those left out that each run takes; a square takes four times."""
    calls(1)  # what is made ready once a process
    small, middle, large = (calls(size * factor) for factor in (1, 2, 4))
    return (large - middle) / (middle - small) < 2.4


@pytest.mark.parametrize("shape", _SQUARE_ONCE)
def test_a_history_takes_as_much_as_it_holds(tmp_path: Path, shape: str) -> None:
    """Read and linted by every rule."""
    rulebook = Rulebook.load()
    settings = Settings(rules={rule.slug: RuleSettings() for rule in rulebook}, today=TODAY)

    def calls(size: int) -> int:
        root = tmp_path / str(size)
        SHAPES[shape][0](root, size)

        def work() -> None:
            history = folder.read(root, Known(), display=lambda path: path.name)
            lint(history, settings, rulebook, targets.get("kimberlite"))

        return _calls(work)

    assert _grows_as_its_input(calls, _SIZE)


def test_a_run_of_signs_is_read_once() -> None:
    """What sqlglot refuses is put to it in plainer words."""

    def calls(size: int) -> int:
        tokens = scan(Source("signs.sql", "*" * size))
        return _calls(lambda: dialect._plainer(tokens))

    assert _grows_as_its_input(calls, 50)


def test_names_are_made_ready_once_for_all_that_are_misspelt() -> None:
    """A statement each asks which of a table's columns it meant; those of the same letters are left out together."""

    def calls(size: int) -> int:
        names = tuple(f"value{number:09b}" for number in range(size))
        return _calls(lambda: [nearest(f"wxyz{number:b}", names) for number in range(size)])

    assert _grows_as_its_input(calls, 50)
