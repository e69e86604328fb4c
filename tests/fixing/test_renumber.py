"""Whoever renumbers, when and how often, comes to the same end."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmblint.fixing.renumber import Plan, names_replaced, plan
from kmblint.history import folder
from kmblint.history.files import History
from kmblint.history.known import Known

NUMBERS: Final = st.integers(1, 12)
OWN: Final = st.lists(st.tuples(NUMBERS, st.sampled_from(["add", "drop", "fill"])), max_size=4, unique=True)
STEPS: Final = st.lists(
    st.sampled_from(["main", "merge a", "merge b", "renumber a", "renumber b", "renumber a in part"])
)


class Branch:
    """Files of a branch by name, and those of the main branch where it began or merged last."""

    def __init__(self, letter: str, main: dict[str, str], own: list[tuple[int, str]]) -> None:
        self.begun = dict(main)
        self.files = {**main, **{f"{n:04}_{letter}_{word}.sql": f"SELECT '{letter}{n}{word}';" for n, word in own}}

    def history(self, root: Path, main: dict[str, str]) -> History:
        ahead = {name: text for name, text in main.items() if name not in self.files}
        known = Known(since="main", released=self.begun, ahead=ahead)
        return folder.read(root, known, overlay={root / name: text for name, text in self.files.items()})

    def merge(self, main: dict[str, str]) -> None:
        self.begun = dict(main)
        self.files |= main

    def renumber(self, root: Path, main: dict[str, str], *, last: int | None = None) -> None:
        """All of the plan, or as much of it as was done when somebody pulled the plug."""
        moves = plan(self.history(root, main), main).moves[::-1]
        for move in moves[:last]:
            assert move.name not in self.files, "nothing is written over"
            self.files[move.name] = self.files.pop(move.migration.file)


def landed(
    root: Path, base: int, own: tuple[list[tuple[int, str]], list[tuple[int, str]]], steps: list[str]
) -> dict[str, str]:
    """The main branch at the end, when both branches are merged into it, one after the other."""
    main = {f"{number:04}_base.sql": "SELECT 1;" for number in range(1, base + 1)}
    branches = {letter: Branch(letter, main, files) for letter, files in zip("ab", own, strict=True)}
    for step in steps:
        match step.split():
            case ["main"]:
                number = max((int(name[:4]) for name in main), default=0) + 1
                main[f"{number:04}_main.sql"] = "SELECT 2;"
            case ["merge", letter]:
                branches[letter].merge(main)
            case ["renumber", letter, *partly]:
                branches[letter].renumber(root, main, last=1 if partly else None)
    for branch in branches.values():
        branch.merge(main)
        branch.renumber(root, main)
        main |= branch.files
    return main


@settings(max_examples=30)
@given(base=st.integers(0, 6), one=OWN, two=OWN, steps=STEPS)
def test_two_branches_in_any_interleaving_come_to_the_same_end(
    base: int,
    one: list[tuple[int, str]],
    two: list[tuple[int, str]],
    steps: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    root = tmp_path_factory.getbasetemp() / "renumber"
    root.mkdir(exist_ok=True)
    end = landed(root, base, (one, two), steps)
    assert end == landed(root, base, (one, two), [step for step in steps if step == "main"])
    numbers = [int(name[:4]) for name in end]
    assert len(set(numbers)) == len(numbers)
    for letter, own in zip("ab", (one, two), strict=True):
        texts = [text for name, text in sorted(end.items()) if f"_{letter}_" in name]
        assert texts == [f"SELECT '{letter}{number}{word}';" for number, word in sorted(own)], "their order stays"
    assert len(end) == base + steps.count("main") + len(one) + len(two), "nothing is lost"


def planned(root: Path, released: list[str], own: dict[str, str]) -> Plan:
    known = Known(since="main", released=dict.fromkeys(released, "SELECT 1;"))
    texts = {**dict.fromkeys(released, "SELECT 1;"), **own}
    return plan(folder.read(root, known, overlay={root / name: text for name, text in texts.items()}), released)


def test_numbers_of_days_stay_as_they_are(tmp_path: Path) -> None:
    own = {"20260301_a.sql": "SELECT 2;", "20260209_b.sql": "SELECT 3;"}
    assert planned(tmp_path, ["20260101_x.sql", "20260209_y.sql"], own).renamed == {"20260209_b.sql": "20260210_b.sql"}


def test_a_failed_migration_and_its_repair_stay_together(tmp_path: Path) -> None:
    own = {"0002_add.sql": "-- Failed: no\nSELECT 2;", "0002_fixed.sql": "SELECT 3;", "0003_next.sql": "SELECT 4;"}
    assert planned(tmp_path, ["0001_x.sql", "0002_y.sql"], own).renamed == {
        "0002_add.sql": "0003_add.sql", "0002_fixed.sql": "0003_fixed.sql", "0003_next.sql": "0004_next.sql",
    }  # fmt: skip


def test_the_repair_of_a_released_one_keeps_its_number(tmp_path: Path) -> None:
    assert not planned(tmp_path, ["0001_x.sql", "0002_y.sql"], {"0002_fixed.sql": "SELECT 3;"}).moves


def test_a_way_back_in_a_file_of_its_own_goes_along(tmp_path: Path) -> None:
    own = {"0002_add.down.sql": "SELECT 2;", "0002_add.up.sql": "SELECT 3;", "0003_next.sql": "SELECT 4;"}
    assert planned(tmp_path, ["0001_x.sql", "0002_y.sql"], own).renamed == {
        "0002_add.down.sql": "0003_add.down.sql",
        "0002_add.up.sql": "0003_add.up.sql",
        "0003_next.sql": "0004_next.sql",
    }


def test_names_go_along_in_headers_and_suppressions_only(tmp_path: Path) -> None:
    text = (
        "-- 0002_add.sql, not 0002_add_more or x0002_add\n"
        "CREATE TABLE t (\n    id BIGINT PRIMARY KEY -- kmblint: ignore[nullable-key 0002_add.sql] see 0002_add\n);\n"
        "INSERT INTO t (id) VALUES ('0002_add.sql'); -- 0002_add.sql\n"
    )
    [move] = planned(tmp_path, ["0001_x.sql", "0002_y.sql"], {"0002_add.sql": text}).moves
    assert move.text == text.replace("-- 0002_add.sql,", "-- 0003_add.sql,").replace(
        "0002_add.sql] see 0002_add", "0003_add.sql] see 0003_add"
    )


def test_a_name_is_a_word() -> None:
    renamed = {"0002_add.sql": "0003_add.sql", "0003_add.sql": "0004_add.sql"}
    assert names_replaced('"db/0002_add.sql" 0003_add.sql.bak 10002_add', renamed) == (
        '"db/0003_add.sql" 0004_add.sql.bak 10002_add'
    )
