"""The 1,523 scenarios that the real engine 0.9.1 answered, held against what `targets/kimberlite` says."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest

from tests.engine.agreement import Measure, measure
from tests.engine.replayed import SCENARIOS, Judged, scenarios

EXPLAINED: Final = {
    "create-table/case_mismatch_select": "the columns of a SELECT aren't held against the schema: it changes nothing",
}
"""Scenarios that we answer otherwise than the engine, and why that is so."""


@pytest.fixture(scope="module")
def measured() -> Measure:
    return measure(scenarios())


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("taken", 0.98),
        ("refused", 0.98),
        ("poisons precision", 0.95),
        ("poisons recall", 0.95),
    ],
)
def test_we_agree_with_the_engine_about(name: str, least: float, measured: Measure) -> None:
    assert measured.shares()[name] >= least, measured.misses


def test_every_disagreement_is_explained(measured: Measure) -> None:
    assert {scenario for scenario, _, _ in measured.misses} == set(EXPLAINED)


def test_nothing_is_left_out_of_the_measure(measured: Measure) -> None:
    """The counts can't shrink unseen: 1,523 scenarios, of which none hangs on rows that we don't know."""
    areas = Counter(scenario.area for scenario in scenarios())
    assert areas.total() == 1523
    assert measured.unsure == 0
    assert measured.taken > 3000
    assert measured.refused > 400
    assert measured.poisons_meant > 200


def test_what_ends_the_server_is_known_where_no_row_lets_it(measured: Measure) -> None:
    """On an empty table the engine takes such a statement, and so it was asked; no scenario lets one meet a row."""
    assert measured.warned >= 22


def test_a_judge_that_takes_everything_agrees_on_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure can fail: set-up that is always taken doesn't make up for refusals."""
    everything = lambda texts: (Judged(taken=True) for _ in texts)  # noqa: E731 - one line says it
    monkeypatch.setattr("tests.engine.agreement.judge_all", everything)
    shares = measure(scenarios()).shares()
    assert shares["refused"] == 0.0
    assert shares["poisons recall"] == 0.0


def test_odd_spellings_agree_too() -> None:
    """265 rare forms that the engine 0.9.1 answered; what is left are seven that no migration writes."""
    result = measure(scenarios(SCENARIOS.with_name("oddities.jsonl")))
    assert result.taken + result.refused >= 260
    assert len(result.misses) <= 7, result.misses
