"""`kmblint squash`, in scratch repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from kmblint.history.state import LOCK
from tests.cli.branches import FLOOR, WARDS, Repo

BEDS = "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT REFERENCES wards(id), code VARCHAR(9) DEFAULT 'x');\n"
ROW = "INSERT INTO wards (id) VALUES (1) ON CONFLICT (id) DO NOTHING;\n"


def squash(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["squash", *arguments])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """Three migrations that make a schema and one that fills it, all committed."""
    made = Repo(tmp_path / "repo", monkeypatch)
    made.commit(_0001_create_wards=WARDS, _0002_add_floor=FLOOR, _0003_create_beds=BEDS, _0004_fill_wards=ROW)
    return made


def test_the_plan_is_shown_and_nothing_is_written(repo: Repo) -> None:
    done = squash("--through", "2")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "through 0002, 2 migrations become a baseline of 1 table, which replays to the same:\n"
        "  writes baseline.sql\n"
        '  says `[history] baseline = "baseline.sql"` in kmblint.toml\n'
        "  removes migrations/0001_create_wards.sql\n"
        "  removes migrations/0002_add_floor.sql\n"
        "a new database gets `baseline.sql` before the first migration: Kimberlite's runner doesn't send it, and its "
        "`migration validate` asks for numbers from 0001 on\n"
        "nothing is written yet: `--yes` does it\n"
    )
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize("view", ["intended", "actual"])
def test_the_schema_stays_as_it_was(repo: Repo, view: str) -> None:
    before = json.loads(run("schema", "--output-format", "json", "--as", view).stdout)
    run("lock")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "Lock")
    done = squash("--through", "0003", "--yes")
    assert done.stdout.endswith("wrote baseline.sql, removed 3 files\n")
    assert [file.name for file in (repo.root / "migrations").iterdir()] == ["0004_fill_wards.sql"]
    assert json.loads(run("schema", "--output-format", "json", "--as", view).stdout) == before
    assert (repo.root / LOCK).read_text().count("[[migration]]") == 1
    assert run("lock", "--check").exit_code == 0
    assert "code VARCHAR(9) DEFAULT 'x'" in (repo.root / "baseline.sql").read_text()


def test_a_baseline_is_no_file_to_add_an_index_to(repo: Repo) -> None:
    """Nor is one of a table that it dropped said to be one of the migrations."""
    assert squash("--through", "0003", "--yes").exit_code == 0
    repo.branch("work")
    repo.commit(_0005_create_rooms="CREATE TABLE rooms (id BIGINT PRIMARY KEY, ward_id BIGINT, bed_id BIGINT);\n")
    assert "KMB000" not in run("check", "--since", "main", "--select", "all").stdout
    assert "KMB000" not in run("check", "--select", "all").stdout


def test_a_revision_is_read_with_the_baseline_that_it_had(repo: Repo) -> None:
    """On the way there the table is dropped and made anew: behind the baseline, those files would do something else."""
    anew = "ALTER TABLE wards ADD COLUMN gone TEXT;\nALTER TABLE wards DROP COLUMN floor;\n"
    repo.commit(_0005_change_wards=anew, _0006_change_again="ALTER TABLE wards ADD COLUMN floor TEXT;\n")
    repo.commit(_0007_add_note="ALTER TABLE wards ADD COLUMN note TEXT;\n")
    repo.branch("work")
    (repo.root / "migrations/0004_fill_wards.sql").write_text("DROP TABLE IF EXISTS nothing;\n")
    repo.commit()
    assert squash("--through", "0006", "--yes").stderr == ""
    repo.commit()
    assert run("diff", "main").stdout == "no difference\n"
    assert run("diff", "main", "HEAD").stdout == "no difference\n"
    (repo.root / "baseline.sql").write_text(WARDS)
    assert "- floor TEXT" in run("diff", "HEAD").stdout


def test_rows_stand_in_the_way_and_are_named(repo: Repo) -> None:
    repo.commit(_0005_add_note="ALTER TABLE wards ADD COLUMN note TEXT;\n")
    done = squash("--through", "0004", "--yes")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "kmblint: no baseline stands for these migrations; nothing was written\n"
        "kmblint: migrations/0004_fill_wards.sql:1: it inserts 1 row into `wards`, and a baseline holds no rows\n"
    )
    assert repo.git("status", "--porcelain") == ""


def test_nothing_is_missing_where_the_baseline_is_equal_to_what_is_gone(repo: Repo) -> None:
    run("lock")
    repo.commit()
    record = '[[migrations]]\nid = 1\nname = "create_wards"\nchecksum = "00"\napplied_at = "2026-01-01T00:00:00Z"\n'
    repo.branch("work")
    assert squash("--through", "3", "--yes").exit_code == 0
    repo.commit()
    (repo.root / ".kimberlite/migrations/applied.toml").write_text(record)
    for since in (("--since", "main"), ()):
        told = run("check", *since, "--output-format", "concise").stdout
        assert [code for code in ("KMB702", "KMB705") if code in told] == []
    baseline = (repo.root / "baseline.sql").read_text()
    (repo.root / "baseline.sql").write_text(baseline.replace("code VARCHAR(9) DEFAULT 'x'", "code TEXT"))
    told = run("check", "--since", "main", "--output-format", "concise").stdout
    assert (told.count("KMB702"), told.count("KMB705")) == (3, 0)


def test_a_dropped_column_is_told_of_as_its_values_are_still_there(repo: Repo) -> None:
    repo.commit(_0005_drop_floor="ALTER TABLE beds DROP COLUMN code;\nALTER TABLE wards ADD COLUMN a TEXT;\n")
    assert "was dropped" not in squash("--through", "3").stdout
    (repo.root / "migrations/0004_fill_wards.sql").write_text("DROP TABLE IF EXISTS nothing;\n")
    repo.commit(_0006_add_note="ALTER TABLE wards ADD COLUMN note TEXT;\n")
    said = "`beds.code` was dropped, and no baseline says so: old rows keep their values"
    assert said in squash("--through", "5").stdout
    assert "was dropped" not in squash("--through", "5", "--target", "guide").stdout


def test_what_fails_half_way_is_taken_back(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    run("lock")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "Lock")
    unlink = Path.unlink

    def stumbles(path: Path, missing_ok: bool = False) -> None:
        if path.name == "0002_add_floor.sql":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", stumbles)
    done = squash("--through", "3", "--yes")
    assert (done.exit_code, done.stderr) == (2, "kmblint: nothing was written: Permission denied\n")
    assert repo.git("status", "--porcelain") == ""
    monkeypatch.setattr(Path, "unlink", unlink)
    assert squash("--through", "3", "--yes").exit_code == 0


def test_what_isn_t_committed_would_be_lost(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("0002_add_floor.sql", f"{FLOOR}-- a note\n")
    done = squash("--through", "2", "--yes")
    assert done.exit_code == 2
    assert "`migrations/0002_add_floor.sql` isn't committed as it is here" in done.stderr
    assert not (repo.root / "baseline.sql").exists()
    plain = tmp_path / "plain"
    (plain / "migrations").mkdir(parents=True)
    (plain / "migrations/0001_create_wards.sql").write_text(WARDS)
    (plain / "migrations/0002_add_floor.sql").write_text(FLOOR)
    monkeypatch.chdir(plain)
    done = squash("--through", "1", "--yes")
    assert (done.exit_code, "would be lost" in done.stderr) == (2, True)
    assert (plain / "migrations/0001_create_wards.sql").exists()


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("kmblint.toml", "[history]  # ours\nfailed = []\n",
         '[history]  # ours\nbaseline = "db/base.sql"\nfailed = []\n'),
        ("kmblint.toml", 'ignore = []\n[history]\nbaseline = "old.sql"\nfailed = []\n[target]\n',
         'ignore = []\n[history]\nbaseline = "db/base.sql"\nfailed = []\n[target]\n'),
        ("pyproject.toml", "[tool.kmblint]\nignore = []\n",
         '[tool.kmblint]\nignore = []\n\n[tool.kmblint.history]\nbaseline = "db/base.sql"\n'),
    ],
)  # fmt: skip
def test_the_configuration_keeps_all_else(repo: Repo, file: str, before: str, after: str) -> None:
    (repo.root / "old.sql").write_text("CREATE TABLE old (id BIGINT PRIMARY KEY);\n")
    (repo.root / "db").mkdir()
    (repo.root / file).write_text(before)
    assert squash("--through", "2", "--output", "db/base.sql", "--yes").exit_code == 0
    assert (repo.root / file).read_text() == after
    assert ("CREATE TABLE old" in (repo.root / "db/base.sql").read_text()) is ("old.sql" in before)


@pytest.mark.parametrize(
    ("arguments", "config", "said"),
    [
        (["--through", "9"], "", "--through 0009: no migration has that number; the folder has 0001 to 0004"),
        (["--through", "4"], "", "--through 0004 is the last one: leave a migration behind the baseline"),
        (["--through", "2", "--output", "migrations/base.sql"], "", "`migrations/base.sql` would be one of the"),
        (["--through", "2", "--output", "old.sql"], "", "`old.sql` is there already: name another file"),
        (["--through", "2"], "history.failed = []\n", 'kmblint.toml: write `baseline = "baseline.sql"` into its'),
    ],
)
def test_what_can_t_be_done_is_said(repo: Repo, arguments: list[str], config: str, said: str) -> None:
    (repo.root / "old.sql").write_text("")
    (repo.root / "kmblint.toml").write_text(config)
    done = squash(*arguments, "--yes")
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(list((repo.root / "migrations").iterdir())) == 4
