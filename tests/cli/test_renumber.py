"""`kmblint renumber`, in scratch repositories."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from kmblint.fixing import disk
from kmblint.history.state import APPLIED, LOCK
from tests.cli.branches import FLOOR, NOTE, WARDS, Repo

BED = "ALTER TABLE wards ADD COLUMN bed BIGINT;\n"


def renumber(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["renumber", *arguments])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """`main` took 0002 while `work` wrote 0002 and 0003; `work` has merged it, and is checked out."""
    made = Repo(tmp_path / "repo", monkeypatch)
    made.commit(_0001_create_wards=WARDS)
    made.branch("work")
    (made.root / "kmblint.toml").write_text('[per-file-ignores]\n"0002_add_note.sql" = ["KMB8"]  # ours\n')
    made.commit(_0002_add_note=f"-- 0002_add_note.sql\n{NOTE}", _0003_add_bed=BED)
    made.switch("main")
    made.commit(_0002_add_floor=FLOOR)
    made.switch("work")
    made.git("merge", "-q", "-m", "Merge", "main")
    return made


def names(repo: Repo) -> list[str]:
    return sorted(file.name for file in (repo.root / "migrations").glob("*.sql"))


AFTER = ["0001_create_wards.sql", "0002_add_floor.sql", "0003_add_note.sql", "0004_add_bed.sql"]


def test_the_plan_is_shown_and_nothing_is_written(repo: Repo) -> None:
    done = renumber()
    assert done.exit_code == 0
    assert done.stdout == (
        "behind `main`, which ends at 0002:\n"
        "  migrations/0002_add_note.sql → 0003_add_note.sql  (and in its comments)\n"
        "  migrations/0003_add_bed.sql → 0004_add_bed.sql\n"
        '  kmblint.toml:2: "0003_add_note.sql" = ["KMB8"]  # ours\n'
        "nothing is written yet: `--yes` does it\n"
    )
    assert repo.git("status", "--porcelain") == ""


def test_it_is_done_and_git_sees_renames(repo: Repo) -> None:
    assert renumber("--yes").stdout.endswith("renamed 2 files; `kmblint check --since main` judges them there\n")
    assert names(repo) == AFTER
    assert (repo.root / "migrations/0003_add_note.sql").read_text() == f"-- 0003_add_note.sql\n{NOTE}"
    assert (repo.root / "kmblint.toml").read_text() == '[per-file-ignores]\n"0003_add_note.sql" = ["KMB8"]  # ours\n'
    status = repo.git("status", "--porcelain").splitlines()
    assert "R  migrations/0003_add_bed.sql -> migrations/0004_add_bed.sql" in status
    assert "RM migrations/0002_add_note.sql -> migrations/0003_add_note.sql" in status
    again = renumber("--yes").stdout
    assert again == "nothing to move: this branch's migrations stand behind those of `main`\n"
    told = run("check", "--since", "main", "--output-format", "concise").stdout
    assert not any(code in told for code in ("KMB101", "KMB102", "KMB703"))


def test_before_the_merge_too_and_onto_another_branch(repo: Repo) -> None:
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("branch", "release", "main")
    renumber("--onto", "release", "--yes")
    assert names(repo) == [name for name in AFTER if name != "0002_add_floor.sql"]


def test_files_that_git_doesn_t_track_move_as_well(repo: Repo) -> None:
    repo.write("0003_new.sql", BED)
    renumber("--yes")
    assert names(repo) == [*AFTER, "0005_new.sql"]


def test_the_lock_goes_along(repo: Repo) -> None:
    (repo.root / "migrations/0002_add_floor.sql").unlink()
    run("lock")
    repo.git("checkout", "-q", "--", "migrations")
    assert "  .kimberlite/migrations/.lock: their entries get the new numbers\n" in renumber().stdout
    renumber("--yes")
    lock = (repo.root / LOCK).read_text()
    assert [line for line in lock.splitlines() if line.startswith("id")] == ["id = 1", "id = 3", "id = 4"]
    assert run("lock").stdout.startswith("+ 0002 add_floor\nwrote ")
    assert run("lock", "--check").exit_code == 0


def test_what_this_machine_applied_is_said(repo: Repo) -> None:
    checksum = run("lock", "--check")
    assert checksum.exit_code == 2
    (repo.root / "migrations/0002_add_floor.sql").unlink()
    run("lock")
    lock = (repo.root / LOCK).read_text().replace("[[migration]]", "[[migrations]]").replace("version = 1\n", "")
    stamped = lock.replace("\nname", '\napplied_at = "2026-01-01T00:00:00Z"\nname')
    (repo.root / APPLIED).write_text(stamped)
    repo.git("checkout", "-q", "--", "migrations")
    assert f"  note: this machine has applied it as 2 ({APPLIED}), and will again as 3\n" in renumber().stdout


@pytest.mark.parametrize("after", [0, 1])
def test_half_way_nothing_is_lost_and_the_next_run_completes_it(
    repo: Repo, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if somebody pulled the plug before a rename, with the lock and the configuration written."""
    rename, calls = disk._rename, iter(range(9))

    def pulled(old: Path, new: Path) -> None:
        if next(calls) == after:
            raise KeyboardInterrupt
        rename(old, new)

    with monkeypatch.context() as patched:
        patched.setattr(disk, "_rename", pulled)
        renumber("--yes")
    assert len(names(repo)) == len(AFTER)
    assert names(repo) != AFTER
    renumber("--yes")
    assert names(repo) == AFTER
    assert (repo.root / "migrations/0003_add_note.sql").read_text() == f"-- 0003_add_note.sql\n{NOTE}"
    assert '"0003_add_note.sql"' in (repo.root / "kmblint.toml").read_text()


def test_whoever_merges_last_comes_to_the_same_end(repo: Repo) -> None:
    """Two clones renumber at once, before and after the merge; both write one and the same tree."""
    renumber("--yes")
    repo.git("commit", "-q", "-a", "-m", "Renumber")
    merged = repo.git("rev-parse", "HEAD:migrations")
    repo.git("reset", "-q", "--hard", "HEAD~2")
    renumber("--yes")
    repo.git("commit", "-q", "-a", "-m", "Renumber")
    repo.git("merge", "-q", "-m", "Merge", "main")
    assert repo.git("rev-parse", "HEAD:migrations") == merged


def test_what_can_t_be_done_is_said(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert renumber("--onto", "nowhere").stderr.startswith("kmblint: git knows no revision `nowhere`")
    repo.write("0003_bad.sql", "")
    (repo.root / "migrations/0003_bad.sql").write_bytes(b"\xff")
    done = renumber("--yes")
    assert done.exit_code == 2
    assert done.stderr.startswith("kmblint: migrations/0003_bad.sql: it is not UTF-8")
    (tmp_path / "plain" / "migrations").mkdir(parents=True)
    (tmp_path / "plain/migrations/0001_a.sql").write_text(WARDS)
    monkeypatch.chdir(tmp_path / "plain")
    assert "is in no git repository" in renumber().stderr


def test_a_damaged_lock_stops_it(repo: Repo) -> None:
    path = repo.root / LOCK
    path.parent.mkdir(parents=True)
    path.write_text("<<<<<<< ours\nversion = 1\n")
    done = renumber("--yes")
    assert done.exit_code == 2
    assert f"{LOCK}:1: " in done.stderr
    assert "0002_add_note.sql" in names(repo)
