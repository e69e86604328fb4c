"""Single facts of the engine 0.9.1, each asked of it: a scenario a fact, with counts and rows, and our verdicts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from kmblint import targets
from kmblint.analysis.row_lives import lives
from kmblint.replay.replayer import replay
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from tests.engine.agreement import measure
from tests.engine.replayed import SCENARIOS, Scenario, scenarios
from tests.rules_at_hand import history

FACTS: Final = SCENARIOS.with_name("facts.jsonl")
WORDS: Final = SCENARIOS.with_name("words.jsonl")
"""Every type, function, option, kind of object, privilege and shape of condition, each in the places of its kind."""
ASKED: Final = {
    "grant": 3, "several-rows": 7, "upsert-key": 3, "another-key": 2, "one-way": 3, "haunted": 5, "frozen-key": 17,
    "scale": 5, "mask": 5, "index-limit": 1, "page": 14, "event": 12, "long-key": 3, "sign": 1, "said": 169,
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
    """What a page or a tree of keys has no room for is judged over a history: the next test, and `long-key`."""
    asked = [scenario for scenario in scenarios(FACTS) if scenario.area not in {"page", "long-key"}]
    misses = [miss for miss in measure(asked).misses if miss[-1]]  # without reasons, poisons can't be told
    assert {scenario for scenario, _, _ in misses} == set(EXPLAINED), misses


def test_each_word_is_taken_where_the_engine_takes_it() -> None:
    assert measure(scenarios(WORDS)).misses == []


@pytest.mark.parametrize("scenario", [each for each in scenarios(FACTS) if each.area == "page"], ids=lambda it: it.id)
def test_a_row_dies_where_the_engine_refuses_its_write(scenario: Scenario, tmp_path: Path) -> None:
    sent = [answer for answer in scenario.statements if not answer.reads]
    past = history(tmp_path, {"0001_a.sql": ";\n".join(answer.sql for answer in sent)})
    done = replay(past, targets.get("kimberlite"))
    deaths, _ = lives(done, RELEASE_0_9_1.pages)
    refused = [number for number, answer in enumerate(sent) if not answer.ok]
    assert [done.steps.index(death.step) for death in deaths][:1] == refused[:1]
