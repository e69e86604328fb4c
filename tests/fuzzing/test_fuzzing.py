"""A small share of what `python -m tests.fuzzing` tries, the same each time, and what failed once, made small."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import islice

import pytest

from kmblint import targets
from tests.fuzzing import branches, editors, processes, projects, servers, texts
from tests.fuzzing.failed_once import HISTORIES, TEXTS
from tests.fuzzing.inputs import Files, Known, history, known, migration, project
from tests.fuzzing.invariants import Fault
from tests.fuzzing.mutations import every_cut, every_gap, every_token


@pytest.fixture(scope="module")
def written() -> Known:
    """What somebody wrote."""
    return known()


@pytest.fixture(scope="module", params=targets.NAMES)
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> texts.Library:
    """The library, for each target."""
    return texts.Library(request.param, tmp_path_factory.mktemp("empty"))


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- it guards nothing


def test_random_texts_keep_every_promise(written: Known) -> None:
    chance = _chance(1)
    for _ in range(200):
        data = migration(chance, written)
        assert [*texts.faults(data)] == [], data


def test_a_text_that_is_cut_or_has_other_tokens_keeps_every_promise(written: Known) -> None:
    for data in _chance(2).sample(written.texts, 3):
        for changed in (*every_cut(data), *islice(every_gap(data, b"/* c */"), 60), *islice(every_token(data), 60)):
            assert [*texts.faults(changed)] == [], changed


def test_random_histories_keep_every_promise(written: Known, library: texts.Library) -> None:
    chance = _chance(3)
    for _ in range(30):
        files = history(chance, written)
        assert library.faults(files, chance) == [], files


@pytest.mark.parametrize("seed", range(2))
def test_random_projects_keep_every_promise(written: Known, seed: int) -> None:
    chance = _chance(seed)
    files = project(chance, written)
    assert projects.faults(files, chance, chance.choice(targets.NAMES)) == [], files


@pytest.mark.parametrize("ask", [branches.faults, servers.faults, editors.faults], ids=lambda ask: ask.__module__)
def test_random_projects_keep_every_promise_in_a_repository_beside_a_server_and_in_an_editor(
    written: Known, ask: Callable[[Files, random.Random, str], list[Fault]]
) -> None:
    chance = _chance(5)
    for _ in range(2):
        files = history(chance, written)
        assert ask(files, chance, chance.choice(targets.NAMES)) == [], files


def test_processes_with_other_hash_seeds_tell_the_same_of_random_projects(written: Known) -> None:
    chance = _chance(4)
    batch = [project(chance, written) for _ in range(3)]
    assert [*processes.faults(batch)] == []


@pytest.mark.parametrize("what", TEXTS)
def test_a_text_that_failed_once_is_answered(library: texts.Library, what: str) -> None:
    for seed in range(3):
        assert library.faults({"migrations/0001_create_wards.sql": TEXTS[what]}, _chance(seed)) == []


@pytest.mark.parametrize("what", HISTORIES)
def test_a_history_that_failed_once_is_answered(library: texts.Library, what: str) -> None:
    files = {f"migrations/{name}": data for name, data in HISTORIES[what].items()}
    for seed in range(3):
        assert library.faults(files, _chance(seed)) == []
