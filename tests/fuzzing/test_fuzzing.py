"""A small share of the random projects, the same ones each time, and what failed once, made small."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzzing.inputs import history, seeds
from tests.fuzzing.invariants import faults, reading

FAILED_ONCE = {
    "invisible characters alone": "\u200b".encode(),
    "a number of thousands of digits": b"INSERT INTO t (id) VALUES (" + b"9" * 5000 + b");",
    "a LIMIT of thousands of digits": b"SELECT 1 LIMIT " + b"8" * 5000 + b";",
    "a type of thousands of digits": b"CREATE TABLE t (id DECIMAL(" + b"1" * 5000 + b", 2));",
    "casts in a row": b"UPDATE t SET n = 1" + b"::bigint" * 1000 + b";",
    "a key of thousands of digits": b"UPDATE t SET n = 1 WHERE id = 1" + b"0" * 5000 + b";",
    "brackets just over the limit": b"SELECT " + b"(" * 101 + b"1" + b")" * 101 + b";",
}
"""What ended with an internal error, or took minutes, before."""


@pytest.mark.parametrize("seed", range(12))
def test_random_projects_keep_every_promise(tmp_path: Path, seed: int) -> None:
    chance, known = random.Random(seed), seeds()  # noqa: S311 -- it guards nothing
    for number in range(4):
        project = history(chance, known)
        assert faults(project, tmp_path / str(number), chance.choice(("kimberlite", "guide"))) == [], project


def test_random_texts_are_covered_by_their_tokens() -> None:
    chance, known = random.Random(0), seeds()  # noqa: S311 -- it guards nothing
    for _ in range(300):
        for data in history(chance, known).values():
            assert reading(data) == [], data


@pytest.mark.parametrize("what", FAILED_ONCE)
@pytest.mark.parametrize("target", ["kimberlite", "guide"])
def test_what_failed_once_is_answered(tmp_path: Path, what: str, target: str) -> None:
    assert faults({"migrations/0001_create_wards.sql": FAILED_ONCE[what]}, tmp_path, target) == []
