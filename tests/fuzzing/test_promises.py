"""The program is broken on purpose, and what asks projects, histories and fixes for their promises says which."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from kmblint.cache.inputs import Inputs
from kmblint.findings import Diagnostic
from kmblint.fixing import renumber, rounds
from kmblint.fixing.draft import Draft
from kmblint.fixing.rounds import Judge, Outcome, Read
from kmblint.history import locate
from kmblint.history.files import History
from kmblint.history.readings import Readings
from tests.fuzzing import __main__ as fuzzing
from tests.fuzzing import branches, editors, projects, servers, texts
from tests.fuzzing.inputs import Files, Known
from tests.fuzzing.invariants import Fault, Promise

Wanted = Callable[[Diagnostic], bool]
CREATE: Final = "CREATE TABLE {} (id BIGINT PRIMARY KEY);\n"
TWO: Final[Files] = {f"migrations/000{n}_{name}.sql": CREATE.format(name).encode() for n, name in ((1, "a"), (2, "b"))}
TWICE: Final[Files] = {"migrations/0001_create_wards.sql": CREATE.format("w\N{CYRILLIC SMALL LETTER A}rds").encode()}
"""What a first round of fixes mends is what a second one goes on from."""


class Always(random.Random):
    """Chance by which everything happens that may happen, the first that can be chosen of some."""

    def random(self) -> float:
        """The lowest there is."""
        return 0.0

    def getrandbits(self, k: int, /) -> int:
        """As ever: with zeros alone, no sample would end."""
        return super().getrandbits(k)


def _promises(found: list[Fault]) -> set[Promise]:
    return {each.promise for each in found}


def _fixes(files: Files, empty: Path) -> list[Fault]:
    """What is broken by mending."""
    library = texts.Library("kimberlite", empty)
    asked = [library.faults(files, Always(seed)) for seed in range(3)]
    return [fault for each in asked for fault in each]


def test_nothing_is_broken_before_it_is_broken(tmp_path: Path) -> None:
    assert projects.faults(TWO, Always(1), few=0) == []
    assert _fixes(TWICE, tmp_path) == []


def test_a_report_that_was_foreseen_and_is_another_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mending tells what was found before it."""

    def mended(history: History, draft: Draft, read: Read, judge: Judge, wanted: Wanted) -> Outcome:
        return replace(rounds.mend(history, draft, read, judge, wanted), report=judge(history))

    monkeypatch.setattr(texts, "mend", mended)
    assert Promise.WRITTEN_AS_FORESEEN in _promises(_fixes(TWICE, tmp_path))


def test_fixes_that_leave_some_for_a_second_time_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "ROUNDS", 1)
    assert _promises(_fixes(TWICE, tmp_path)) == {Promise.FIX_ENDS}


def test_folders_in_the_order_of_the_arguments_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "sorted", lambda names, key=None: [*names], raising=False)  # noqa: ARG005
    assert _promises(projects.faults(TWO, Always(1), few=0)) == {Promise.ARGUMENT_ORDER}


def test_a_cache_that_takes_no_notice_of_an_edit_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inputs, "digest", b"the same")
    assert _promises(projects.faults(TWO, Always(1), few=0)) == {Promise.CACHE_STATE}


def test_a_renumbering_that_has_no_end_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other branch has one more each time that it is looked at."""
    planned, numbers = renumber.plan, itertools.count(20)
    monkeypatch.setattr(
        "kmblint.cli.renumber.plan", lambda history, names: planned(history, (*names, f"00{next(numbers)}_x.sql"))
    )
    monkeypatch.setattr(branches, "WRITING", (("renumber", "--onto", "base", "--yes"),))
    found = [branches.faults(TWO, random.Random(seed), few=0) for seed in range(3)]  # noqa: S311 -- it guards nothing
    assert set().union(*map(_promises, found)) == {Promise.RENUMBERING_ENDS}


def test_an_editor_whose_folder_stays_as_it_was_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert editors.faults(TWO, Always(1)) == []
    monkeypatch.setattr(Readings, "_unchanged", lambda self, each: self._ordered.get(each.file, each))
    assert Promise.SAME_AGAIN in _promises(editors.faults(TWO, Always(1)))


@pytest.mark.parametrize("broken", ["rehearse.rehearse", "drift.compare"])
def test_a_command_that_fails_beside_a_server_is_seen(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"kmblint.cli.{broken}", lambda *_, **__: dict[str, int]()["x"])
    found = [servers.faults(TWO, random.Random(seed), few=7) for seed in range(3)]  # noqa: S311 -- it guards nothing
    assert set().union(*map(_promises, found)) == {Promise.NOTHING_RAISED}


def test_what_takes_too_long_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The clock goes two seconds and a half further each time that it is looked at."""
    ticks = itertools.count(0.0, 2.5)
    monkeypatch.setattr(fuzzing, "_spent", lambda: next(ticks))
    known = Known((b"DROP TABLE a;",), ())
    fuzzing._run(fuzzing.Texts(known, 1, tmp_path), 0, float("inf"), 1)
    assert f"{Promise.TIME.name}: over" in capsys.readouterr().out


def test_each_promise_is_broken_somewhere() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [promise for promise in Promise if f"Promise.{promise.name}" not in tests] == []
