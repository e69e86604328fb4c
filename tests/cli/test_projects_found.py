"""From the folder that somebody stands in to the migrations that they mean."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.branches import FLOOR, WARDS, Repo, run

COMMANDS = ("check", "replay", "schema")


def _make(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(WARDS if name.endswith(".sql") else "", encoding="utf-8")


@pytest.fixture(params=["repository", "plain"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, the working directory: a git repository or none."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    if request.param == "repository":
        Repo(folder, monkeypatch)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("folder", ["migrations", "db/migrations", "services/a/db/migrations", "db/changes"])
def test_one_folder_is_found_wherever_it_lies(root: Path, folder: str, command: str) -> None:
    _make(
        f"{folder}/0001_create_wards.sql", "schema.sql", "node_modules/x/migrations/0001_x.sql", "src/main.py",
        ".hidden/migrations/0001_x.sql", "venv/pyvenv.cfg", "venv/lib/migrations/0001_x.sql",
    )  # fmt: skip
    result = run(command, "--verbose") if command == "check" else run(command)
    assert result.exit_code == 0, result.output
    said = {"check": f"kmblint: `{folder}`: 1 migration, ", "replay": f"{folder}/0001_", "schema": "wards  (0001_"}
    assert said[command] in result.output
    assert root.exists()


def test_folders_of_that_name_come_before_others_with_numbers(root: Path) -> None:
    _make("db/migrations/0001_create_wards.sql", "db/seeds/0001_x.sql", "db/migrations/old/migrations/0001_x.sql")
    document = json.loads(run("check", "--output-format", "json").stdout)
    assert document["history"]["root"] == "db/migrations"
    assert root.exists()


def test_several_are_histories_of_their_own_with_a_heading_each(root: Path) -> None:
    _make("services/a/migrations/0001_create_wards.sql", "services/b/migrations/0001_create_wards.sql")
    _make("kmblint.toml")
    lines = run("check", "--select", "KMB2,KMB007").stdout.splitlines()
    assert [line for line in lines if line.startswith("──")] == [
        "── services/a/migrations ──", "── services/b/migrations ──",
    ]  # fmt: skip
    assert lines[-1] == "2 histories: no findings in 2 migrations (kimberlite)"
    assert run("replay").stdout.count("── services/") == 2
    refused = run("schema")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "name one of `services/a/migrations`, `services/b/migrations`" in refused.stderr
    assert root.exists()


def test_from_a_sub_folder_the_project_above_is_meant(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make("db/migrations/0001_create_wards.sql", "src/app/main.py")
    (root / "kmblint.toml").write_text('history.directory = "db/migrations"\n')
    monkeypatch.chdir(root / "src" / "app")
    result = run("check", "--output-format", "json")
    assert json.loads(result.stdout)["history"]["root"].endswith("db/migrations")


def test_without_a_word_a_repository_is_searched_from_its_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Repo(tmp_path / "repo", monkeypatch)
    _make("db/migrations/0001_create_wards.sql", "src/app/main.py")
    monkeypatch.chdir("src/app")
    assert "wards" in run("schema").stdout


def test_a_services_own_folder_comes_before_what_the_root_configures(root: Path) -> None:
    _make("db/migrations/0001_create_wards.sql", "services/a/migrations/0001_create_wards.sql")
    (root / "kmblint.toml").write_text('history.directory = "db/migrations"\n')
    for path, expected in ((".", "db/migrations"), ("services/a", "services/a/migrations"), ("db", "db/migrations")):
        document = json.loads(run("check", path, "--output-format", "json").stdout)
        assert document["history"]["root"] == expected


def test_tests_and_examples_count_where_nothing_else_does(root: Path) -> None:
    _make("tests/data/migrations/0001_create_wards.sql")
    document = json.loads(run("check", "--output-format", "json").stdout)
    assert document["history"]["root"] == "tests/data/migrations"
    _make("migrations/0001_create_wards.sql", "services/a/migrations/0001_create_wards.sql")
    headings = [line for line in run("check").stdout.splitlines() if line.startswith("──")]
    assert headings == ["── migrations ──", "── services/a/migrations ──"]
    assert root.exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_where_there_are_none_it_says_where_it_looked_and_what_to_do(root: Path, command: str) -> None:
    _make("src/main.py", "notes.txt")
    result = run(command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no migrations belong to `.`: neither it nor a folder below or above it" in result.stderr
    assert '`[history] directory = "db/changes"` in `kmblint.toml`' in result.stderr
    assert root.exists()


def test_what_git_ignores_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    repo.write(".gitignore", "/build/\n")
    _make("build/out/migrations/0001_create_wards.sql")
    assert run("check").exit_code == 2
    _make("db/migrations/0001_create_beds.sql")
    assert json.loads(run("check", "--output-format", "json").stdout)["history"]["root"] == "db/migrations"
    assert json.loads(run("check", "build", "--output-format", "json").stdout)["history"]["root"].startswith("build/")


def test_a_pipe_beside_the_migrations_hangs_nobody(root: Path) -> None:
    _make("db/migrations/0001_create_wards.sql")
    for name in ("debug-pipe", "0002_x.sql", "notes.txt"):
        os.mkfifo(root / "db" / "migrations" / name)
    os.mkfifo(root / "db" / "debug.txt")
    assert "it is a pipe" in run("check").stdout


def test_a_folder_that_leads_out_of_the_repository_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Repo(tmp_path / "repo", monkeypatch)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "0001_create_wards.sql").write_text(WARDS)
    Path("migrations").symlink_to("../outside")
    result = run("check")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`migrations` lies outside of the project: name it as a path, or use `--follow-links`" in result.stderr
    assert run("check", "--follow-links").exit_code == 0
    Path("migrations").unlink()
    Path("kmblint.toml").write_text('history.directory = "../outside"\n')
    assert "lies outside of the project" in run("check").stderr
    assert run("check", "../outside").exit_code == 0


@pytest.mark.parametrize(
    ("said", "where"), [("--applied-through", "--applied-through"), ("", "kmblint.toml:1: `history.applied`")]
)
def test_a_last_applied_file_that_nobody_has_is_refused(root: Path, said: str, where: str) -> None:
    _make("migrations/0001_create_wards.sql")
    (root / "kmblint.toml").write_text("" if said else "history.applied = 99\n")
    result = run("check", *([said, "99"] if said else []))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"kmblint: {where}: no migration is numbered 0099; the folder has 0001 to 0001\n"


def test_what_the_configuration_names_in_vain_is_noted(root: Path) -> None:
    _make("migrations/0001_create_wards.sql")
    globs = '[per-file-ignores]\n"0009_*" = ["KMB301"]\n"0001_*" = ["KMB301"]\n'
    (root / "kmblint.toml").write_text(f'history.failed = ["0001_create_ward.sql"]\n{globs}')
    text = " ".join(run("check").stdout.split())
    named = "kmblint.toml:1: `failed` names `0001_create_ward.sql`, and no file is called so"
    assert f"{named}, did you mean `0001_create_wards.sql`?" in text
    assert "`per-file-ignores` has `0009_*`, which no file matches" in text
    assert "`0001_*`" not in text
    _make("services/a/migrations/0009_x.sql")
    assert "no file matches" not in run("check", "migrations").stdout, "it may be meant for the other history"


def test_a_folder_that_went_with_all_its_files_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    _make("a/migrations/0001_create_wards.sql", "b/migrations/0001_create_wards.sql")
    repo.commit()
    repo.branch("work")
    repo.git("rm", "-rq", "a")
    for option in (["--since", "main"], ["--staged"]):
        result = run("check", *option, "--output-format", "concise")
        assert result.exit_code == 1
        assert "a/migrations/0001_create_wards.sql:1:1: error: KMB702" in result.stdout
    repo.git("rm", "-rq", "b")
    assert run("check", "--staged", "--output-format", "concise").stdout.count("KMB702") == 2
    repo.write("db/migrations/0001_create_wards.sql", FLOOR)
    repo.git("add", "-A")
    assert run("check", "--staged", "--select", "KMB7", "--output-format", "concise").stdout.count("KMB70") == 1
