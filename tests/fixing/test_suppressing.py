"""`kmblint check --add-suppressions`: where the lines go, what they cover, and what is left alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from kmblint.history import folder as folders

PATIENTS = "CREATE TABLE patients (id BIGINT PRIMARY KEY, ssn TEXT UNIQUE);\n"
ADD = "--add-suppressions"
REASON = ("--reason", "the import finds doubles")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_create_patients.sql").write_text(PATIENTS)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def test_a_line_a_finding_is_written_and_told(folder: Path) -> None:
    result = run(ADD, *REASON)
    assert result.exit_code == 1, "something was written"
    assert result.stderr.splitlines() == [
        "kmblint: suppressed 2 findings in 1 file:",
        "kmblint:   migrations/0001_create_patients.sql: 1 non-idempotent-create (KMB301), 1 dropped-clause (KMB904)",
    ]
    assert result.stdout == "no findings in 1 migration (kimberlite); 2 suppressed\n"
    assert (folder / "0001_create_patients.sql").read_text() == (
        "-- kmblint: ignore[non-idempotent-create patients] the import finds doubles\n"
        "-- kmblint: ignore[dropped-clause patients.ssn] the import finds doubles\n" + PATIENTS
    )
    again = run(ADD, *REASON)
    assert (again.exit_code, again.stderr) == (0, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("-- Migration: x\r\n\r\n{}", "-- Migration: x\r\n+\r\n\r\n{}"),
        ("\n-- Author: a\n{}", "+\n\n-- Author: a\n{}"),
        ("/* a */\n{}", "+\n/* a */\n{}"),
        ("-- Migration: x\n-- what it does\n\n-- more\n{}", "-- Migration: x\n-- what it does\n+\n\n-- more\n{}"),
    ],
)
def test_lines_stand_behind_the_first_comments_and_end_as_the_files_do(folder: Path, before: str, after: str) -> None:
    file = folder / "0001_create_patients.sql"
    sql = PATIENTS.replace("\n", "\r\n") if "\r" in before else PATIENTS
    file.write_bytes(before.format(sql).encode())
    file.chmod(0o640)
    checksum = folders.read(folder).migrations[0].checksum
    assert run(ADD, *REASON, "--select", "dropped-clause").exit_code == 1
    line = "-- kmblint: ignore[dropped-clause patients.ssn] the import finds doubles"
    assert file.read_bytes().decode() == after.format(sql).replace("+", line)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert folders.read(folder).migrations[0].checksum == checksum, "the runner notices nothing"


def test_what_is_applied_is_not_touched(folder: Path) -> None:
    (folder / "0002_create_beds.sql").write_text("CREATE TABLE beds (id BIGINT PRIMARY KEY, rate REAL);\n")
    (folder / "0003_set_rate.sql").write_text("UPDATE beds SET id = id WHERE rate = 1.5;\n")
    result = run(ADD, *REASON, "--applied-through", "2", "--select", "unsearchable-column,dropped-clause")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, "kmblint: 1 finding left out:")
    assert "unsearchable-column in migrations/0002_create_beds.sql: it is applied" in result.stderr
    assert (folder / "0001_create_patients.sql").read_text() == PATIENTS


def test_a_diff_shows_and_writes_nothing(folder: Path) -> None:
    result = run(ADD, *REASON, "--diff")
    assert result.exit_code == 1
    assert "\n+-- kmblint: ignore[dropped-clause patients.ssn] the import finds doubles\n" in result.stdout
    assert result.stderr.startswith("kmblint: would suppress 2 findings in 1 file:\n")
    assert (folder / "0001_create_patients.sql").read_text() == PATIENTS


def test_what_no_suppression_reaches_is_left_out(folder: Path) -> None:
    (folder / "0002_old.sql.bak").write_text(PATIENTS)
    (folder / "0001_create_patients.sql").write_text(f"-- kmblint: ignore[drop-table] because\n{PATIENTS}")
    result = run(ADD, *REASON, "--select", "ignored-file,unused-suppression,drop-table")
    assert result.exit_code == 1
    [head, first, second] = result.stderr.splitlines()
    assert head == "kmblint: 2 findings left out:"
    assert first.endswith("ignored-file in migrations/0002_old.sql.bak: it stands in no migration")
    assert second.endswith("/0001_create_patients.sql: it is about a suppression: mend that")


def test_what_gave_way_to_a_finding_gets_a_line_too(folder: Path) -> None:
    (folder / "0001_create_patients.sql").write_text(
        "-- patients\n\n-- more\nCREATE TABLE beds (id BIGINT PRIMARY KEY);\n-- rooms\n"
        "CREATE TABLE rooms (id BIGINT PRIMARY KEY);\nCREATE INDEX rooms_id_idx ON rooms (id);\n"
    )
    run(ADD, *REASON)
    assert run().stdout.startswith("no findings in 1 migration")


def test_a_name_that_no_suppression_can_say_is_covered_with_its_file(folder: Path) -> None:
    (folder / "0001_create_patients.sql").write_text('CREATE TABLE "old wards" (id BIGINT PRIMARY KEY);\n')
    run(ADD, *REASON, "--select", "non-idempotent-create")
    assert (folder / "0001_create_patients.sql").read_text().startswith("-- kmblint: ignore[non-idempotent-create] the")


@pytest.mark.parametrize(
    "arguments",
    [(ADD,), (ADD, "--reason", " "), (ADD, "--reason", "a\nb"), (ADD, *REASON, "--fix"), REASON],
)
def test_a_reason_is_needed_and_fixes_are_another_matter(folder: Path, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert (folder / "0001_create_patients.sql").read_text() == PATIENTS
