"""A history beside what a server says: where the two agree a line, where they differ what was predicted and seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest
from msgspec.structs import replace

from kmblint import targets
from kmblint.history import folder
from kmblint.live.rehearsal import HELD, NOT_SENT, PlayedFile, Rehearsal, Wanted, rehearse
from kmblint.live.sendings import parts_of, whole
from kmblint.live.stage import Answer, Ended
from kmblint.reporters.paint import Paint
from kmblint.reporters.rehearsal import as_json, as_markdown, as_text
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.kimberlite.target import Kimberlite
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.verdict import Crashes
from kmblint.text import Span
from tests.live.stages import FakeClient, FakeStage, showing
from tests.shapes import assert_conforms

WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT)"
ROWS = "INSERT INTO wards (id, name) VALUES (1, 'a'), (2, 'b')"
SHOWN = {"wards": [("id", "BIGINT", True), ("name", "TEXT", True)]}
REFUSED = Answer(Ended.REFUSED, "SQL syntax error")


def played(
    root: Path,
    files: Mapping[str, str],
    stage: FakeStage,
    wanted: Wanted | None = None,
    target: Kimberlite | None = None,
) -> Rehearsal:
    folder_of = root / "migrations"
    folder_of.mkdir()
    for name, text in files.items():
        (folder_of / name).write_text(text)
    history = replace(folder.read(folder_of, display=lambda path: path.name), called="migrations")
    told, lost = rehearse(parts_of(history, {}), target or targets.get("kimberlite"), stage, wanted or Wanted())
    return Rehearsal("migrations", "0.9.1", "0.9.1", "a server of the tests", told, lost=lost)


def seen(rehearsal: Rehearsal) -> list[str]:
    return [each.seen for each in rehearsal.statements]


def found(rehearsal: Rehearsal) -> list[tuple[str, str, str, str]]:
    parts: list[PlayedFile] = list(rehearsal.files)
    told = [each for part in parts for each in (*(f for s in part.statements for f in s.misses), *part.misses)]
    return [(f.difference.what, f.difference.subject, f.difference.predicted, f.difference.seen) for f in told]


def test_where_both_agree_nothing_is_found(tmp_path: Path) -> None:
    stage = FakeStage({ROWS: Answer(Ended.TAKEN, rows=2)}, FakeClient(showing(SHOWN)))
    stage.rows["SELECT id FROM wards"] = [[1], [2]]
    told = played(tmp_path, {"0001_wards.sql": f"{WARDS};\n{ROWS};\n"}, stage)
    assert stage.sent == [WARDS, ROWS]
    assert (found(told), told.is_clean, seen(told)) == ([], True, ["taken", "taken"])


def test_a_refusal_that_was_not_predicted_is_found_and_stops_the_run(tmp_path: Path) -> None:
    stage = FakeStage({WARDS: REFUSED})
    told = played(tmp_path, {"0001_wards.sql": f"{WARDS};\n{ROWS};\n", "0002_more.sql": f"{ROWS};\n"}, stage)
    assert stage.sent == [WARDS]
    assert found(told) == [("verdict", "", "taken", "refused: SQL syntax error")]
    assert [file.is_reached for file in told.files] == [True, False]
    assert told.files[0].note == "the run stops at line 1; nothing took effect, and nothing is recorded"
    (rests_on,) = [each.rests_on for each in told.files[0].statements[0].misses]
    assert rests_on == "what CREATE TABLE takes (`forms_tables.py`, `stored_types`)"
    assert not told.is_clean


def test_one_difference_makes_no_second_one(tmp_path: Path) -> None:
    """Behind it, our catalogue is what the server's must be."""
    stage = FakeStage({WARDS: REFUSED, ROWS: REFUSED})
    told = played(tmp_path, {"0001_wards.sql": f"{WARDS};\n{ROWS};\n"}, stage, Wanted(keep_going=True))
    assert found(told) == [("verdict", "", "taken", "refused: SQL syntax error")]
    assert stage.sent == [WARDS, ROWS]


def test_what_is_taken_against_the_prediction_happened(tmp_path: Path) -> None:
    table = "CREATE TABLE wards (id BIGINT PRIMARY KEY, name CLOB)"
    stage = FakeStage(
        {ROWS: Answer(Ended.TAKEN, rows=2)},
        FakeClient(showing({"wards": [("id", "BIGINT", True), ("name", "CLOB", True)]})),
    )
    stage.rows["SELECT id FROM wards"] = [[1], [2]]
    told = played(tmp_path, {"0001_wards.sql": f"{table};\n{ROWS};\n"}, stage)
    assert [each[0] for each in found(told)] == ["verdict"]
    assert found(told)[0][2].startswith("refused: ")


def test_the_rows_that_a_change_reaches_are_counted(tmp_path: Path) -> None:
    update = "UPDATE wards SET name = 'c' WHERE id = 2"
    stage = FakeStage(
        {ROWS: Answer(Ended.TAKEN, rows=2), update: Answer(Ended.TAKEN, rows=2)}, FakeClient(showing(SHOWN))
    )
    stage.rows["SELECT id FROM wards"] = [[1], [2]]
    told = played(tmp_path, {"0001_wards.sql": f"{WARDS};\n{ROWS};\n{update};\n"}, stage)
    assert found(told) == [("rows", "", "1 row", "2 rows")]


def test_the_schema_and_the_rows_behind_a_file_are_compared_and_told_once(tmp_path: Path) -> None:
    other = {"wards": [("id", "BIGINT", True), ("name", "BYTES", False)], "beds": [("id", "BIGINT", True)]}
    stage = FakeStage({ROWS: Answer(Ended.TAKEN, rows=2)}, FakeClient(showing(other, {"wards": [["name", "PHI"]]})))
    stage.rows["SELECT id FROM wards"] = [[1], [3]]
    files = {"0001_wards.sql": f"{WARDS};\n{ROWS};\n", "0002_again.sql": "DELETE FROM wards WHERE id = 9;\n"}
    assert found(played(tmp_path, files, stage)) == [
        ("table", "beds", "not there", "there, with columns that aren't shown"),
        ("type", "wards.name", "TEXT", "BYTES"),
        ("nullability", "wards.name", "NULL", "NOT NULL"),
        ("classification", "wards.name", "none", "'PHI'"),
        ("rows", "wards", "2 rows, among them 2", "2 rows, among them 3"),
    ]


def test_what_the_runner_skips_is_not_sent_and_the_rest_is(tmp_path: Path) -> None:
    stage = FakeStage(client=FakeClient(showing(SHOWN)))
    told = played(tmp_path, {"0001_wards.sql": f"{WARDS};\n-- why\nDROP TABLE wards;\n"}, stage)
    assert (stage.sent, seen(told), found(told)) == ([WARDS], ["taken", NOT_SENT], [])


def test_two_files_of_one_number_stop_the_run_though_all_is_taken(tmp_path: Path) -> None:
    shown = {"a": [("id", "BIGINT", True)], "b": [("id", "BIGINT", True)]}
    files = {f"0001_{name}.sql": f"CREATE TABLE {name} (id BIGINT PRIMARY KEY);\n" for name in shown}
    stage = FakeStage(client=FakeClient(showing(shown)))
    told = played(tmp_path, {**files, "0002_c.sql": "DROP TABLE a;\n"}, stage, Wanted(keep_going=True))
    assert told.files[1].note == "`0001_a.sql` has its number, so recording it fails, and the run stops"


class Fragile(Kimberlite):
    """A release that ends whenever a table is dropped."""

    def __init__(self) -> None:
        super().__init__(RELEASE_0_9_1)

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        outcome = super().outcome(form, change, catalog, conflicts)
        if type(change).__name__ != "DropTable":
            return outcome
        return replace(outcome, hazards=(*outcome.hazards, Crashes("it does", Span(0, 1))))


def test_no_sql_acts_in_markdown(tmp_path: Path) -> None:
    sql = "INSERT INTO wards (id, name) VALUES (1, '`|@<b>')"
    stage = FakeStage({sql: Answer(Ended.REFUSED, "no | @here <i>")})
    told = as_markdown([played(tmp_path, {"0001_wards.sql": f"{WARDS};\n{sql};\n"}, stage)])
    (row,) = (line for line in told.splitlines() if "INSERT" in line)
    assert "<code>INSERT INTO wards (id, name) VALUES (1, '&#96;&#124;@&#60;b&#62;')</code>" in row
    assert "no &#124; @<!-- -->here &#60;i&#62;" in row


def test_what_would_end_the_server_is_held_back_and_the_rest_goes_on(tmp_path: Path) -> None:
    stage = FakeStage({ROWS: Answer(Ended.TAKEN, rows=2)}, FakeClient(showing(SHOWN)))
    stage.rows["SELECT id FROM wards"] = [[1], [2]]
    files = {"0001_wards.sql": f"{WARDS};\nDROP TABLE wards;\n{ROWS};\n"}
    told = played(tmp_path, files, stage, target=Fragile())
    assert (stage.sent, seen(told), found(told)) == ([WARDS, ROWS], ["taken", HELD, "taken"], [])
    assert not told.is_clean
    assert "! the server dies: it does; `--run-dangerous` sends it all the same" in as_text([told], Paint(), 100)
    assert "the server dies: it does" in as_markdown([told])


def test_a_death_that_was_predicted_is_no_difference(tmp_path: Path) -> None:
    stage = FakeStage({"DROP TABLE wards": Answer(Ended.DIED, "it does")}, FakeClient(showing(SHOWN)))
    files = {"0001_wards.sql": f"{WARDS};\nDROP TABLE wards;\n"}
    told = played(tmp_path, files, stage, Wanted(run_dangerous=True), Fragile())
    assert (seen(told), found(told)) == (["taken", "died"], [])
    assert told.files[0].stops


def test_a_death_that_was_not_predicted_is_one(tmp_path: Path) -> None:
    stage = FakeStage({WARDS: Answer(Ended.DIED, "index out of bounds (store.rs:1)")})
    told = played(tmp_path, {"0001_wards.sql": f"{WARDS};\n"}, stage)
    assert found(told) == [("verdict", "", "taken", "died: index out of bounds (store.rs:1)")]


def test_a_server_that_does_not_answer_is_no_fault_of_the_prediction_and_stops_the_run(tmp_path: Path) -> None:
    stage = FakeStage({WARDS: Answer(Ended.NO_ANSWER, "no answer within 2 s")})
    told = played(tmp_path, {"0001_wards.sql": f"{WARDS};\n{ROWS};\n"}, stage)
    assert (seen(told), found(told), told.is_clean) == (["no answer"], [], False)
    text = " ".join(as_text([told], Paint(), 100).split())
    assert "! no answer within 2 s (--timeout): whether it would have been taken isn't known" in text
    assert "1 no answer all others as predicted the run stops in" in text


def test_rows_of_data_make_later_changes_meet_rows(tmp_path: Path) -> None:
    update = "UPDATE wards SET name = 'x'"
    (tmp_path / "0001_wards.sql").write_text(f"{WARDS};\n")
    (tmp_path / "0002_names.sql").write_text(f"{update};\n")
    seed = whole("seed.sql", Path("seed.sql"), f"-- two wards\n{ROWS};\n")
    stage = FakeStage(
        {ROWS: Answer(Ended.TAKEN, rows=2), update: Answer(Ended.TAKEN, rows=1)}, FakeClient(showing(SHOWN))
    )
    stage.rows["SELECT id FROM wards"] = [[1], [2]]
    parts = parts_of(folder.read(tmp_path), {"0001_wards.sql": [seed]})
    files, _ = rehearse(parts, targets.get("kimberlite"), stage, Wanted())
    assert stage.sent == [WARDS, ROWS, update]
    assert [each.difference.predicted for file in files for one in file.statements for each in one.misses] == ["2 rows"]


def test_secrets_are_starred_wherever_they_would_stand(tmp_path: Path) -> None:
    sql = "INSERT INTO wards (id, password) VALUES (1, 'hunter2hunter2')"
    answer = Answer(Ended.REFUSED, "no `hunter2hunter2` here")
    stage = FakeStage(
        {sql: answer}, FakeClient(showing({"wards": [("id", "BIGINT", True), ("password", "TEXT", True)]}))
    )
    table = "CREATE TABLE wards (id BIGINT PRIMARY KEY, password TEXT)"
    told = played(tmp_path, {"0001_wards.sql": f"{table};\n{sql};\n"}, stage)
    assert sql in stage.sent
    for text in (as_text([told], Paint(), 100), as_json([told]), unescape(as_markdown([told]))):
        assert "hunter2" not in text
        assert "**************" in text


TEXT = """\
0001_wards.sql
    1  refused    CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT)
       ≠ the verdict differs  --> 0001_wards.sql:1
         predicted: taken
         seen:      refused: SQL syntax error
         rests on:  the facts of engine 0.9.1: what CREATE TABLE takes (`forms_tables.py`,
                    `stored_types`)
       ■ the run stops at line 1; nothing took effect, and nothing is recorded

1 statement on a server of the tests, release 0.9.1: 1 refused
1 statement not as predicted
the run stops in 0001_wards.sql; 1 file behind it not reached (--keep-going goes on)
Where prediction and engine differ, kmblint is wrong or the engine is another one: please report the
block, with the statements before it, at https://github.com/kmblint/kmblint/issues
"""


@pytest.fixture
def differing(tmp_path: Path) -> Rehearsal:
    files = {"0001_wards.sql": f"{WARDS};\n", "0002_more.sql": f"{ROWS};\n"}
    return played(tmp_path, files, FakeStage({WARDS: REFUSED}))


def test_as_text(differing: Rehearsal) -> None:
    assert as_text([differing], Paint(), 100).replace("migrations/", "") == TEXT


def test_as_json(differing: Rehearsal) -> None:
    assert_conforms("rehearse", as_json([differing]))
    (told,) = json.loads(as_json([differing]))["rehearsals"]
    assert (told["clean"], told["facts"], [file["reached"] for file in told["files"]]) == (
        False,
        "0.9.1",
        [True, False],
    )
    (statement,) = told["files"][0]["statements"]
    assert (statement["predicted"], statement["seen"], statement["said"]) == ("taken", "refused", "SQL syntax error")
    assert statement["differences"][0]["what"] == "verdict"


def test_as_markdown(differing: Rehearsal) -> None:
    rows = [line for line in as_markdown([differing]).splitlines() if line.startswith("| ")]
    assert rows[0] == "| Where | Statement | Predicted | Seen |"
    assert rows[2].endswith("| taken | refused: SQL syntax error |")
