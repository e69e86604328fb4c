"""Paths as people write them, and the migrations folders that they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint.errors import ConfigError, InputError
from kmblint.history.locate import Configured, MigrationsFolder, display, locate


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two migrations; the working directory."""
    (tmp_path / "migrations").mkdir()
    for name in ("0001_a.sql", "0002_b.sql"):
        (tmp_path / "migrations" / name).write_text("SELECT 1;\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def located(*paths: str) -> tuple[MigrationsFolder, ...]:
    return locate([Path(path) for path in paths])


def test_a_folder_a_project_and_files(project: Path) -> None:
    whole = (MigrationsFolder(Path("migrations")),)
    assert located("migrations") == located(".") == whole
    assert locate([project]) == (MigrationsFolder(project / "migrations"),)
    assert located("migrations/0002_b.sql") == (MigrationsFolder(Path("migrations"), frozenset({"0002_b.sql"})),)
    assert located("migrations/0002_b.sql", "migrations/0001_a.sql") == (
        MigrationsFolder(Path("migrations"), frozenset({"0001_a.sql", "0002_b.sql"})),
    )
    assert located("migrations/0002_b.sql", "migrations", "migrations/0001_a.sql") == whole


def test_folders_come_once_and_sorted(project: Path) -> None:
    (project / "a").mkdir()
    (project / "a" / "0001_x.sql").touch()
    expected = (MigrationsFolder(Path("a")), MigrationsFolder(Path("migrations")))
    assert located("migrations", "a", "./migrations") == located("a", "migrations") == expected


def test_kimberlite_toml_names_the_folder(project: Path) -> None:
    (project / "db").mkdir()
    (project / "db" / "0001_x.sql").touch()
    (project / "kimberlite.toml").write_text('[migrations]\ndirectory = "db"\n')
    assert located(".") == (MigrationsFolder(Path("db")),)
    assert locate([Path()], lambda folder: Configured(folder, Path("migrations"))) == (
        MigrationsFolder(Path("migrations")),
    )
    (project / "kimberlite.toml").write_text('[migrations]\ndirectory = "gone"\n')
    with pytest.raises(
        InputError, match=r"^kimberlite.toml: `migrations.directory` names `gone`, and there is no such folder$"
    ):
        located(".")
    with pytest.raises(InputError, match=r"^kmblint.toml:3: `history.directory` names `away`, and there is no such"):
        locate([Path()], lambda folder: Configured(folder, Path("away"), "kmblint.toml:3"))
    (project / "kimberlite.toml").write_text("[migrations]\ndirectory = 1\n")
    with pytest.raises(InputError, match=r"^kimberlite.toml:2: `migrations.directory` is no string$"):
        located(".")
    (project / "kimberlite.toml").write_text("<<<")
    with pytest.raises(ConfigError, match=r"^kimberlite.toml:1: not TOML"):
        located(".")
    (project / "kimberlite.toml").write_text("[database]\n")
    assert located(".") == (MigrationsFolder(Path("migrations")),)


def test_a_schema_beside_the_migrations_makes_no_folder_of_migrations(project: Path) -> None:
    (project / "schema.sql").touch()
    assert located(".") == (MigrationsFolder(Path("migrations")),)


def test_a_folder_whose_names_are_all_wrong_is_still_one(project: Path) -> None:
    for name in ("initial.sql", "0001_a.SQL"):
        folder = project / name.partition(".")[0]
        folder.mkdir()
        (folder / name).touch()
        assert located(folder.name) == (MigrationsFolder(Path(folder.name)),)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("migratons", "^`migratons` doesn't exist, did you mean `migrations`\\?$"),
        ("migrations/0002_c.sql", "^`migrations/0002_c.sql` doesn't exist, did you mean `migrations/0002_b.sql`\\?$"),
        ("m" * 300, "^`m+` can't be read: File name too long$"),
        ("nosuch/folder", "^`nosuch/folder` doesn't exist$"),
        ("code", "^no migrations belong to `code`: neither it nor a folder below or above it"),
        ("fresh", r"^no migrations belong to `fresh`: .*; its `migrations` holds none\n.*\[history\] directory = "),
        ("code/main.py", r"^`code/main.py` is no migration: the runner reads `\*.sql` only$"),
    ],
)
def test_what_holds_no_migrations_is_one_clear_line(project: Path, path: str, message: str) -> None:
    (project / "code").mkdir()
    (project / "code" / "main.py").write_text("print()\n")
    (project / "fresh" / "migrations").mkdir(parents=True)
    with pytest.raises(InputError, match=message):
        located(path)


def test_a_stray_file_is_shown_in_its_folder(project: Path) -> None:
    (project / "migrations" / "0003_c.SQL").touch()
    assert located("migrations/0003_c.SQL") == (MigrationsFolder(Path("migrations"), frozenset({"0003_c.SQL"})),)


def test_an_unsaved_file_need_not_exist(project: Path) -> None:
    new = Path("migrations/0003_new.sql")
    assert locate([], unsaved=new) == (MigrationsFolder(Path("migrations"), frozenset({"0003_new.sql"})),)
    with pytest.raises(InputError, match=r"^`gone` doesn't exist$"):
        locate([], unsaved=Path("gone/0001_a.sql"))
    with pytest.raises(InputError, match="is no migration"):
        locate([], unsaved=Path("migrations/new.py"))
    assert not (project / new).exists()


def test_paths_are_shown_from_the_working_directory(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert display(project / "migrations" / "0001_a.sql") == "migrations/0001_a.sql"
    assert display(Path("migrations")) == "migrations"
    monkeypatch.chdir(project / "migrations")
    assert display(project / "x.sql") == (project / "x.sql").as_posix()
    assert display(Path("../x.sql")) == "../x.sql"
