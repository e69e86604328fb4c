"""Every statement with its verdict, every file with its ending."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from kmblint import targets
from kmblint.replay.replayer import replay
from kmblint.replay.transcript import KINDS, Transcript, hazard_text, transcribe
from kmblint.reporters.transcript import as_json
from kmblint.sql.statement import Statement
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.outcome import Form
from kmblint.targets.verdict import Crashes, Hazard, Verdict
from kmblint.text import Source
from tests.rules_at_hand import history

CREATE = "CREATE TABLE a (id BIGINT PRIMARY KEY, n DECIMAL(4,1), d DATE, t TEXT NOT NULL);\n"
FIXTURES = Path(__file__).parents[2] / "fixtures"


def told(root: Path, *texts: str, target: str = "kimberlite", **said: Any) -> Transcript:
    """The transcript of files numbered from 1, and of `files` called as they are."""
    files = {f"{number:04}_a.sql": text for number, text in enumerate(texts, start=1)} | said.pop("files", {})
    used = targets.get(target)
    past = history(root, files, **said)
    return transcribe(replay(past, used, actual=True), used.capabilities)


def verdicts(transcript: Transcript) -> list[str]:
    return [entry.verdict.value for entry in transcript.entries]


def test_the_guide_s_own_statements(tmp_path: Path) -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in (FIXTURES / "guide/migrations").glob("*.sql")}
    target = targets.get("kimberlite")
    transcript = transcribe(replay(history(tmp_path / "m", files), target, actual=True), target.capabilities)
    assert [(entry.migration.id, entry.verdict.value) for entry in transcript.entries] == [
        ("0001", "taken"),
        ("0001", "skipped"),
        ("0001", "skipped"),
        ("0001", "refused"),
        ("0001", "refused"),
        ("0002", "taken"),
        ("0003", "taken"),
        ("0003", "taken"),
        ("0004", "taken"),
        ("0005", "taken"),
        ("0006", "refused"),
        ("0007", "refused"),
    ]
    assert [entry.reached for entry in transcript.entries] == [True] * 4 + [False] * 8
    assert [ending.recorded for ending in transcript.endings] == [False] * 7
    assert transcript.endings[0].note == (
        "the run stops at line 25; half applied: 1 statement before it took effect, and nothing is recorded"
    )


def test_what_a_statement_changes_is_said_only_where_it_happens(tmp_path: Path) -> None:
    transcript = told(tmp_path, CREATE + "CREATE TABLE IF NOT EXISTS a (id BIGINT PRIMARY KEY);\nDROP TABLE b;")
    assert verdicts(transcript) == ["taken", "no-op", "refused"]
    assert [entry.changes for entry in transcript.entries] == [("adds table `a` with 4 columns",), (), ()]
    assert transcript.entries[2].reasons == ("there is no table `b`",)


def test_rows_before_the_refused_one_of_an_insert_are_in(tmp_path: Path) -> None:
    insert = "INSERT INTO b (id, t) VALUES (1, 'x'), (2, 'y'), (1, 'z');\n"
    transcript = told(tmp_path, "CREATE TABLE b (id BIGINT PRIMARY KEY, t TEXT);\n" + insert)
    assert transcript.endings[0].note == (
        "the run stops at line 2; half applied: 1 statement before it and 2 rows of its own took effect, "
        "and nothing is recorded"
    )


def test_a_comment_that_is_sent_is_an_entry_and_stops_the_run(tmp_path: Path) -> None:
    transcript = told(tmp_path, f"{CREATE}/* end */", CREATE.replace(" a ", " b "))
    assert [entry.sql for entry in transcript.entries][1] == "/* end */"
    assert verdicts(transcript) == ["taken", "refused", "taken"]
    assert [ending.stops for ending in transcript.endings] == [True, False]
    assert [ending.recorded for ending in transcript.endings] == [False, False]


def test_under_the_guide_nothing_is_skipped_or_sent_as_a_comment(tmp_path: Path) -> None:
    transcript = told(tmp_path, f"{CREATE}-- note\nDROP TABLE a;\n/* end */", target="guide")
    assert verdicts(transcript) == ["taken", "taken"]
    assert transcript.endings[0].recorded


def test_what_was_applied_stops_nothing(tmp_path: Path) -> None:
    transcript = told(tmp_path, "DROP TABLE nosuch;", CREATE, applied=1)
    assert [(ending.recorded, ending.stops, ending.note) for ending in transcript.endings] == [
        (True, False, ""),
        (True, False, ""),
    ]
    assert transcript.entries[1].reached


def test_a_second_file_of_one_number_is_not_recorded(tmp_path: Path) -> None:
    transcript = told(tmp_path, CREATE, "DROP TABLE a;", files={"0001_b.sql": CREATE.replace(" a ", " b ")})
    assert [(ending.recorded, ending.stops, ending.reached) for ending in transcript.endings] == [
        (True, False, True),
        (False, True, True),
        (False, False, False),
    ]
    assert transcript.endings[1].note == "`0001_a.sql` has its number, so recording it fails, and the run stops"


def test_a_file_with_nothing_to_send_is_never_recorded_and_stops_nothing(tmp_path: Path) -> None:
    transcript = told(tmp_path, "-- nothing yet\n", CREATE)
    assert [(ending.recorded, ending.stops) for ending in transcript.endings] == [(False, False), (True, False)]
    assert "pending for ever" in transcript.endings[0].note


def test_what_makes_the_folder_unusable_is_said(tmp_path: Path) -> None:
    transcript = told(tmp_path, CREATE, files={"notes.sql": "SELECT 1;"})
    assert transcript.obstacle == "the runner refuses the whole folder: `notes.sql` has no number"
    (tmp_path / "0002_b.sql").write_bytes(b"\xe9;")
    assert "`0002_b.sql` can't be read" in told(tmp_path, CREATE).obstacle
    assert told(tmp_path, CREATE, target="guide").obstacle == ""


def test_a_crash_is_told_whatever_else_is_wrong_with_the_statement(tmp_path: Path) -> None:
    transcript = told(tmp_path, f"{CREATE}UPDATE a SET n = 1.5, nosuch = now();\nUPDATE a SET n = 1.5 WHERE id = 1;")
    assert verdicts(transcript) == ["taken", "refused", "taken"]
    assert [[KINDS[type(hazard)] for hazard in entry.hazards] for entry in transcript.entries[1:]] == [
        ["crashes"],
        ["crashes"],
    ]
    assert not transcript.entries[2].stops, "it passes where no row matches"


def test_a_crash_that_nothing_prevents_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(statement: Statement, source: Source, _: Facts) -> Form:
        ends = "ROLE" in source.slice(statement.span)
        return Form(hazards=(Crashes("it ends the server", statement.span),) if ends else ())

    monkeypatch.setattr("kmblint.targets.kimberlite.target.judge", judge)
    transcript = told(tmp_path, f"{CREATE}CREATE ROLE r;\nDROP TABLE a;")
    assert [entry.reached for entry in transcript.entries] == [True, True, False]


def test_every_hazard_has_a_name_and_words(tmp_path: Path) -> None:
    assert set(KINDS) == set(get_args(Hazard))
    statements = f"""CREATE TABLE b (id BIGINT PRIMARY KEY, v VARCHAR(9), n DECIMAL(4,1) UNIQUE, s INTEGER, r REAL,
    t TEXT NOT NULL);
    ALTER TABLE b DROP COLUMN IF EXISTS v;
    INSERT INTO b (id, n) VALUES (1, 1.55);
    UPDATE b SET t = 'x' WHERE id < 9 LIMIT 1;
    UPDATE b SET b.t = 'x', nosuch = 1 WHERE id = 1 AND t = 'y';
    DELETE FROM b USING c WHERE c.id = 1 ORDER BY id;
    UPDATE b SET t = 'x' WHERE s = 1;
    UPDATE b SET t = '{"x" * 4000}' WHERE t = 'y';
    UPDATE b SET t = 'x' WHERE n < 9;
    UPDATE b SET t = 'x' WHERE n < 9.0;
    UPDATE b SET id = 4 WHERE t < 'x';
    UPDATE b SET r = 1.5 WHERE id = 9;
    UPDATE b SET t = 'x' WHERE id > 3 AND id > 1;
    DELETE FROM b WHERE id < '9';
    INSERT INTO b (id, t, r) VALUES (2, 'x', 1.5);
    UPDATE b SET t = '{"x" * 4000}' WHERE t = 'y';
    CREATE TABLE c (id UUID PRIMARY KEY);
    INSERT INTO c (id) VALUES ('550E8400E29B41D4A716446655440000');"""
    found = [hazard for entry in told(tmp_path, statements).entries for hazard in entry.hazards]
    assert {type(hazard) for hazard in found} == set(get_args(Hazard))
    for hazard in found:
        text = hazard_text(hazard)
        assert text[-1] != "."
        assert "None" not in text


def test_the_document(tmp_path: Path) -> None:
    create = "CREATE TABLE a (id BIGINT PRIMARY KEY, n BIGINT UNIQUE DEFAULT 1);"
    document: dict[str, Any] = json.loads(as_json([told(tmp_path, f"{create}\nDROP TABLE b;")]))
    first, second = document["statements"]
    assert list(first)[:9] == [
        "path", "migration", "line", "sql", "verdict", "reasons", "hazards", "dropped", "changes",
    ]  # fmt: skip
    assert first["sql"] == create.removesuffix(";")
    assert (first["line"], first["verdict"], first["reasons"]) == (1, "taken", [])
    assert first["hazards"] == ["dropped-clause"]
    assert sorted(first["dropped"]) == ["DEFAULT", "UNIQUE"]
    assert first["changes"] == ["adds table `a` with 2 columns"]
    assert (second["line"], second["verdict"], second["stops"]) == (2, "refused", True)
    assert [(file["migration"], file["recorded"]) for file in document["files"]] == [("0001_a.sql", False)]
    assert document["obstacles"] == []


def test_only_the_files_asked_for_are_kept(tmp_path: Path) -> None:
    transcript = told(tmp_path, CREATE, "DROP TABLE a;")
    assert transcript.only(None) is transcript
    some = transcript.only(frozenset({"0002_a.sql"}))
    assert [entry.verdict for entry in some.entries] == [Verdict.TAKEN]
    assert [ending.migration.file for ending in some.endings] == ["0002_a.sql"]


def test_a_secret_is_shown_in_no_view(tmp_path: Path) -> None:
    secret = "whsec-Tr0ub4dor"  # noqa: S105 - a stand-in, which the test looks for
    transcript = told(
        tmp_path,
        "CREATE TABLE partners (id BIGINT PRIMARY KEY, signing_secret BIGINT);\n"
        f"INSERT INTO partners (id, signing_secret) VALUES (1, '{secret}');",
    )
    entry = transcript.entries[-1]
    assert entry.sql == f"INSERT INTO partners (id, signing_secret) VALUES (1, '{'*' * len(secret)}')"
    assert secret not in as_json([transcript])
