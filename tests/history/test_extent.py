"""A history that is too large is read up to the file that makes it so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from kmblint.history.extent import Extent
from kmblint.sql.parse import statements
from kmblint.sql.scanner import measure
from kmblint.text import Source

TABLE = "CREATE TABLE IF NOT EXISTS {} (id BIGINT PRIMARY KEY);\n"
SEEDS = "INSERT INTO beds (id) VALUES (1) ON CONFLICT (id) DO NOTHING;\n" * 3


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four files; the third brings the fifth statement, and the fourth stands before it by name."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for name, text in {
        "1_create_wards.sql": TABLE.format("wards"),
        "2_create_beds.sql": TABLE.format("beds"),
        "9_seed_beds.sql": SEEDS,
        "10_create_rooms.sql": TABLE.format("rooms") + "SELECT id FROM beds;\n",
    }.items():
        (folder / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_one_finding_tells_of_all_that_is_left_out(project: Path) -> None:
    result = _run("check", "--no-cache", "--output-format", "concise", "--max-statements", "4")
    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if "KMB001" in line]
    assert line.startswith("migrations/9_seed_beds.sql:1:1: error: KMB001 unreadable-file")
    assert "with it the history has more than 4 statements, and kmblint reads no more, nor the one behind it" in line
    (project / "migrations" / "11_create_doors.sql").write_text(TABLE.format("doors"))
    assert "kmblint reads no more, nor the 2 files behind it" in _run("schema", "--max-statements", "4").stderr
    (project / "migrations" / "11_create_doors.sql").unlink()
    assert "KMB001" not in _run("check", "--no-cache", "--max-statements", "7").stdout
    (project / "kmblint.toml").write_text("max-statements = 4\n")
    result = _run("check", "--no-cache")
    assert "`--max-statements` raises the limit" in " ".join(result.stdout.split())


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", ["schema", "graph", "history beds", "diff 0"])
def test_what_is_shown_without_a_file_is_said(command: str) -> None:
    result = _run(*command.split(), "--max-statements", "4")
    assert (result.exit_code, "rooms" in result.stdout) == (0, False)
    said = "kmblint: left out: migrations/9_seed_beds.sql: with it the history has more than 4 statements"
    assert result.stderr.startswith(said)
    assert _run(*command.split()).stderr == ""


@pytest.mark.usefixtures("project")
def test_replay_and_lock_say_it_too() -> None:
    told = " ".join(_run("replay", "--max-statements", "4").stdout.split())
    assert "`9_seed_beds.sql` is left out: with it the history has more than 4 statements" in told
    result = _run("lock", "--max-statements", "4")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("said", ["0", "-1", "many", "1.5"])
def test_a_limit_is_a_number(said: str) -> None:
    result = _run("check", "--no-cache", "--max-statements", said)
    assert result.exit_code == 2
    assert "expected a number of at least 1, such as 100000" in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-- a\n",
        ";;",
        "SELECT 1",
        "SELECT ';', /* ; */ 1; -- ;\nSELECT $$;$$;",
        "CREATE TABLE a (id BIGINT); /* b */ ; INSERT INTO a VALUES (1), (2);",
    ],
)
def test_a_text_is_measured_as_it_is_read(text: str) -> None:
    read = statements(Source("0001_a.sql", text))
    assert measure(text) == (len(read), sum(len(statement.tokens) for statement in read))


def test_what_is_never_closed_is_guessed() -> None:
    assert measure("SELECT 1; SELECT 'a; b c d; SELECT 2;") == (5, 7)


def test_long_statements_count_by_their_words() -> None:
    row = "(1, 2, 3), "
    assert Extent(5).add(f"INSERT INTO a VALUES {row * 8}(1, 2, 3);") is None
    trouble = Extent(5).add(f"INSERT INTO a VALUES {row * 40}(1, 2, 3);")
    assert trouble is not None
    assert trouble.reason == (
        "with it the history has more than 100 words, and kmblint reads 20 for each of 5 statements"
    )
    assert Extent(5).add(f"/* {row * 90} */ SELECT '{row * 90}';") is None
    assert Extent(5).add(f"SELECT '{'; ' * 200}';") is not None
    assert not trouble.fatal
