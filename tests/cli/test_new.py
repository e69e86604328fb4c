"""`kmblint new`, in scratch folders and repositories."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from tests.cli.branches import FLOOR, NOTE, WARDS, Repo


def new(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["new", *arguments])


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "--isolated", *arguments])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder; the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("target", ["kimberlite", "guide"])
def test_a_table_that_no_rule_finds_anything_on(project: Path, target: str) -> None:
    assert new("create_wards", "--table", "wards").stdout == "wrote migrations/0001_create_wards.sql\n"
    text = (project / "migrations/0001_create_wards.sql").read_text()
    assert re.match(r"-- Migration: create_wards\n-- Created: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00\n", text)
    assert text.endswith(
        "\nCREATE TABLE IF NOT EXISTS wards (\n    id BIGINT PRIMARY KEY\n);\n\n"
        "-- Down Migration\nDROP TABLE IF EXISTS wards;\n"
    )
    found = check("--select", "all", "--ignore", "missing-header", "--target", target)
    assert found.stdout == f"no findings in 1 migration ({target})\n"


def test_the_author_is_gits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    repo.git("config", "user.name", "Ann Lee")
    new("create_wards", "--table", "wards")
    assert "-- Author: Ann Lee\n\nCREATE" in (repo.root / "migrations/0001_create_wards.sql").read_text()
    assert check("--select", "all").exit_code == 0


def test_a_file_to_write_in(project: Path) -> None:
    new("Create wards", "--table", "wards")
    assert new("Add phone, and e-mail").stdout == "wrote migrations/0002_add_phone_and_e_mail.sql\n"
    text = (project / "migrations/0002_add_phone_and_e_mail.sql").read_text()
    assert text.endswith("+00:00\n\n\n\n-- Down Migration\n")
    written = text.replace("\n\n\n\n", "\n\nALTER TABLE wards ADD COLUMN phone TEXT;\n\n") + (
        "ALTER TABLE wards DROP COLUMN phone;\n"
    )
    (project / "migrations/0002_add_phone_and_e_mail.sql").write_text(written)
    assert "KMB4" not in check().stdout


def test_the_width_and_the_line_ends_of_the_others(project: Path) -> None:
    (project / "migrations").mkdir()
    (project / "migrations/001_create_wards.sql").write_bytes(WARDS.replace("\n", "\r\n").encode())
    assert new("add_floor").stdout == "wrote migrations/002_add_floor.sql\n"
    data = (project / "migrations/002_add_floor.sql").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 3


def test_it_is_found_from_within_the_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "migrations").mkdir()
    monkeypatch.chdir(project / "migrations")
    assert new("create_wards").stdout == "wrote 0001_create_wards.sql\n"
    assert new("add_floor").stdout == "wrote 0002_add_floor.sql\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("0003_add", "kmblint: `0003_add` begins with a number: leave it out, `kmblint new` finds the next one\n"),
        ("größe", "kmblint: `größe`: a file name has the letters a to z, digits and `_`\n"),
        ("../..", "kmblint: `../..` has no words to call a file by: `kmblint new add_phone_to_patients`\n"),
    ],
)
def test_names_that_are_none(project: Path, name: str, said: str) -> None:
    done = new(name)
    assert (done.exit_code, done.stderr) == (2, said)
    assert list(project.iterdir()) == []


def test_a_link_out_of_the_project_is_not_written_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    (tmp_path / "elsewhere").mkdir()
    (repo.root / "migrations").symlink_to(tmp_path / "elsewhere")
    done = new("create_wards")
    assert done.exit_code == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_the_default_branch_took_meanwhile_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    repo.commit(_0001_create_wards=WARDS)
    repo.branch("work")
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR, _0003_add_note=NOTE)
    repo.switch("work")
    assert new("add_bed").stdout == (
        "wrote migrations/0004_add_bed.sql\n(`main` has 0003_add_note.sql, which isn't here yet)\n"
    )


def test_nothing_is_overwritten(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes the same file in the same moment keeps it."""
    (project / "migrations").mkdir()

    def another(_: Path) -> str:
        (project / "migrations/0001_create_wards.sql").write_text("theirs")
        return "Ann"

    monkeypatch.setattr("kmblint.history.git.author", another)
    done = new("create_wards")
    assert (done.exit_code, done.stderr) == (
        2, "kmblint: `migrations/0001_create_wards.sql` is there already: nothing was written\n",
    )  # fmt: skip
    assert [(file.name, file.read_text()) for file in (project / "migrations").iterdir()] == [
        ("0001_create_wards.sql", "theirs")
    ]
