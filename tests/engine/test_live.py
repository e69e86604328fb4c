"""New random scenarios against a real engine: `pytest -m engine`."""

from __future__ import annotations

import os

import pytest

from tests.engine.agreement import measure
from tests.engine.generate import Generator
from tests.engine.real import ask, missing

SEED = int(os.environ.get("KMBLINT_ENGINE_SEED", "20260211"))
SCENARIOS = int(os.environ.get("KMBLINT_ENGINE_SCENARIOS", "300"))


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client leaves its pipes open
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_random_scenarios_agree_with_the_real_engine() -> None:
    generator = Generator(SEED)
    result = measure([ask(f"live/{SEED}/{number}", generator.scenario()) for number in range(SCENARIOS)])
    shares = result.shares()
    assert min(shares["taken"], shares["refused"]) >= 0.98, result.misses
    assert min(shares["poisons precision"], shares["poisons recall"]) >= 0.95, result.misses


def test_the_same_seed_draws_the_same_scenarios() -> None:
    first, second = Generator(7), Generator(7)
    assert [first.scenario() for _ in range(20)] == [second.scenario() for _ in range(20)]
