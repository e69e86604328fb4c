"""`kmblint lock`: what it writes is what the rules on the lock ask for, and nothing of the user's is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from kmblint.history.state import LOCK
from tests.cli.branches import FLOOR, NOTE, WARDS, Repo


def lock(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["lock", *arguments])


def codes() -> str:
    return CliRunner().invoke(main, ["check", "--isolated", "--select", "KMB7", "--output-format", "concise"]).stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two migrations; the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/0001_create_wards.sql").write_text(f'-- Migration: wards "1"\n{WARDS}')
    (tmp_path / "migrations/0002_add_floor.sql").write_text(FLOOR)
    return tmp_path


def test_it_is_written_and_then_is_what_the_files_say(project: Path) -> None:
    done = lock("--check")
    assert done.exit_code == 1
    assert not (project / LOCK).exists()
    assert lock().stdout == f'+ 0001 wards "1"\n+ 0002 add_floor\nwrote {LOCK}\n'
    text = (project / LOCK).read_text()
    assert text.startswith('version = 1\n\n[[migration]]\nid = 1\nname = "wards \\"1\\""\nchecksum = "')
    assert codes().startswith("no findings") or "KMB7" not in codes()
    done = lock("--check")
    assert (done.exit_code, done.stdout) == (0, f"`{LOCK}` is what 2 files say\n")


def test_what_somebody_wrote_beside_the_entries_stays(project: Path) -> None:
    lock()
    text = (project / LOCK).read_text().replace("version = 1\n", "# ours\nversion = 1\n")
    text = text.replace('name = "add_floor"', "# the floor\nname = 'add_floor'\nextra = 1")
    (project / LOCK).write_text(text)
    (project / "migrations/0002_add_floor.sql").write_text(NOTE)
    (project / "migrations/0003_add_note.sql").write_text(FLOOR)
    done = lock()
    assert [line[:6] for line in done.stdout.splitlines()] == ["~ 0002", "+ 0003", "wrote "]
    assert ": it was edited\n" in done.stdout
    after = (project / LOCK).read_text()
    assert after.startswith("# ours\nversion = 1\n")
    assert "# the floor\nname = 'add_floor'\nextra = 1\n" in after
    assert lock("--check").exit_code == 0


def test_an_entry_without_a_file_goes(project: Path) -> None:
    lock()
    (project / "migrations/0001_create_wards.sql").unlink()
    assert '- 0001 wards "1": no file has that number\n' in lock().stdout
    assert (project / LOCK).read_text().count("[[migration]]") == 1
    assert lock("--check").exit_code == 0


def test_an_edit_of_an_applied_file_isn_t_blessed(project: Path) -> None:
    lock()
    before = (project / LOCK).read_text()
    (project / "migrations/0001_create_wards.sql").write_text(NOTE)
    done = lock("--applied-through", "1")
    assert done.exit_code == 2
    assert done.stderr.startswith("kmblint: migrations/0001_create_wards.sql: it is applied, and isn't what the lock")
    assert (project / LOCK).read_text() == before


def test_nor_one_of_a_released_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    repo.commit(_0001_create_wards=WARDS)
    repo.branch("work")
    repo.write("0001_create_wards.sql", NOTE)
    assert lock("--since", "main").exit_code == 2
    assert lock().exit_code == 0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("0002_again.sql", "", "migrations/0002_again.sql: number 0002 is that of `0002_add_floor.sql` too; "),
        ("notes.sql", "", "migrations/notes.sql: its name begins with no number; write `0001_words.sql`"),
        ("0003_bad.sql", "\udcff", "migrations/0003_bad.sql: it is not UTF-8: "),
    ],
)
def test_what_has_no_entry_is_an_error(project: Path, name: str, text: str, said: str) -> None:
    (project / "migrations" / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    done = lock()
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (project / LOCK).exists()


def test_a_link_out_of_the_project_is_not_written_through(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (project / ".kimberlite").symlink_to(elsewhere)
    done = lock()
    assert done.exit_code == 2
    assert "leads out of the project" in done.stderr
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["version = ", "version = 1\nmigration = [{id = 1}]\n", "version = 1\nmigration = 3\n"]
)
def test_a_damaged_lock_is_not_written_over(project: Path, text: str) -> None:
    (project / LOCK).parent.mkdir(parents=True)
    (project / LOCK).write_text(text)
    done = lock()
    assert done.exit_code == 2
    assert f"{LOCK}:" in done.stderr
    assert (project / LOCK).read_text() == text


def test_where_it_can_t_be_written_is_one_line(project: Path) -> None:
    (project / ".kimberlite").write_text("no folder")
    done = lock()
    assert (done.exit_code, done.stderr) == (
        2,
        f"kmblint: `{project.resolve() / LOCK}` can't be written: Not a directory\n",
    )
