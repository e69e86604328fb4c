"""What a branch is answerable for: what it changed since it began, and the numbers that others took meanwhile."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from kmblint.reporters import FORMATS
from tests.cli.branches import FLOOR, NOTE, WARDS, Repo, document, run, told


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """`main` with 0001, and `work` that begins there."""
    made = Repo(tmp_path / "repo", monkeypatch)
    made.commit(_0001_create_wards=WARDS)
    made.branch("work")
    return made


def test_what_main_gained_meanwhile_is_not_missing(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR)
    repo.switch("work")
    assert told("--since", "main") == []
    assert "note: `main` is ahead by 1 migration\n" in run("check", "--since", "main").stdout


def test_a_number_that_main_took_is_taken(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR)
    repo.switch("work")
    repo.commit(_0002_add_note=NOTE)
    [(code, file, message)] = told("--since", "main")
    assert (code, file) == ("KMB102", "migrations/0002_add_note.sql")
    assert message.startswith("number 0002 is taken in `main` by `0002_add_floor.sql`: ")
    text = run("check", "--since", "main").stdout
    assert "help: renumber this file: `0003_add_note.sql`; `kmblint renumber`" in text
    assert "KMB701" not in text


def test_a_number_behind_which_main_went_on_is_late(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR, _0004_add_bed="ALTER TABLE wards ADD COLUMN bed BIGINT;\n")
    repo.switch("work")
    repo.commit(_0003_add_note=NOTE)
    [(code, file, message)] = told("--since", "main")
    assert (code, file) == ("KMB703", "migrations/0003_add_note.sql")
    assert "0004 is applied (in `main`)" in message


def test_a_gap_that_main_fills_is_none(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR)
    repo.switch("work")
    repo.commit(_0003_add_note=NOTE)
    assert told("--since", "main") == []
    assert [code for code, _, _ in told()] == ["KMB103"]


@pytest.mark.parametrize("base", [("--since", "main"), ()])
def test_after_a_merge_the_file_to_move_is_the_branchs_own(repo: Repo, base: tuple[str, ...]) -> None:
    repo.commit(_0002_add_floor=FLOOR)
    repo.switch("main")
    repo.commit(_0002_add_note=NOTE)
    repo.switch("work")
    repo.git("merge", "-q", "--no-edit", "main")
    [(code, file, message)] = told(*base)
    assert (code, file) == ("KMB102", "migrations/0002_add_floor.sql")
    assert "`0002_add_note.sql`" in message
    assert "renumber this file: `0003_add_floor.sql`" in run("check", *base).stdout


def test_an_edit_replays_what_was_released(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR, _0003_drop_floor="ALTER TABLE wards DROP COLUMN floor;\n")
    repo.branch("edit")
    repo.write("0002_add_floor.sql", NOTE)
    [(code, file, message)] = told("--since", "main")
    assert (code, file) == ("KMB701", "migrations/0002_add_floor.sql")
    assert "`main` knows another content" in message
    text = run("check", "--since", "main").stdout
    assert "-ALTER TABLE wards ADD COLUMN floor BIGINT;" in text
    assert "+ALTER TABLE wards ADD COLUMN note TEXT;" in text


def test_an_edit_of_a_released_file_is_one_finding_whatever_stood_on_it(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR, _0003_set_floor="UPDATE wards SET floor = 1 WHERE id = 1;\n")
    repo.branch("edit")
    repo.write("0002_add_floor.sql", FLOOR.replace("floor", "flor"))
    repo.write("0004_set_floor.sql", "UPDATE wards SET floor = 2 WHERE id = 1;\n")
    assert [code for code, _, _ in told(families="recommended")] == ["KMB924", "KMB924"]
    assert [code for code, _, _ in told("--since", "main", families="recommended")] == ["KMB701"]


def test_a_deletion_replays_what_was_released(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR, _0003_drop_floor="ALTER TABLE wards DROP COLUMN floor;\n")
    repo.branch("delete")
    (repo.root / "migrations" / "0002_add_floor.sql").unlink()
    [(code, file, _)] = told("--since", "main")
    assert (code, file) == ("KMB702", "migrations/0002_add_floor.sql")
    only = told("--since", "main", "migrations/0003_drop_floor.sql")
    assert [code for code, _, _ in only] == ["KMB702"], "what is absent is on no path, and shown all the same"


def test_a_header_may_still_be_written(repo: Repo) -> None:
    edited = f"-- kmblint: ignore[edited-migration] agreed with all who run it\n{FLOOR}"
    repo.write("0001_create_wards.sql", f"-- Author: a\n{WARDS}")
    assert [code for code, _, _ in told("--since", "main")] == ["KMB704"]
    repo.write("0001_create_wards.sql", edited)
    assert [code for code, _, _ in told("--since", "main")] == []


@pytest.mark.parametrize(
    ("name", "codes"),
    [("0001_All_Wards.sql", ["KMB101"]), ("0001_create_all_wards.sql", []), ("0001_update.sql", ["KMB107"])],
)
def test_the_name_that_a_branch_gives_a_released_file_is_its_own(repo: Repo, name: str, codes: list[str]) -> None:
    (repo.root / "migrations/0001_create_wards.sql").rename(repo.root / "migrations" / name)
    assert [code for code, _, _ in told("--since", "main") if code != "KMB117"] == codes


def test_the_branch_may_have_moved_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    repo.write("db/migrations/0001_create_wards.sql", WARDS)
    repo.write("db/migrations/0002_add_floor.sql", FLOOR)
    repo.commit()
    repo.branch("move")
    repo.git("mv", "db/migrations", "migrations")
    repo.write("0002_add_floor.sql", NOTE)
    repo.commit()
    assert [(code, file) for code, file, _ in told("--since", "main")] == [("KMB701", "migrations/0002_add_floor.sql")]
    text = run("check", "--since", "main").stdout
    assert "note: the migrations were moved: `main` has them in `db/migrations`" in text


def test_a_revision_without_the_folder_is_said(repo: Repo) -> None:
    repo.write("other/0001_create_beds.sql", WARDS.replace("wards", "beds"))
    text = run("check", "--since", "main", "other").stdout
    assert "note: `main` holds no migrations in `other`: every file counts as new" in text


def test_a_shallow_clone_is_told_what_mends_it(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(_0002_add_floor=FLOOR)
    repo.commit(_0003_add_note=NOTE)
    repo.switch("main")
    repo.commit(_0002_add_other=NOTE)
    clone = ("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{repo.root}", str(tmp_path / "clone"))
    repo.git(*clone)
    monkeypatch.chdir(tmp_path / "clone")
    result = run("check", "--since", "origin/work")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no commit in common: this clone is shallow; `git fetch --unshallow`" in result.stderr
    assert run("check", "--staged", "--exit-zero").exit_code == 0, "a hook goes on with what HEAD holds"


def test_an_unknown_revision_names_fetch(repo: Repo) -> None:
    result = run("check", "--since", "origin/main")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        "git knows no revision `origin/main`; `git fetch origin +refs/heads/main:refs/remotes/origin/main`"
        in result.stderr
    )
    assert repo.root.exists()


def test_gits_own_advice_is_passed_on(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "fatal: detected dubious ownership in repository at '/srv/x'\nTo add an exception, call:\n\n\tgit config …"
    (tmp_path / "git").write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{said}\nEND\nexit 128\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    result = run("check", "--since", "main")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("kmblint: git can't answer: detected dubious ownership in repository at '/srv/x'\n")
    assert "git config …" in result.stderr
    assert repo.root.exists()


def test_a_name_without_content_is_not_staged(repo: Repo) -> None:
    repo.write("0002_add_floor.sql", FLOOR)
    repo.git("add", "--intent-to-add", "migrations/0002_add_floor.sql")
    repo.write("notes.txt", "x")
    repo.git("add", "migrations/notes.txt")
    assert told("--staged") == []


def test_an_unmerged_file_is_what_is_on_disk(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR)
    repo.switch("work")
    repo.commit(_0002_add_floor=NOTE)
    done = subprocess.run(["git", "merge", "-q", "main"], capture_output=True, check=False)
    assert done.returncode == 1
    assert {code for code, _, _ in told("--staged", families="KMB7,KMB0")} == {"KMB006"}


@pytest.mark.parametrize("arguments", [(), ("--since", "main"), ("--staged",)])
def test_what_is_not_checked_out_is_there(repo: Repo, arguments: tuple[str, ...]) -> None:
    repo.switch("main")
    repo.commit(_0002_add_floor=FLOOR, _0003_add_note=NOTE)
    repo.branch("sparse")
    for file in ("migrations/0001_create_wards.sql", "migrations/0003_add_note.sql"):
        repo.git("update-index", "--skip-worktree", file)
        (repo.root / file).unlink()
    assert told(*arguments) == []


def test_filters_and_line_ends_are_gits_doing(repo: Repo) -> None:
    repo.switch("main")
    repo.write(".gitattributes", "*.sql filter=shout\n")
    repo.commit()
    repo.branch("later")
    repo.git("config", "filter.shout.clean", "tr a-z A-Z")
    repo.git("config", "filter.shout.smudge", "tr A-Z a-z")
    path = repo.root / "migrations" / "0001_create_wards.sql"
    path.unlink()
    repo.git("checkout", "--", "migrations")
    repo.write("0001_create_wards.sql", WARDS.lower())
    assert told("--since", "main") == []
    (repo.root / ".gitattributes").unlink()
    path.write_bytes(WARDS.replace("\n", "\r\n").encode())
    assert told("--since", "main") == []
    path.write_text(NOTE)
    repo.git("add", "-A")
    assert [code for code, _, _ in told("--since", "main")] == ["KMB701"]


def test_what_nobody_can_mend_is_counted(repo: Repo) -> None:
    repo.switch("main")
    repo.write(".kimberlite/migrations/.lock", 'version = 1\n[[migration]]\nid = 9\nname = "x"\nchecksum = "y"\n')
    repo.commit(_0002_add_floor=FLOOR, _0002_add_note=NOTE, _0003_Add="SELECT 1;\n", _04_x=WARDS, _0007_late=WARDS)
    repo.branch("later")
    repo.commit(_0008_add_bed="ALTER TABLE wards ADD COLUMN bed BIGINT;\n")
    assert {code for code, _, _ in told(families="KMB1,KMB702")} >= {"KMB101", "KMB102", "KMB103", "KMB105", "KMB702"}
    assert told("--since", "main", families="KMB1,KMB702") == []
    assert document("--since", "main", families="KMB1,KMB702")["summary"]["hidden"] >= 5


def test_a_submodules_branches_are_its_own(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    around = Repo(tmp_path / "around", monkeypatch)
    around.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo.root), "sub")
    around.git("checkout", "-q", "-b", "elsewhere")
    result = run("check", "--since", "elsewhere", "sub/migrations")
    assert "git knows no revision `elsewhere`" in result.stderr
    assert run("check", "--since", "origin/main", "--exit-zero", "sub/migrations").exit_code == 0


def test_what_was_so_before_the_branch_is_counted(repo: Repo) -> None:
    repo.switch("main")
    legacy(repo)
    repo.branch("one-line")
    repo.commit(_0013_add_bed="ALTER TABLE wards_1 ADD COLUMN bed BIGINT NOT NULL;\n")
    assert len(told("--all-history", "--since", "main", families="recommended")) > 20
    assert [code for code, _, _ in told("--since", "main", families="recommended")] == ["KMB606"]
    assert {code for code, _, _ in told("--since", "main", families="all")} == {"KMB606", "KMB802", "KMB814"}
    assert document("--since", "main", families="recommended")["summary"]["hidden"] > 20


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_shows_the_one_finding_of_a_one_line_change(repo: Repo, output_format: str) -> None:
    repo.switch("main")
    legacy(repo)
    repo.branch("one-line")
    repo.commit(_0013_add_bed="ALTER TABLE wards_1 ADD COLUMN bed BIGINT NOT NULL;\n")
    text = run("check", "--output-format", output_format, "--since", "main").stdout
    text = text.partition('"results"')[2] if output_format == "sarif" else text
    assert "0013_add_bed.sql" in text
    assert set(re.findall(r"KMB\d{3}", text)) == {"KMB606"}


def test_what_a_branch_causes_in_released_files_is_its_own(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(
        _0002_create_beds="-- kmblint: ignore[unindexed-foreign-key] few rows\n"
        "CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY, ward_id BIGINT REFERENCES wards(id));\n",
        _0003_create_stays="CREATE TABLE stays (id BIGINT PRIMARY KEY, bed_id BIGINT REFERENCES beds(id));\n",
        _0004_create_index="CREATE INDEX idx_stays_bed ON stays(bed_id);\n",
    )
    repo.branch("later")
    repo.commit(_0005_create_index="CREATE INDEX idx_beds_ward ON beds(ward_id);\nDROP TABLE stays;\n")
    caused = [("KMB010", "migrations/0002_create_beds.sql")]
    assert [(code, file) for code, file, _ in told("--since", "main", families="KMB0,KMB401")] == caused
    repo.write("0006_add_note.sql", NOTE)
    assert told("--staged", families="KMB010,KMB401"), "where nothing is staged, all is shown"
    repo.git("add", "-A")
    assert [(code, file) for code, file, _ in told("--staged", families="KMB0,KMB401")] == caused
    assert told("--staged", "migrations/0006_add_note.sql", families="KMB0,KMB401") == [], "a named file speaks alone"


def test_an_unused_suppression_in_a_released_header_is_the_branchs_own(repo: Repo) -> None:
    repo.write("0001_create_wards.sql", f"-- kmblint: ignore[drop-table] no reason\n{WARDS}")
    assert [code for code, _, _ in told("--since", "main", families="KMB0,KMB6")] == ["KMB010"]
    repo.commit()
    repo.branch("later")
    repo.commit(_0002_add_note=NOTE)
    assert told("--since", "later~1", families="KMB0,KMB6") == []


def test_what_grows_worse_is_shown(repo: Repo) -> None:
    repo.switch("main")
    repo.commit(_0002_create_beds="CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY, rate REAL);\n")
    repo.branch("later")
    repo.commit(_0003_add_note=NOTE)
    assert told("--since", "main", families="KMB411") == []
    repo.commit(_0004_set_rate="UPDATE beds SET id = id WHERE rate = 1.5;\n")
    [(_, file, message)] = told("--since", "main", families="KMB411")
    assert file == "migrations/0002_create_beds.sql"
    assert "finds no row of `beds`" in message


def test_what_lies_beside_is_the_branchs_own_where_it_brought_it(repo: Repo) -> None:
    repo.switch("main")
    repo.write("0001_old.sql.bak", WARDS)
    (repo.root / "migrations" / "0002_add_floor.sql").write_bytes(b"-- caf\xe9\n")
    repo.write(".kimberlite/migrations/.lock", "version = 1\n[[migration]]\nid = 1\n")
    repo.commit()
    repo.branch("later")
    repo.commit(_0003_add_note=NOTE)
    assert told("--since", "main") == []
    repo.write("0001_new.sql.bak", WARDS)
    (repo.root / "migrations" / "0002_add_floor.sql").write_bytes(b"-- d\xe9j\xe0\n")
    repo.write(".kimberlite/migrations/.lock", "version = 1\n[[migration]]\nid = 1\n[[migration]]\nid = 2\n")
    assert {code for code, _, _ in told("--since", "main")} >= {"KMB001", "KMB108", "KMB709"}


def legacy(repo: Repo) -> None:
    """Twelve files of an old project, with findings that an edit, a new migration or something else would mend."""
    for number in range(1, 13, 3):
        wards, beds, stays = (f"{number + further:04}" for further in range(3))
        repo.write(
            f"{wards}_create_wards.sql",
            f"CREATE TABLE wards_{number} (id BIGINT PRIMARY KEY, ssn TEXT, rate REAL, opened_date DATE);\n",
        )
        repo.write(
            f"{beds}_create_beds.sql",
            f"-- beds\nCREATE TABLE beds_{number} (id BIGINT PRIMARY KEY, w_id BIGINT REFERENCES wards_{number}(id));\n"
            f"DELETE FROM wards_{number};\n",
        )
        repo.write(
            f"{stays}_add_api_key.sql",
            f"UPDATE wards_{number} SET ssn = 'AKIAIOSFODNN7EXAMPLE' WHERE rate = 1.5;\n",
        )
    repo.write("0003_old.sql.bak", WARDS)
    repo.write(".kimberlite/migrations/.lock", "version = 1\n[[migration]]\nid = 1\n")
    repo.commit()
