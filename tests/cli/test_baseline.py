"""`kmblint baseline`, and `check` under what it wrote."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from kmblint.reporters import FORMATS

PATIENTS = "CREATE TABLE patients (id BIGINT PRIMARY KEY, ssn TEXT UNIQUE);\n"
SECRET = "UPDATE patients SET ssn = 'AKIAIOSFODNN7EXAMPLE' WHERE id = 1;\n"  # noqa: S105 (Amazon's own example)
NEW = "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY, name TEXT UNIQUE);\n"
FILE = "kmblint-baseline.jsonl"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`migrations/` of an old project; the working directory is above it."""
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_create_patients.sql").write_text(PATIENTS)
    (made / "0002_set_ssn.sql").write_text(SECRET)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


def test_it_is_written_once_and_honoured(folder: Path) -> None:
    result = run("baseline")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{FILE}: 3 findings in 2 files\n")
    text = (folder.parent / FILE).read_text()
    assert "AKIA" not in text
    assert text.splitlines() == sorted(text.splitlines(), key=lambda line: ("path" in line, line))
    again = run("baseline")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "a baseline only shrinks: `--prune` takes out what is fixed" in again.stderr
    assert run("check").exit_code == 1
    clean = run("check", "--baseline", FILE)
    assert (clean.exit_code, clean.stdout) == (0, "no findings in 2 migrations (kimberlite); 3 in the baseline\n")


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_leaves_out_what_it_knows(folder: Path, output_format: str) -> None:
    run("baseline")
    (folder / "0003_create_wards.sql").write_text(NEW)
    (folder.parent / "kmblint.toml").write_text(f'findings-baseline = "{FILE}"\n')
    text = run("check", "--output-format", output_format).stdout
    text = text.partition('"results"')[2] if output_format == "sarif" else text
    assert "0003_create_wards.sql" in text
    assert set(re.findall(r"KMB\d{3}", text)) == {"KMB904"}
    if output_format == "json":
        counts = json.loads(text)["summary"]
        assert (counts["warning"], counts["baselined"]) == (1, 3)


def test_what_is_fixed_is_told_and_taken_out(folder: Path) -> None:
    run("baseline")
    (folder / "0001_create_patients.sql").write_text(PATIENTS.replace(" UNIQUE", ""))
    (folder / "0003_create_wards.sql").write_text(NEW)
    told = run("check", "--baseline", FILE).stdout
    assert "note: 1 finding of the baseline is gone: `kmblint baseline --prune` takes it out\n" in told
    assert "is gone" not in run("check", "--baseline", FILE, "--ignore", "dropped-clause").stdout
    assert "is gone" not in run("check", "--baseline", FILE, "migrations/0002_set_ssn.sql").stdout
    pruned = run("baseline", "--prune")
    assert (pruned.exit_code, pruned.stdout) == (0, f"{FILE}: 1 finding taken out, 2 findings left\n")
    text = (folder.parent / FILE).read_text()
    assert "dropped-clause" not in text
    assert "0003" not in text, "nothing is ever added"
    assert run("baseline", "--prune").stdout == f"{FILE}: nothing is fixed, 2 findings left\n"


def test_a_renumbered_file_keeps_its_lines_and_pruning_renames_it(folder: Path) -> None:
    run("baseline")
    (folder / "0002_set_ssn.sql").rename(folder / "0003_set_ssn.sql")
    (folder / "0002_create_rooms.sql").write_text(NEW.replace(" UNIQUE", ""))
    assert run("check", "--baseline", FILE).stdout.startswith("no findings in 3 migrations")
    assert run("baseline", "--prune").stdout == f"{FILE}: nothing is fixed, 3 findings left\n"
    assert "migrations/0003_set_ssn.sql" in (folder.parent / FILE).read_text()


def test_two_histories_share_one(folder: Path) -> None:
    (folder.parent / "kmblint.toml").write_text(f'findings-baseline = "{FILE}"\n')
    other = folder.parent / "other" / "migrations"
    other.mkdir(parents=True)
    (other / "0001_create_patients.sql").write_text(PATIENTS)
    assert run("baseline").stdout.startswith(f"{FILE}: 5 findings in 3 files\n")
    assert run("check").exit_code == 0
    (other / "0001_create_patients.sql").unlink()
    other.rmdir()
    assert "is gone" not in run("check").stdout
    assert run("baseline", "--prune").stdout == f"{FILE}: 2 findings taken out, 3 findings left\n"


def test_what_is_clean_needs_none(folder: Path) -> None:
    (folder / "0001_create_patients.sql").write_text(NEW.replace(" UNIQUE", ""))
    (folder / "0002_set_ssn.sql").unlink()
    result = run("baseline")
    assert (result.exit_code, result.stdout) == (
        0,
        f"nothing is found, so no baseline is needed: `{FILE}` isn't written\n",
    )
    assert not (folder.parent / FILE).exists()


def test_a_file_that_is_none_ends_in_one_line(folder: Path) -> None:
    missing = run("check", "--baseline", "nosuch.jsonl")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "`kmblint baseline --baseline nosuch.jsonl` writes it" in missing.stderr
    (folder.parent / FILE).write_bytes(b"\xff")
    assert "is not UTF-8: byte 0xFF" in run("check", "--baseline", FILE).stderr
    (folder.parent / FILE).write_text("{}\n")
    assert "is no baseline that this kmblint knows" in run("check", "--baseline", FILE).stderr


def test_nothing_takes_its_place_or_a_migrations(folder: Path) -> None:
    run("baseline")
    before = (folder.parent / FILE).read_bytes()
    result = run("check", "--baseline", FILE, "--output-file", FILE)
    assert result.exit_code == 2
    assert (folder.parent / FILE).read_bytes() == before
    result = run("baseline", "--baseline", "migrations/0009_x.sql")
    assert "belongs to the migrations and is never written to" in result.stderr


def test_released_findings_are_not_written_down(folder: Path) -> None:
    result = run("baseline", "--applied-through", "2")
    assert result.stdout.startswith(f"{FILE}: 1 finding in 1 file\n")
    assert folder.exists()
