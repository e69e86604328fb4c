"""The replay: what was meant and what happened, guards, the runner's cuts, and the run that stops half-way."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from unittest.mock import Mock

import msgspec
import pytest

from kmblint import targets
from kmblint.replay.playing import judgements, lived
from kmblint.replay.replayer import Replayer, replay
from kmblint.replay.steps import Replay, Step
from kmblint.schema import rows as keyed
from kmblint.schema.changes import AddTable, DropColumn, DropTable, InsertRows
from kmblint.schema.conflict import UnknownColumn
from kmblint.targets.kimberlite import outcome_rows
from kmblint.targets.verdict import Verdict
from tests.rules_at_hand import history

KIMBERLITE = targets.get("kimberlite")
GUIDE = targets.get("guide")
WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, floor BIGINT);\n"


def replayed(
    root: Path, *files: str, target: targets.Target = KIMBERLITE, applied: int | None = None, actual: bool = False
) -> Replay:
    named = {f"{number:04}_step.sql": text for number, text in enumerate(files, 1)}
    return replay(history(root, named, applied=applied), target, actual=actual)


def verdicts(steps: tuple[Step, ...]) -> list[str]:
    return [step.outcome.verdict.value for step in steps]


def test_each_step_follows_on_the_one_before(tmp_path: Path) -> None:
    steps = replayed(tmp_path, WARDS + "CREATE INDEX i ON wards (floor);", "DROP TABLE wards;").steps
    assert [type(step.change).__name__ for step in steps] == ["AddTable", "AddIndex", "DropTable"]
    assert not steps[0].before.tables
    for earlier, later in pairwise(steps):
        assert later.before is earlier.after
    assert not steps[-1].after.tables


def test_what_is_pending_is_replayed_as_it_was_meant(tmp_path: Path) -> None:
    """The runner skips the index behind the comment line; nothing behind it may cascade."""
    found = replayed(tmp_path, WARDS + "-- for the map\nCREATE INDEX wards_floor_idx ON wards (floor);\n")
    assert verdicts(found.steps) == ["taken", "skipped"]
    wards = found.end.table("wards")
    assert wards is not None
    assert wards.index("wards_floor_idx")


def test_what_was_applied_happened_as_it_happened(tmp_path: Path) -> None:
    """In an applied file what was skipped, and what was refused, isn't there."""
    first = (
        WARDS + "-- for the map\nCREATE INDEX wards_floor_idx ON wards (floor);\nALTER TABLE wards RENAME TO rooms;\n"
    )
    found = replayed(tmp_path, first, "ALTER TABLE wards ADD COLUMN beds BIGINT;", applied=1)
    assert verdicts(found.steps) == ["taken", "skipped", "refused", "taken"]
    wards = found.end.table("wards")
    assert wards is not None
    assert not wards.indexes
    assert wards.column_names == ("id", "floor", "beds")


def test_actual_holds_every_file_to_what_happens(tmp_path: Path) -> None:
    sql = (
        "-- a header\n"
        + WARDS
        + "ALTER TABLE wards ADD COLUMN beds NUMERIC;\nALTER TABLE wards ADD COLUMN name TEXT;\n"
    )
    wards = replayed(tmp_path, sql, actual=True).end.table("wards")
    assert wards is not None
    assert wards.column_names == ("id", "floor", "name")


def test_the_runner_cuts_a_literal_and_the_guide_does_not(tmp_path: Path) -> None:
    sql = WARDS + "UPDATE wards SET floor = 1 WHERE id = 1 AND 'a;b' = 'a;b';\n"
    assert verdicts(replayed(tmp_path, sql).steps) == ["taken", "split"]
    assert verdicts(replayed(tmp_path, sql, target=GUIDE).steps) == ["taken", "taken"]


def test_a_guard_counts_where_the_target_heeds_it(tmp_path: Path) -> None:
    """Kimberlite ignores IF EXISTS of a column and heeds it of a table."""
    column = WARDS + "ALTER TABLE wards DROP COLUMN IF EXISTS beds;"
    assert [len(step.conflicts) for step in replayed(tmp_path, column).steps] == [0, 1]
    assert [len(step.conflicts) for step in replayed(tmp_path, column, target=GUIDE).steps] == [0, 0]
    table = replayed(tmp_path, "DROP TABLE IF EXISTS wards;").steps[0]
    assert (table.conflicts, table.outcome.verdict) == ((), Verdict.NO_OP)


def test_behind_a_file_that_nobody_can_read_nothing_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "0002_lost.sql").symlink_to("nowhere.sql")
    use = "ALTER TABLE beds ADD COLUMN floor BIGINT;\nCREATE INDEX wards_side_idx ON wards (side);\n"
    found = history(tmp_path, {"0001_wards.sql": WARDS + use, "0003_beds.sql": use + WARDS})
    judged = [[type(each).__name__ for each in step.conflicts] for step in replay(found, KIMBERLITE).steps]
    assert judged == [[], ["UnknownTable"], ["UnknownColumn"], [], ["ObjectExists"], ["TableExists"]]


def test_where_things_are_said_to_stand(tmp_path: Path) -> None:
    found = replayed(tmp_path, WARDS, "\n\n" + WARDS.replace("wards", "beds") + "DROP TABLE wards;")
    wards, beds, drop = found.steps
    assert drop.said(wards.place(wards.statement.span)) == "in 0001, line 1"
    assert drop.said(beds.place(beds.statement.span)) == "in line 3 of this file"
    assert list(found.earlier(drop, AddTable, DropTable)) == [beds, wards]
    assert list(found.earlier_here(drop, AddTable, DropTable)) == [beds]
    assert list(found.later(wards, AddTable, DropTable)) == [beds, drop]
    assert list(found.later(wards, DropTable)) == [drop]
    assert not list(found.later(wards, DropColumn))


def test_what_holds_rows(tmp_path: Path) -> None:
    drop = "ALTER TABLE wards DROP COLUMN floor;"
    said = {
        (file, applied): replayed(tmp_path, *files, applied=applied).steps[-1]
        for file, files in {"same": (WARDS + drop,), "next": (WARDS, drop)}.items()
        for applied in (None, 1)
    }
    assert [said["same", None].populated("wards"), said["next", None].populated("wards")] == [False, True]
    assert said["next", 1].populated("wards")
    assert said["same", None].born_here("wards")
    assert not said["next", None].born_here("wards")
    pending = replayed(tmp_path, WARDS, "CREATE TABLE beds (id BIGINT PRIMARY KEY);", "DROP TABLE beds;", applied=1)
    assert not pending.steps[-1].populated("beds")


def test_statements_that_are_no_sql_are_judged_and_change_nothing(tmp_path: Path) -> None:
    steps = replayed(tmp_path, WARDS + "CREAT TABLE beds (id BIGINT PRIMARY KEY);").steps
    assert verdicts(steps) == ["taken", "unreadable"]
    assert (steps[1].change, *steps[1].after.tables) == (None, "wards", "beds")


def test_a_table_that_no_sql_makes_is_there_opaquely_until_it_is_made_in_words(tmp_path: Path) -> None:
    broken = "CREATE TABLE beds (id BIGINT PRIMARY KEY,, floor BIGINT);\n"
    used = "ALTER TABLE beds ADD COLUMN kind TEXT;\nUPDATE beds SET floor = 1 WHERE id = 2;\n"
    steps = replayed(tmp_path / "broken", broken + used).steps
    assert [step.conflicts for step in steps] == [(), (), ()]
    beds = steps[-1].after.table("beds")
    assert beds is not None
    assert (beds.complete, beds.column_names) == (False, ("kind",))
    made = replayed(tmp_path / "made", broken + "CREATE TABLE beds (id BIGINT PRIMARY KEY);\n" + used).steps[-1]
    assert [type(conflict) for conflict in made.conflicts] == [UnknownColumn]


def test_a_run_ends_at_the_first_refusal(tmp_path: Path) -> None:
    sql = WARDS + "ALTER TABLE wards DROP COLUMN beds;\nCREATE INDEX i ON wards (floor);\n"
    found = replayed(tmp_path, sql)
    steps = lived(found.steps[0].surroundings, found.history.migrations[0], KIMBERLITE, found.steps[0].before)
    assert [type(step.change) for step in steps] == [AddTable, DropColumn]
    assert steps[-1].stops
    again = lived(found.steps[0].surroundings, found.history.migrations[0], KIMBERLITE, steps[-1].after)
    assert [type(step.change) for step in again] == [AddTable]


@pytest.mark.parametrize(
    ("sql", "verdict", "stops"),
    [
        ("INSERT INTO wards (id) VALUES ('a;b');", Verdict.SPLIT, True),
        ("CREATE INDEX i /* by floor; for the map */ ON wards (floor);", Verdict.SPLIT, True),
        ("CREATE INDEX i ON wards (floor) /* for the map; soon */ ;", Verdict.SPLIT, True),
        ("/* a; -- b */ CREATE INDEX i ON wards (floor);", Verdict.SPLIT, True),
        ("-- a\n; -- b; c\nCREATE INDEX i ON wards (floor);", Verdict.SPLIT, True),
        ("DELETE FROM wards -- a; -- b\nWHERE id = 1;", Verdict.SPLIT, False),
        ("-- a; -- b\nCREATE INDEX i ON wards (floor);", Verdict.SKIPPED, False),
        ("CREATE INDEX i ON wards (floor) -- a; -- b\n;", Verdict.TAKEN, False),
    ],
)
def test_a_run_ends_where_a_cut_leaves_what_is_no_statement(
    tmp_path: Path, sql: str, verdict: Verdict, *, stops: bool
) -> None:
    """What the engine made of each of these, piece by piece."""
    last = replayed(tmp_path, WARDS + sql).steps[-1]
    assert (last.outcome.verdict, last.stops) == (verdict, stops)


def test_the_rows_of_an_insert_are_judged_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their keys, and what each value does to its column; a rule that asks too is told what is known."""
    rows, values = Mock(wraps=keyed._literal_rows), Mock(wraps=outcome_rows._row_hazards)
    monkeypatch.setattr(keyed, "_literal_rows", rows)
    monkeypatch.setattr(outcome_rows, "_row_hazards", values)
    sql = "INSERT INTO wards (id, floor) VALUES (1, 1), (2, 2), (3, 3) ON CONFLICT (id) DO UPDATE SET floor = 3;"
    *_, step = replayed(tmp_path, WARDS + sql).steps
    assert isinstance(step.change, InsertRows)
    table = step.before.table("wards")
    assert table is not None
    assert [key for key, _ in keyed.literal_keys(table, step.change)] == [(1,), (2,), (3,)]
    assert rows.call_count == 1
    assert values.call_count == 3


@pytest.mark.parametrize(
    ("last", "columns"),
    [
        ("ALTER TABLE wards ADD COLUMN phone TEXT, ADD COLUMN email TEXT;", ("id", "floor")),
        ("ALTER TABLE wards ADD COLUMN phone TEXT;", ("id", "floor", "phone")),
        ("DROP TABLE IF EXISTS nosuch, wards;", ("id", "floor")),
        ("DROP TABLE IF EXISTS wards;", None),
    ],
)
def test_what_is_refused_undoes_every_change_of_its_statement(
    tmp_path: Path, last: str, columns: tuple[str, ...] | None
) -> None:
    wards = replayed(tmp_path, WARDS + last, actual=True).end.table("wards")
    assert (wards.column_names if wards else None) == columns


def test_a_statement_that_the_catalogue_contradicts_is_undone_whole(tmp_path: Path) -> None:
    sql = WARDS + "DROP TABLE wards, nosuch;"
    assert replayed(tmp_path, sql, target=GUIDE, actual=True).end.table("wards") is not None


@pytest.mark.parametrize("stage", ["kmblint.sql.parse._read", "kmblint.sql.parse._lowered"])
def test_reading_that_fails_is_a_crash_of_its_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def fails(_: object) -> None:
        raise KeyError(stage)

    monkeypatch.setattr(stage, fails)
    found = history(tmp_path, {"0001_step.sql": WARDS})
    (step,) = replay(found, KIMBERLITE).steps
    assert step.crash is not None
    assert step.crash.error == f"KeyError: {stage!r}"
    with pytest.raises(KeyError):
        replay(found, KIMBERLITE, contain=False)


KNOWN = (
    WARDS,
    "ALTER TABLE wards ADD COLUMN name TEXT NOT NULL, ADD COLUMN beds SMALLINT DEFAULT 3;",
    "CREATE INDEX wards_floor_idx ON wards(floor); DROP INDEX nowhere; UPDATE gone SET a = 1;",
    "UPDATE wards SET floor = 2, ghost = 3 WHERE id = 7; UPDATE wards SET name = 'x' WHERE floor = 1 AND floor = 2;",
    "INSERT INTO wards (id, floor) VALUES (1, 2), (1, 3); DELETE FROM wards WHERE id = 1; CREATE TABLE wards (id INT);",
    "ALTER TABLE wards DROP COLUMN beds; DROP TABLE IF EXISTS wards;",
)


@pytest.mark.parametrize("target", [KIMBERLITE, GUIDE], ids=["kimberlite", "guide"])
@pytest.mark.parametrize("applied", [None, 3])
def test_what_was_judged_is_replayed_alike(tmp_path: Path, target: targets.Target, applied: int | None) -> None:
    plain = replayed(tmp_path, *KNOWN, target=target, applied=applied)
    kept = {part.migration.file: judgements(part) for part in plain.parts}
    again = Replayer(target, judged=lambda _: kept).replay(plain.history)
    assert sum(step.is_kept for step in again.steps) > len(again.steps) / 2
    for step, other in zip(again.steps, plain.steps, strict=True):
        assert (step.before, step.after, step.conflicts) == (other.before, other.after, other.conflicts)
        assert msgspec.structs.replace(step.outcome, reach=None) == msgspec.structs.replace(other.outcome, reach=None)
        assert (step.reach is None) == (other.reach is None)
        if step.reach is not None and other.reach is not None:
            assert (step.reach.no_row, step.reach.most_rows) == (other.reach.no_row, other.reach.most_rows)


def test_what_was_judged_is_not_judged_again(tmp_path: Path) -> None:
    plain = replayed(tmp_path, *KNOWN[:4])
    kept = {part.migration.file: judgements(part) for part in plain.parts}
    target = Mock(wraps=KIMBERLITE)
    Replayer(target, judged=lambda _: kept).replay(plain.history)
    assert not target.outcome.called


def test_what_hangs_on_rows_is_judged_again(tmp_path: Path) -> None:
    plain = replayed(tmp_path, WARDS, "INSERT INTO wards (id) VALUES (1);", "DELETE FROM wards WHERE id = 1;")
    assert [judgements(part) for part in plain.parts] == [(judgements(plain.parts[0])[0],), (None,), (None,)]
    assert judgements(plain.parts[0]) != (None,)
