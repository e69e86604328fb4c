"""Single facts of the engine 0.9.1, each asked of it: a scenario a fact, with counts and rows, and our verdicts."""

from __future__ import annotations

from collections import Counter
from typing import Final

from tests.engine.agreement import measure
from tests.engine.replayed import SCENARIOS, scenarios

FACTS: Final = SCENARIOS.with_name("facts.jsonl")
ASKED: Final = {"grant": 3, "several-rows": 7, "upsert-key": 3, "another-key": 2, "one-way": 3, "haunted": 5}
"""Area → how many scenarios show it."""
EXPLAINED: Final = {
    "upsert-key/new-key-missing": "a program may have put the new key in: key-update says what happens either way",
    "another-key/reads": "the condition of a SELECT isn't held against the rows: it changes nothing",
}
"""Scenarios whose verdicts differ from ours, and why that is so."""


def test_every_fact_was_asked_of_the_engine() -> None:
    assert Counter(scenario.area for scenario in scenarios(FACTS)) == ASKED


def test_the_verdicts_are_ours_or_explained() -> None:
    misses = measure(scenarios(FACTS)).misses
    assert {scenario for scenario, _, _ in misses} == set(EXPLAINED), misses
