"""What is opened and what isn't: pipes, devices, links and dumps."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.access import ANYWHERE, Access, BarredError, repository_of
from kmblint.cli import main
from kmblint.history.state import APPLIED, LOCK

TABLE = "CREATE TABLE wards (id BIGINT PRIMARY KEY);\n"
KEY = "aws_secret_access_key = hunter2; CREATE TABLE hunter2 (id BIGINT PRIMARY KEY);\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one migration, and a file of secrets beside it."""
    (tmp_path / "secrets").write_text(KEY)
    root = tmp_path / "repo"
    (root / "migrations").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "migrations" / "0001_create_wards.sql").write_text(TABLE)
    monkeypatch.chdir(root)
    return root


def _check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def _make(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "link":
        path.symlink_to("../" * (len(path.relative_to(Path.cwd()).parts)) + "secrets")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("pipe", "it is a pipe"),
        ("device", "it is a link that leads out of the project, to `/dev/zero`"),
        ("loop", "it can't be read: Too many levels of symbolic links"),
        ("link", "it is a link that leads out of the project, to `../../secrets`"),
    ],
)
def test_a_migration_that_is_no_plain_file_is_a_finding(project: Path, kind: str, reason: str) -> None:
    _make(project / "migrations" / "0002_add_beds.sql", kind)
    result = _check("--output-format", "concise")
    assert f"KMB001 unreadable-file `0002_add_beds.sql` can't be used: {reason}" in result.stdout
    assert "hunter2" not in result.output


@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "link"])
@pytest.mark.parametrize("file", ["migrations/notes.txt", "migrations/debug-pipe", "migrations/0002_x.sql.bak"])
def test_what_lies_beside_the_migrations_is_looked_at_with_the_same_care(project: Path, file: str, kind: str) -> None:
    _make(project / file, kind)
    result = _check()
    assert ("ignored-file" in result.stdout) == file.endswith(".bak")
    assert "hunter2" not in result.output


@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "link"])
@pytest.mark.parametrize("file", [LOCK, APPLIED])
def test_a_state_file_that_is_no_plain_file_is_damaged(project: Path, file: str, kind: str) -> None:
    _make(project / file, kind)
    result = _check("--output-format", "concise")
    assert f"`{file}` can't be read: it " in result.stdout
    assert "hunter2" not in result.output


@pytest.mark.parametrize("kind", ["device", "link"])
@pytest.mark.parametrize("file", ["kmblint.toml", "kimberlite.toml"])
def test_a_configuration_that_leads_out_of_the_project_is_not_read(project: Path, file: str, kind: str) -> None:
    _make(project / file, kind)
    result = _check()
    if kind == "device" or file == "kimberlite.toml":
        assert "hunter2" not in result.output
    else:
        assert (result.exit_code, result.stdout) == (2, "")
        assert "kmblint.toml: it is a link that leads out of the project, to `../secrets`" in result.stderr
    named = _check("--config", "kmblint.toml") if file == "kmblint.toml" and kind == "link" else None
    assert named is None or "not TOML" in named.stderr


@pytest.mark.parametrize("baseline", ["../secrets", "schema.sql"])
def test_a_baseline_outside_of_the_project_is_not_read(project: Path, baseline: str) -> None:
    _make(project / "schema.sql", "link")
    (project / "kmblint.toml").write_text(f'history.baseline = "{baseline}"\n')
    result = _check()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "lies outside of the project; `--follow-links` reads it all the same" in result.stderr


def test_who_trusts_a_link_may_follow_it(project: Path) -> None:
    _make(project / "migrations" / "0002_add_beds.sql", "link")
    result = _check("--follow-links", "--output-format", "concise")
    assert "unreadable-file" not in result.stdout
    assert "0002_add_beds.sql:1:1: error: KMB002" in result.stdout


def test_a_link_inside_the_project_is_followed(project: Path) -> None:
    (project / "shared.sql").write_text(TABLE.replace("wards", "beds"))
    (project / "migrations" / "0002_create_beds.sql").symlink_to("../shared.sql")
    assert "unreadable" not in _check().output


def test_the_limit_is_configured_and_told(project: Path) -> None:
    for said, of in ((["--max-file-size", "30"], ""), ([], 'max-file-size = "0.03 KB"')):
        (project / "kmblint.toml").write_text(of.replace("0.03 KB", "30 B"))
        text = " ".join(_check(*said, "--output-format", "full").stdout.split())
        assert "it has 44 bytes, and kmblint reads no more than 30" in text
        assert "`--max-file-size` raises the limit" in text
    (project / "kmblint.toml").write_text("max-file-size = true")
    result = _check()
    assert result.exit_code == 2
    assert 'kmblint.toml:1: `max-file-size`: expected a size, such as "50 MB", got true' in result.stderr


def test_a_file_that_grows_while_it_is_read_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    small = os.stat_result((0o100644, 0, 0, 1, 0, 0, 5, 0, 0, 0))
    monkeypatch.setattr(os, "lstat", lambda _: small)
    monkeypatch.setattr(os, "fstat", lambda _: small)
    assert Access(100).read(path) == b"x" * 100
    with pytest.raises(BarredError, match="it is too large: kmblint reads no more than 50"):
        Access(50).read(path)


def test_sockets_are_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        with pytest.raises(BarredError, match="it is a socket"):
            ANYWHERE.read(Path("s"))


def test_a_repository_ends_where_git_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "repo" / "db" / "migrations"
    folder.mkdir(parents=True)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert repository_of(folder) is None
    (tmp_path / "repo" / ".git").write_text("gitdir: ../elsewhere\n")
    assert repository_of(folder) == (tmp_path / "repo").resolve()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path / "repo"))
    assert repository_of(folder) is None


def test_a_link_that_takes_the_place_of_a_file_meanwhile_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(KEY)
    (tmp_path / "a.sql").symlink_to("secret")
    seen = os.stat(tmp_path / "secret")  # noqa: PTH116 (what `os.lstat` is to say)
    monkeypatch.setattr(os, "lstat", lambda _: seen)
    with pytest.raises(BarredError, match="can't be read"):
        Access(inside=tmp_path).read(tmp_path / "a.sql")


@pytest.mark.parametrize("file", [LOCK, APPLIED])
def test_a_state_file_in_a_folder_that_leads_out_is_damaged(project: Path, file: str) -> None:
    outside = project.parent / "outside" / "migrations"
    outside.mkdir(parents=True)
    (outside / Path(file).name).write_text(KEY)
    (project / ".kimberlite").symlink_to("../outside")
    result = _check("--output-format", "full")
    assert "its folder is a link that leads out of the project" in " ".join(result.stdout.split())
    assert "hunter2" not in result.output
    assert "hunter2" in _check("--output-format", "full", "--follow-links").output


def test_known_findings_out_of_the_project_are_neither_read_nor_written(project: Path) -> None:
    (project / "kmblint.toml").write_text('findings-baseline = "../secrets"\n')
    for command in (["check"], ["baseline", "--prune"]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 2
        assert "kmblint.toml:1: `findings-baseline` names `../secrets`, which lies outside" in result.stderr
        assert "hunter2" not in result.output
    (project / "kmblint.toml").write_text('findings-baseline = "../new.jsonl"\n')
    result = CliRunner().invoke(main, ["baseline"])
    assert (result.exit_code, (project.parent / "new.jsonl").exists()) == (2, False)
    assert CliRunner().invoke(main, ["baseline", "--baseline", "../new.jsonl"]).exit_code == 0


@pytest.mark.parametrize("marker", [".git", None])
def test_a_configured_folder_out_of_the_project_is_not_entered(project: Path, marker: str | None) -> None:
    (project.parent / "private").mkdir()
    (project.parent / "private" / "0001_a.sql").write_text(KEY)
    (project / "kmblint.toml").write_text('history.directory = "../private"\n')
    if marker is None:
        (project / ".git").rmdir()
    result = _check()
    assert result.exit_code == 2
    assert "lies outside of the project" in result.stderr
    assert "hunter2" not in result.output
