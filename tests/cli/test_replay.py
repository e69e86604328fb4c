"""`kmblint replay`, from the arguments to what a person reads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint import targets
from kmblint.cli import main
from kmblint.history import folder
from kmblint.replay.replayer import replay as replayed
from kmblint.replay.transcript import transcribe
from kmblint.reporters.paint import Paint
from kmblint.reporters.transcript import as_text
from tests.cli.folders import write

FILES = {
    "0001_create_wards.sql": "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT UNIQUE);\n"
    "-- an index\nCREATE INDEX wards_name_idx ON wards (name);\n",
    "0002_drop_beds.sql": "DROP TABLE beds;\nDROP TABLE wards;\n",
    "0003_create_nurses.sql": "CREATE TABLE nurses (id BIGINT PRIMARY KEY);\n",
}
TEXT = """\
migrations/0001_create_wards.sql
    1  taken      CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT UNIQUE)
                  + adds table `wards` with 2 columns
                  ! UNIQUE of `name` is thrown away: two rows may hold the same value
    3  skipped    CREATE INDEX wards_name_idx ON wards (name)
                  the runner doesn't send it: the text behind the previous `;` begins with `--`

migrations/0002_drop_beds.sql
    1  refused    DROP TABLE beds
                  there is no table `beds`
    2  taken      DROP TABLE wards
                  + drops table `wards`
       ■ the run stops at line 1; nothing took effect, and nothing is recorded

Not reached while an earlier file stops the run; judged as if nothing stopped:

migrations/0003_create_nurses.sql (not reached)
    1  taken      CREATE TABLE nurses (id BIGINT PRIMARY KEY)
                  + adds table `nurses` with 1 column

5 statements: 3 taken, 1 refused, 1 skipped; 1 with surprises (!)
3 migrations: 1 recorded; the run stops in migrations/0002_drop_beds.sql
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with three migrations; the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    write(tmp_path / "migrations", FILES)
    return tmp_path


def replay(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["replay", *arguments])


def test_the_text_to_read() -> None:
    result = replay()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == TEXT


def test_of_a_single_file_only_its_own_statements_are_shown() -> None:
    result = replay("migrations/0003_create_nurses.sql")
    assert result.stdout.startswith("Not reached while migrations/0002_drop_beds.sql stops the run; judged as if")
    assert result.stdout.endswith("1 statement: 1 taken\n1 migration: 0 recorded\n")


def test_what_was_applied_is_said() -> None:
    result = replay("--applied-through", "2")
    assert "migrations/0002_drop_beds.sql (applied already)\n" in result.stdout
    assert result.stdout.endswith("3 migrations: 3 recorded\n")


def test_json() -> None:
    result = replay("--output-format", "json", "--output-file", "out.json")
    assert (result.exit_code, result.stdout) == (0, "")
    document = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert [statement["verdict"] for statement in document["statements"]] == [
        "taken", "skipped", "refused", "taken", "taken",
    ]  # fmt: skip
    assert document["statements"][0]["path"] == "migrations/0001_create_wards.sql"


def test_colours_change_no_word() -> None:
    coloured = replay("--color", "always").stdout
    assert coloured != TEXT
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == TEXT
    assert replay("--color", "always", "--output-file", "out.txt").exit_code == 0
    assert Path("out.txt").read_text(encoding="utf-8") == TEXT


def test_no_line_is_wider_than_a_narrow_terminal(project: Path) -> None:
    target = targets.get("kimberlite")
    history = folder.read(project / "migrations", display=lambda path: path.name)
    transcript = transcribe(replayed(history, target, actual=True), target.capabilities)
    lines = list(as_text(transcript, Paint(), 50))
    assert max(len(line) for line in lines if not line.startswith(("000", "Not", "3 mig", "5 stat"))) <= 50
    assert any(line.endswith("…") for line in lines)


def test_control_characters_don_t_reach_the_terminal(project: Path) -> None:
    (project / "migrations" / "0001_create_wards.sql").write_text("SELECT '\x1b[31m' FROM wards;", encoding="utf-8")
    assert "\x1b" not in replay().stdout


def test_a_file_without_statements(project: Path) -> None:
    (project / "one").mkdir()
    (project / "one" / "0001_later.sql").write_text("-- nothing yet\n", encoding="utf-8")
    assert replay("one").stdout.endswith("\n0 statements: none\n1 migration: 0 recorded\n")


def test_a_path_that_is_not_there_is_one_line() -> None:
    result = replay("nosuch")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1


def test_a_single_file_tells_of_no_stop_but_its_own() -> None:
    assert "stops" not in replay("migrations/0001_create_wards.sql").stdout
    assert replay("migrations/0002_drop_beds.sql").stdout.endswith("; the run stops in migrations/0002_drop_beds.sql\n")
    assert replay("migrations/0003_create_nurses.sql").stdout.endswith("1 migration: 0 recorded\n")
