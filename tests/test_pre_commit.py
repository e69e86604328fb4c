"""Our hook under the real pre-commit and the real prek: commits in scratch repositories, as their authors make them.

The hook is ours but for `language: system`: how kmblint is installed is for test_packaging.py, and needs a network.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.branches import FLOOR, NOTE, WARDS, own_git

HOOKS = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
RUNNERS = {
    "pre-commit": (sys.executable, "-m", "pre_commit"),
    "prek": (str(Path(sys.executable).with_name("prek")),),
}


class Project:
    """A repository with our hook installed, cloned from a remote whose `main` holds 0001 and 0002."""

    def __init__(self, root: Path, runner: tuple[str, ...]) -> None:
        self.root = root
        self.runner = runner

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the repository."""
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False, timeout=600)

    def git(self, *arguments: str) -> None:
        """Git, which must not fail."""
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    def write(self, **files: str) -> None:
        """Files of `migrations/` (`_0003_add_note="…"`), staged."""
        for name, text in files.items():
            path = self.root / "migrations" / f"{name.removeprefix('_')}.sql"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.git("add", "-A")

    def commit(self, *options: str) -> tuple[bool, str]:
        """Whether the hook let a commit pass, and what was said."""
        done = self.run("git", "commit", "-m", "x", *options)
        return done.returncode == 0, done.stdout + done.stderr


def _repository(folder: Path, files: dict[str, str]) -> str:
    """A repository with one commit of the files; gives the commit."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-q", "-m", "begin")):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return head.stdout.strip()


@pytest.fixture(params=RUNNERS)
def project(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A clone whose pre-commit configuration names our hook."""
    own_git(monkeypatch)
    for name, value in {
        "PRE_COMMIT_HOME": str(tmp_path / "home"), "PREK_HOME": str(tmp_path / "home"), "PYTHONPATH": str(HOOKS.parent),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    ours = HOOKS.read_text(encoding="utf-8")
    local = ours.replace("entry: kmblint check", f"entry: {sys.executable} -m kmblint check")
    local = local.replace("language: python", "language: system")
    assert local.count("system") == local.count("-m kmblint") == 2
    revision = _repository(tmp_path / "hooks", {".pre-commit-hooks.yaml": local})
    config = f"repos:\n- repo: {tmp_path / 'hooks'}\n  rev: {revision}\n  hooks:\n  - id: kmblint\n"
    files = {"migrations/0001_create_wards.sql": WARDS, "migrations/0002_add_floor.sql": FLOOR, "notes/1.sql": "no\n"}
    _repository(tmp_path / "remote", {".pre-commit-config.yaml": config, **files})
    subprocess.run(["git", "clone", "-q", "remote", "clone"], cwd=tmp_path, check=True, capture_output=True)
    made = Project(tmp_path / "clone", RUNNERS[request.param])
    done = made.run(*made.runner, "install")
    assert done.returncode == 0, done.stderr
    made.git("checkout", "-q", "-b", "work")
    return made


def test_an_edit_of_a_committed_migration_is_stopped(project: Project) -> None:
    project.write(_0002_add_floor=NOTE)
    passed, said = project.commit()
    assert not passed
    assert "KMB701" in said
    assert "restore the file" in said


def test_a_deletion_is_stopped_alone_and_beside_another_file(project: Project) -> None:
    project.git("rm", "-q", "migrations/0002_add_floor.sql")
    passed, said = project.commit()
    assert not passed
    assert "KMB702" in said
    project.write(_0003_add_note=NOTE)
    passed, said = project.commit()
    assert not passed
    assert "KMB702" in said
    project.git("reset", "-q", "--hard")
    project.git("rm", "-rq", "migrations")
    passed, said = project.commit()
    assert not passed
    assert said.count("KMB702") == 2


def test_a_renaming_to_another_number_is_stopped(project: Project) -> None:
    project.git("mv", "migrations/0002_add_floor.sql", "migrations/0003_add_floor.sql")
    passed, said = project.commit()
    assert not passed
    assert "was renumbered to `0003_add_floor.sql`" in " ".join(said.split())
    assert "\n1 error in 2 migrations" in said.replace("\n  ", "\n")


def test_a_new_migration_passes_and_may_be_amended(project: Project) -> None:
    project.write(_0003_add_note=NOTE)
    passed, said = project.commit()
    assert passed, said
    project.write(_0003_add_note=NOTE.replace("note", "remark"))
    passed, said = project.commit("--amend")
    assert passed, said
    project.write(_0003_add_note=NOTE.replace("note", "comment"))
    passed, said = project.commit()
    assert passed, said


def test_what_is_wrong_in_one_of_two_files_stops_both(project: Project) -> None:
    project.write(_0003_add_note=NOTE, _0004_drop_roof="ALTER TABLE wards DROP COLUMN roof;\n")
    passed, said = project.commit()
    assert not passed
    assert "--> migrations/0004_drop_roof.sql" in said
    assert "--> migrations/0003" not in said


def test_only_what_is_committed_counts(project: Project) -> None:
    project.write(_0003_add_note=NOTE, _0004_drop_roof="ALTER TABLE wards DROP COLUMN roof;\n")
    passed, said = project.commit("migrations/0003_add_note.sql")
    assert passed, said
    project.git("reset", "-q", "--hard")
    (project.root / "notes" / "2.sql").write_text("not SQL either\n")
    project.git("add", "-A")
    passed, said = project.commit()
    assert passed, said


def test_all_files_are_all_files(project: Project) -> None:
    project.write(_0003_drop_roof="ALTER TABLE wards DROP COLUMN roof;\n")
    passed, said = project.commit("--no-verify")
    assert passed, said
    done = project.run(*project.runner, "run", "--all-files")
    assert done.returncode == 1
    assert "--> migrations/0003_drop_roof.sql" in done.stdout


def test_every_folder_of_a_monorepo_is_looked_at(project: Project) -> None:
    for name in ("a", "b"):
        (project.root / name / "migrations").mkdir(parents=True)
        (project.root / name / "migrations" / "0001_create_wards.sql").write_text(WARDS)
    project.git("add", "-A")
    passed, said = project.commit()
    assert passed, said
    (project.root / "b" / "migrations" / "0002_drop_roof.sql").write_text("ALTER TABLE wards DROP COLUMN roof;\n")
    project.git("add", "-A")
    passed, said = project.commit()
    assert not passed
    assert "--> b/migrations/0002_drop_roof.sql" in said


def test_from_a_worktree_it_is_the_same(project: Project) -> None:
    project.git("worktree", "add", "-q", "-b", "other", "../tree", "main")
    tree = Project(project.root.parent / "tree", project.runner)
    tree.write(_0003_add_note=NOTE)
    passed, said = tree.commit()
    assert passed, said
    tree.write(_0002_add_floor=NOTE)
    passed, said = tree.commit()
    assert not passed
    assert "KMB701" in said


def test_before_the_first_migration_it_lets_pass(project: Project) -> None:
    project.git("checkout", "-q", "--orphan", "fresh")
    project.git("rm", "-rqf", "migrations", "notes")
    passed, said = project.commit()
    assert passed, said


def fixing(project: Project) -> None:
    """The project with the hook that fixes in the place of the other."""
    config = project.root / ".pre-commit-config.yaml"
    config.write_text(config.read_text().replace("id: kmblint\n", "id: kmblint-fix\n"))
    project.git("add", "-A")
    passed, said = project.commit("--no-verify")
    assert passed, said


BEDS = "CREATE TABLE beds (id BIGINT PRIMARY KEY);\n"


def test_a_fix_is_written_and_the_commit_waits_for_it(project: Project) -> None:
    fixing(project)
    project.write(_0003_create_beds=BEDS)
    passed, said = project.commit()
    assert not passed
    assert "fixed 1 finding in 1 file:" in said
    assert (project.root / "migrations/0003_create_beds.sql").read_text() == BEDS.replace(
        "TABLE", "TABLE IF NOT EXISTS"
    )
    project.git("add", "-A")
    passed, said = project.commit()
    assert passed, said


def test_a_file_that_a_fix_renames_or_makes_stops_the_commit_too(project: Project) -> None:
    fixing(project)
    project.write(_3_add_note=NOTE)
    passed, said = project.commit()
    assert not passed
    assert "migrations/0003_add_note.sql (was `3_add_note.sql`): 1 sequence-width (KMB105)" in said
    passed, said = project.commit()
    assert passed, said
    assert not (project.root / "migrations/3_add_note.sql").exists()


def test_edits_that_are_not_staged_are_none_the_worse(project: Project) -> None:
    fixing(project)
    project.write(_0003_create_beds=BEDS)
    beds = project.root / "migrations/0003_create_beds.sql"
    mine = BEDS.replace("TABLE beds", "TABLE hospital_beds")
    beds.write_text(mine)
    passed, said = project.commit()
    assert not passed, said
    assert beds.read_text() == mine
