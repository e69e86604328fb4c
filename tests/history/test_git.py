"""What git knows of a folder of migrations, asked of real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kmblint.access import ANYWHERE
from kmblint.errors import GitError
from kmblint.history import base, git_files
from kmblint.history.git import below_top, known_commit, origin, repository


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`migrations/` in a repository with one commit that holds 0001 and 0002."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    git(tmp_path, "init", "-q", "-b", "main", "repo")
    root = tmp_path / "repo"
    for key, value in {"user.name": "Dana", "user.email": "dana@example.com", "core.autocrlf": "false"}.items():
        git(root, "config", key, value)
    migrations = root / "migrations"
    migrations.mkdir()
    (migrations / "0001_a.sql").write_text("A;\n")
    (migrations / "0002_é.sql").write_text("é;\n")
    (migrations / "notes.txt").write_text("no\n")
    commit(root, "first")
    return migrations


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


STAGED = ""


def files_at(revision: str, folder: Path) -> dict[str, str]:
    """Name → text of what a commit or the index has directly in a folder."""
    if revision == STAGED:
        return git_files.texts(git_files.index(folder), folder)
    found = known_commit(revision, folder)
    assert found is not None
    return git_files.texts(git_files.tree(found, below_top(folder), folder), folder)


def commit(root: Path, subject: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", subject)


def test_a_revision_gives_the_old_texts_and_the_deleted_files(folder: Path) -> None:
    (folder / "0001_a.sql").unlink()
    (folder / "0002_é.sql").write_text("changed")
    (folder / "0003_c.sql").write_text("new")
    commit(folder.parent, "second")
    assert files_at("HEAD~1", folder) == {"0001_a.sql": "A;\n", "0002_é.sql": "é;\n"}
    assert files_at("main", folder) == {"0002_é.sql": "changed", "0003_c.sql": "new"}


def test_what_is_no_utf8_is_read_as_a_file_of_the_folder_is(folder: Path) -> None:
    (folder / "0001_a.sql").write_bytes(b"caf\xe9;\n")
    (folder / "0003_b.sql").write_bytes(b"\xef\xbb\xbfB;\n")
    (folder / "0004_c.sql").write_bytes(b"\x01\xff")
    commit(folder.parent, "second")
    assert files_at("HEAD", folder) == {
        "0001_a.sql": "café;\n", "0002_é.sql": "é;\n", "0003_b.sql": "B;\n", "0004_c.sql": "\x01\ufffd"
    }  # fmt: skip


def test_a_link_is_what_it_points_to_in_that_revision(folder: Path) -> None:
    (folder.parent / "shared.sql").write_text("S;\n")
    (folder / "0003_link.sql").symlink_to("../shared.sql")
    (folder.parent / "outside.sql").write_text("no")
    (folder / "0004_out.sql").symlink_to("../../outside.sql")
    (folder / "0005_dir.sql").symlink_to("../migrations")
    commit(folder.parent, "links")
    (folder.parent / "shared.sql").write_text("changed")
    assert files_at("HEAD", folder) == {"0001_a.sql": "A;\n", "0002_é.sql": "é;\n", "0003_link.sql": "S;\n"}
    assert files_at(STAGED, folder)["0003_link.sql"] == "S;\n"


def test_only_regular_files_directly_in_the_folder_count(folder: Path) -> None:
    (folder / "archive").mkdir()
    (folder / "archive" / "0009_x.sql").write_text("old")
    (folder / "0008_dir.sql").mkdir()
    (folder / "0008_dir.sql" / "x.sql").write_text("x")
    (folder / "0007_link.sql").symlink_to("nowhere.sql")
    commit(folder.parent, "more")
    assert list(files_at("HEAD", folder)) == ["0001_a.sql", "0002_é.sql"]
    assert list(files_at(STAGED, folder)) == ["0001_a.sql", "0002_é.sql"]


def test_the_index_is_not_the_work_tree(folder: Path) -> None:
    (folder / "0001_a.sql").write_text("staged")
    git(folder, "add", "0001_a.sql")
    (folder / "0001_a.sql").write_text("not staged")
    (folder / "0003_c.sql").write_text("untracked")
    assert files_at(STAGED, folder) == {"0001_a.sql": "staged", "0002_é.sql": "é;\n"}


def test_the_folder_may_be_the_root_or_not_be_there_yet(folder: Path) -> None:
    (folder.parent / "0001_root.sql").write_text("r")
    commit(folder.parent, "root")
    assert list(files_at("HEAD", folder.parent)) == ["0001_root.sql"]
    (folder.parent / "later").mkdir()
    assert files_at("HEAD", folder.parent / "later") == {}


def test_before_the_first_commit_head_holds_nothing(folder: Path) -> None:
    git(folder.parent, "init", "-q", "fresh")
    assert base.since("HEAD", folder.parent / "fresh", ANYWHERE).released == {}


@pytest.mark.parametrize("revision", ["nosuch", "--output=x", "-x", "main:migrations"])
def test_an_unknown_revision_is_one_clear_line(folder: Path, revision: str) -> None:
    with pytest.raises(GitError, match=f"^git knows no revision `{revision}`; `git fetch` brings"):
        base.since(revision, folder, ANYWHERE)


def test_outside_a_repository_git_has_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(GitError, match="is in no git repository"):
        repository(tmp_path)


def test_without_git_the_error_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GitError, match="`git` program is not installed"):
        files_at("HEAD", folder)


def test_a_hooks_environment_does_not_mislead(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert repository(folder) == folder.parent.resolve()
    assert list(files_at(STAGED, folder)) == ["0001_a.sql", "0002_é.sql"]


def test_files_that_look_like_a_repository_are_none(folder: Path) -> None:
    """A pull request may bring a folder that git would take for a bare repository, with a configuration of its own."""
    marker = folder.parent.parent / "marker"
    git(folder, "init", "-q", "--bare", ".")
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "gpg.program", "alias.ls-files"):
        git(folder, "--git-dir=.", "config", key, f"!touch {marker}" if key.startswith("alias") else f"touch {marker}")
    for key in ("diff.x.textconv", "filter.x.clean", "filter.x.smudge"):
        git(folder.parent, "config", key, f"touch {marker}")
    (folder / "hooks").mkdir(exist_ok=True)
    (folder.parent / ".gitattributes").write_text("*.sql diff=x filter=x\n")
    expected = {"0001_a.sql": "A;\n", "0002_é.sql": "é;\n"}
    assert files_at("HEAD", folder) == files_at(STAGED, folder) == expected
    assert repository(folder) == folder.parent.resolve()
    found = origin(folder / "0001_a.sql")
    assert found is not None
    assert found.subject == "first"
    assert not marker.exists()


def test_what_the_caller_says_of_another_repository_does_not_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = folder.parent.parent / "other"
    git(folder.parent.parent, "init", "-q", "other")
    monkeypatch.chdir(other)
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_NAMESPACE", "x")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    assert list(files_at(STAGED, folder)) == list(files_at("HEAD", folder)) == ["0001_a.sql", "0002_é.sql"]


def test_a_hook_that_commits_some_files_only_has_an_index_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = folder.parent / ".git" / "next-index-1.lock"
    own.write_bytes((folder.parent / ".git" / "index").read_bytes())
    (folder / "0003_later.sql").write_text("later")
    git(folder, "add", "0003_later.sql")
    monkeypatch.chdir(folder.parent)
    assert "0003_later.sql" in files_at(STAGED, folder)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock")
    assert "0003_later.sql" not in files_at(STAGED, folder)


def test_a_worktree_is_a_repository_of_its_own(folder: Path) -> None:
    git(folder.parent, "worktree", "add", "-q", "../tree")
    (folder.parent.parent / "tree" / "migrations" / "0001_a.sql").write_text("staged there")
    git(folder.parent.parent / "tree", "add", "-A")
    assert files_at(STAGED, folder)["0001_a.sql"] == "A;\n"
    assert files_at(STAGED, folder.parent.parent / "tree" / "migrations")["0001_a.sql"] == "staged there"


def test_a_submodule_is_not_the_repository_around_it(folder: Path) -> None:
    around = folder.parent.parent / "around"
    git(folder.parent.parent, "init", "-q", "-b", "elsewhere", "around")
    git(around, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../repo", "sub")
    assert repository(around / "sub" / "migrations") == (around / "sub").resolve()
    assert list(files_at("main", around / "sub" / "migrations")) == ["0001_a.sql", "0002_é.sql"]
    found = origin(around / "sub" / "migrations" / "0001_a.sql")
    assert found is not None
    assert found.subject == "first"


def test_the_origin_of_a_file_names_its_branch(folder: Path) -> None:
    root = folder.parent
    git(root, "checkout", "-q", "-b", "feature/wards")
    (folder / "0003_wards.sql").write_text("W;")
    commit(root, "Add wards")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "feature/wards")
    found = origin(folder / "0003_wards.sql")
    assert found is not None
    assert (found.author, found.subject, found.branch) == ("Dana", "Add wards", "feature/wards")
    first = origin(folder / "0001_a.sql")
    assert first is not None
    assert (first.subject, first.branch) == ("first", None)
    (folder / "0004_new.sql").write_text("N;")
    assert origin(folder / "0004_new.sql") is None
    assert origin(root.parent / "elsewhere.sql") is None
