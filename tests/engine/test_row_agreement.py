"""The rows that conditions reach, held against what the real engine 0.9.1 answered, and live: `pytest -m engine`."""

from __future__ import annotations

import os

import pytest

from tests.engine.real import missing
from tests.engine.row_agreement import ANSWERED, Measure, Ours, Scenario, cases, live, measure, ours, recorded
from tests.engine.row_scenarios import RowScenarios

SEED = int(os.environ.get("KMBLINT_ENGINE_SEED", "20260211"))
SCENARIOS = int(os.environ.get("KMBLINT_ENGINE_SCENARIOS", "300"))
LEAST = 0.99
UNSURE = {
    "computed: nullif of equals",
    "computed: a text cast to a whole number",
    "computed: a text that is none, cast",
    "computed: two columns",
    "computed: a square root",
    "computed: a text cast with its sign",
    "computed: a number beside a text",
}
"""Cases of which we say that they may change a row."""


@pytest.fixture(scope="module")
def measured() -> Measure:
    return measure(recorded())


def test_rows_agree_with_the_engine(measured: Measure) -> None:
    """Every recorded one, and where other rows change than meant, a rule says so."""
    assert measured.misses == []
    shares = measured.shares()
    assert {shares[name] for name in ("scenarios", "statements", "the rows that are meant, silent")} == {1.0}
    assert shares["other rows than meant, found"] == 1.0
    assert shares["other rows than meant, a rule speaks"] > 0.997


def test_nothing_is_left_out_of_the_measure(measured: Measure) -> None:
    assert measured.scenarios >= 1500
    assert measured.statements > 4000
    assert measured.differing > 700
    assert measured.unsure == 0, "where every row is known, so is what becomes of it"


def test_a_judge_that_always_says_nothing_scores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that no statement reaches, and no difference: where rows are reached and others meant, that is wrong."""

    def silent(scenario: Scenario) -> list[Ours]:
        return [Ours(told.ok, told.affected, told.found, told.after) for told in scenario.told]

    monkeypatch.setattr("tests.engine.row_agreement.ours", silent)
    shares = measure(recorded()[:300]).shares()
    assert shares["other rows than meant, found"] == 0.0
    assert shares["the rows that are meant, silent"] == 1.0


@pytest.mark.parametrize("scenario", recorded(ANSWERED), ids=lambda scenario: scenario.id.replace(" ", "-"))
def test_what_surprises(scenario: Scenario) -> None:
    measured = measure([scenario])
    assert measured.misses == []
    assert (measured.unsure > 0) == (scenario.id in UNSURE)


def test_every_case_is_answered() -> None:
    asked = [[statement.sql for statement in case.statements] for case in cases()]
    assert [[told.sql for told in scenario.told] for scenario in recorded(ANSWERED)] == asked


def test_the_same_seed_draws_the_same_scenarios() -> None:
    first, second = RowScenarios(7), RowScenarios(7)
    assert [first.scenario() for _ in range(20)] == [second.scenario() for _ in range(20)]


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client leaves its pipes open
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_random_rows_agree_with_the_real_engine() -> None:
    result = measure(live(SCENARIOS, SEED))
    shares = result.shares()
    assert min(share for name, share in shares.items() if "rule" not in name) >= LEAST, (SEED, result.misses)


def test_nothing_is_said_of_reach_that_the_engine_does_not_do() -> None:
    """Of every recorded change: no row, every row, at most so many, and "nothing is changed"."""
    wrong: list[str] = []
    said = 0
    for scenario in recorded():
        for number, (told, mine) in enumerate(zip(scenario.told, ours(scenario), strict=True)):
            reach, before = mine.reach, scenario.told[number - 1].after
            if not told.where or not told.ok or told.found is None or before is None or reach is None:
                continue
            found, most = len(told.found), reach.most_rows
            said += reach.no_row + reach.every_row + (most is not None)
            nothing = reach.no_row or mine.nothing
            if (nothing and found) or (reach.every_row and found < len(before)) or (most is not None and found > most):
                wrong.append(f"{scenario.id}: {told.sql}")
    assert wrong == []
    assert said > 2000
