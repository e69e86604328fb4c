"""How long the rows that migrations write live, by the numbers that the engine gave."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.analysis.row_lives import lives
from kmblint.replay.replayer import replay
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from tests.rules_at_hand import history

TABLE = "CREATE TABLE t (id BIGINT PRIMARY KEY, s TEXT);\n"
FRAME = len('{"id":1,"s":""}')


def text(size: int) -> str:
    return "x" * (size - FRAME)


def row(size: int, rest: str = "") -> str:
    return f"INSERT INTO t (id, s) VALUES (1, '{text(size)}'){rest};\n"


def update(size: int, condition: str = " WHERE id = 1") -> str:
    return f"UPDATE t SET s = '{text(size)}'{condition};\n"


def died(root: Path, *statements: str) -> list[int]:
    """The numbers of the statements, from 0, that a row doesn't survive."""
    past = history(root, {"0001_a.sql": TABLE + "".join(statements)})
    done = replay(past, targets.get("kimberlite"))
    deaths, _ = lives(done, RELEASE_0_9_1.pages)
    return [done.steps.index(death.step) - 1 for death in deaths]


@pytest.mark.parametrize(
    ("size", "stands"), [(16, 76), (100, 28), (500, 6), (1307, 2), (1308, 1), (1979, 1), (1980, 0)]
)
def test_a_row_dies_of_one_update_too_many(size: int, stands: int, tmp_path: Path) -> None:
    assert died(tmp_path, row(size), *[update(size)] * (stands + 1)) == [stands + 1]


@pytest.mark.parametrize(
    ("writes", "numbers"),
    [
        ((row(1308, " ON CONFLICT (id) DO UPDATE SET s = EXCLUDED.s"),) * 3, [2]),
        ((row(1308), row(1308, " ON CONFLICT (id) DO NOTHING"), row(1308, " ON CONFLICT (id) DO NOTHING")), []),
        ((row(1308), "DELETE FROM t WHERE id = 1;\n", row(1308), "DELETE FROM t;\n", row(1308)), [4]),
        ((row(1308), update(1308, ""), update(1308, "")), [2]),
        ((row(1308), update(1308, " WHERE id IN (1, 2)"), update(1308, " WHERE id = 1")), [2]),
        ((row(1308), *[update(1308, " WHERE id = 9")] * 3), []),
        ((row(1308), *[update(1308, " WHERE s = 'a'")] * 3), []),
        ((row(1979), "UPDATE t SET s = NULL WHERE id = 1;\n", update(1979)), [2]),
        ((row(1308), update(1308), "DROP TABLE t;\n", TABLE, row(1308), update(1308)), []),
        ((row(1308), "DELETE FROM t WHERE s = 'a';\n", *[update(1308)] * 3), []),
    ],
)
def test_what_adds_a_version_and_what_doesnt(writes: tuple[str, ...], numbers: list[int], tmp_path: Path) -> None:
    assert died(tmp_path, *writes) == numbers


def test_a_lost_row_may_be_inserted_again(tmp_path: Path) -> None:
    assert died(tmp_path, row(1980), update(1980), row(1980), update(1980)) == [1]
