"""What was applied and what holds rows are two questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint.history.files import History
from kmblint.history.folder import read
from kmblint.history.known import Known

FILES = ("0001_a.sql", "0002_b.sql", "0003_c.sql", "0014_d.sql")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_text("SELECT 1;\n")
    return tmp_path


def opened(root: Path, known: Known | None = None) -> History:
    return read(root, known or Known(), parse=lambda _source, _span: ())


def why(history: History, made: str, at: str) -> str:
    migration = history.by_file[at]
    reason = history.why_populated(made, migration)
    assert bool(reason) == history.populated_at(made, migration)
    return reason


def test_where_nothing_is_said_each_file_is_a_deployment(root: Path) -> None:
    history = opened(root)
    assert why(history, "0001_a.sql", "0002_b.sql") == "created in 0001, one migration earlier"
    assert why(history, "0001_a.sql", "0003_c.sql") == "created in 0001, two migrations earlier"
    assert why(history, "0002_b.sql", "0002_b.sql") == ""
    assert why(history, "0003_c.sql", "0002_b.sql") == ""


def test_distances_count_files_and_not_numbers(root: Path) -> None:
    for number in range(20, 30):
        (root / f"00{number}_x.sql").write_text("SELECT 1;\n")
    history = opened(root, Known(failed=("0002_b.sql",)))
    assert why(history, "0001_a.sql", "0014_d.sql") == "created in 0001, two migrations earlier"
    assert why(history, "0001_a.sql", "0029_x.sql") == "created in 0001, 12 migrations earlier"


def test_pending_files_are_one_deployment(root: Path) -> None:
    history = opened(root, Known(applied_through=2))
    assert [m.applied for m in history.migrations] == [True, True, False, False]
    assert why(history, "0001_a.sql", "0014_d.sql") == "created in 0001, which is applied (through 0002)"
    assert why(history, "0001_a.sql", "0002_b.sql") == "created in 0001, which is applied (through 0002)"
    assert why(history, "0003_c.sql", "0014_d.sql") == ""
    assert why(opened(root, Known(applied_through=0)), "0001_a.sql", "0014_d.sql") == ""


def test_the_baseline_was_there_before(root: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "schema" / "base.sql"
    baseline.parent.mkdir()
    baseline.write_text("SELECT 1;\n")
    history = opened(root, Known(applied_through=0, baseline=baseline))
    assert why(history, "base.sql", "0001_a.sql") == "part of the baseline `base.sql`"


def test_what_a_revision_held_is_applied(root: Path) -> None:
    released = {"0001_a.sql": "SELECT 1;\n", "0003_old_name.sql": "SELECT 3;\n"}
    history = opened(root, Known(since="main", released=released))
    assert [m.applied for m in history.migrations] == [True, False, True, False]
    assert history.applied_through == 3
    assert history.released is not None
    assert history.released["0003_old_name.sql"].text == "SELECT 3;\n"
    assert why(history, "0001_a.sql", "0002_b.sql") == "created in 0001, which is applied (in `main`)"
    assert why(history, "0002_b.sql", "0014_d.sql") == ""


def test_an_empty_release_says_that_nothing_is_applied(root: Path) -> None:
    history = opened(root, Known(since="main", released={}))
    assert history.applied_through == 0
    assert why(history, "0001_a.sql", "0014_d.sql") == ""


def test_every_text_that_a_place_may_name_has_its_path(tmp_path: Path) -> None:
    lock = tmp_path / ".kimberlite" / "migrations" / ".lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("version = 1\nmigration = []\n")
    root = tmp_path / "migrations"
    (root / "0002_b.sql").mkdir(parents=True)
    (root / "0001_a.sql").write_text("new")
    (root / "0003_c.sql~").touch()
    sources = opened(root, Known(since="main", released={"0001_a.sql": "old", "0009_gone.sql": "gone"})).sources
    assert {name: (source.text, Path(source.path)) for name, source in sources.items()} == {
        "0001_a.sql": ("old", root / "0001_a.sql"),
        "0002_b.sql": ("", root / "0002_b.sql"),
        "0003_c.sql~": ("", root / "0003_c.sql~"),
        "0009_gone.sql": ("gone", root / "0009_gone.sql"),
        ".kimberlite/migrations/.lock": (lock.read_text(), lock),
    }
