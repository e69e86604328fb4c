"""Single facts of the engine 0.9.1, each asked of it: a scenario a fact, with counts and rows, and our verdicts."""

from __future__ import annotations

from collections import Counter
from typing import Final

from tests.engine.agreement import measure
from tests.engine.replayed import SCENARIOS, scenarios

FACTS: Final = SCENARIOS.with_name("facts.jsonl")
ASKED: Final = {
    "grant": 3, "several-rows": 7, "upsert-key": 3, "another-key": 2, "one-way": 3, "haunted": 5, "frozen-key": 17,
    "scale": 5, "mask": 5, "index-limit": 1,
}  # fmt: skip
"""Area → how many scenarios show it."""
EXPLAINED: Final = {
    "upsert-key/new-key-missing": "a program may have put the new key in: key-update says what happens either way",
    "frozen-key/two-columns": "what freezes the row is told where it is written, and not again where it is met",
    "another-key/reads": "the condition of a SELECT isn't held against the rows: it changes nothing",
}
"""Scenarios whose verdicts differ from ours, and why that is so."""


def test_every_fact_was_asked_of_the_engine() -> None:
    assert Counter(scenario.area for scenario in scenarios(FACTS)) == ASKED


def test_the_verdicts_are_ours_or_explained() -> None:
    misses = [miss for miss in measure(scenarios(FACTS)).misses if miss[-1]]  # without reasons, poisons can't be told
    assert {scenario for scenario, _, _ in misses} == set(EXPLAINED), misses
