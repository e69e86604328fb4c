"""`kmblint diff`, from the arguments to the text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from tests.cli.branches import FLOOR, WARDS, Repo
from tests.cli.folders import write

FILES = {
    "0001_create_wards.sql": "CREATE TABLE wards (id BIGINT PRIMARY KEY, name VARCHAR(9));\n",
    "0002_create_beds.sql": "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT);\n",
    "0003_change_wards.sql": (
        "ALTER TABLE wards ADD COLUMN floor BIGINT;\nALTER TABLE wards ALTER COLUMN name TYPE TEXT;\nDROP TABLE beds;\n"
    ),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with three migrations; the working directory."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "migrations", FILES)
    return tmp_path


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


@pytest.mark.usefixtures("project")
def test_two_numbers() -> None:
    assert diff("1", "0003").stdout == (
        "1 table changed\n"
        "\n"
        "~ table wards\n"
        "    ~ name VARCHAR(9) → name TEXT  migrations/0001_create_wards.sql:1\n"
        "    + floor BIGINT  migrations/0003_change_wards.sql:1\n"
    )
    assert diff("0002", "0003").stdout.startswith("1 table removed, 1 table changed\n\n- table beds\n\n~ table wards\n")
    assert diff("0001", "0001").stdout == "no difference\n"


@pytest.mark.usefixtures("project")
def test_zero_is_what_stood_before_the_first_and_nothing_is_what_is_there() -> None:
    assert diff("0", "1").stdout.startswith("1 table added\n\n+ table wards  migrations/0001_create_wards.sql:1\n")
    assert diff("0001").stdout == diff("0001", "0003").stdout
    assert diff("3").stdout == "no difference\n"


@pytest.mark.usefixtures("project")
def test_what_the_database_keeps_needn_t_differ_where_what_was_written_does() -> None:
    """TEXT is what it makes of VARCHAR, and it refuses ALTER COLUMN."""
    assert "name" in diff("1", "3").stdout
    kept = diff("1", "3", "--as", "actual").stdout
    assert "name" not in kept
    assert "+ floor BIGINT" in kept


@pytest.mark.usefixtures("project")
def test_the_way_as_sql_and_in_its_header_what_the_database_refuses() -> None:
    done = diff("1", "3", "--output-format", "sql").stdout
    head, _, sql = done.partition("\n\n")
    assert head.startswith("-- refused (")
    assert head.endswith("): ALTER TABLE wards ALTER COLUMN name TYPE TEXT")
    assert sql == "ALTER TABLE wards ADD COLUMN floor BIGINT;\n"
    assert diff("2", "1", "--output-format", "sql").stdout == "DROP TABLE beds;\n"
    guide = diff("1", "3", "--output-format", "sql", "--target", "guide").stdout
    assert guide == "ALTER TABLE wards ALTER COLUMN name TYPE TEXT;\nALTER TABLE wards ADD COLUMN floor BIGINT;\n"


@pytest.mark.usefixtures("project")
def test_as_json_and_as_markdown() -> None:
    document = json.loads(diff("1", "3", "--output-format", "json").stdout)
    assert (document["version"], document["from"], document["to"]) == (1, "1", "3")
    [table] = document["tables"]
    assert [(part["name"], part["change"]) for part in table["parts"]] == [("name", "changed"), ("floor", "added")]
    assert diff("1", "3", "--output-format", "markdown").stdout == (
        "### Schema, from <code>1</code> to <code>3</code>: 1 table changed\n\n"
        "```diff\n! table wards\n-     name VARCHAR(9)\n+     name TEXT\n+     floor BIGINT\n```\n"
    )


def test_two_folders(project: Path) -> None:
    write(project / "other", {"0001_a.sql": "CREATE TABLE wards (id BIGINT PRIMARY KEY);\n"})
    done = diff("other", "migrations")
    assert "+ name TEXT" in done.stdout
    assert diff("other", "other").stdout == "no difference\n"


@pytest.mark.parametrize(("arguments", "code"), [(["1", "2"], 1), (["1", "1"], 0)])
@pytest.mark.usefixtures("project")
def test_the_exit_code_tells_whether_they_differ_where_that_is_asked(arguments: list[str], code: int) -> None:
    assert diff(*arguments, "--check").exit_code == code
    assert diff(*arguments).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["7"], "kmblint: `7`: no migration has that number; the folder has 0001 to 0003\n"),
        (
            ["main"],
            "kmblint: `main` is neither the number of a migration, nor a folder, nor a revision that git knows here\n",
        ),
        (["1", "2", "nowhere"], "kmblint: `nowhere` doesn't exist\n"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_can_t_be_compared_is_one_line(arguments: list[str], said: str) -> None:
    done = diff(*arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


def test_it_never_takes_the_place_of_a_migration(project: Path) -> None:
    done = diff("1", "2", "--output-format", "sql", "--output-file", "migrations/0001_create_wards.sql")
    assert done.exit_code == 2
    assert (project / "migrations/0001_create_wards.sql").read_text() == FILES["0001_create_wards.sql"]


def test_two_revisions_and_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    repo.commit(_0001_create_wards=WARDS)
    repo.branch("work")
    repo.commit(_0002_add_floor=FLOOR)
    (tmp_path / "repo/migrations/0002_add_floor.sql").unlink()
    assert "+ floor BIGINT  migrations/0002_add_floor.sql:1" in diff("main", "work").stdout
    assert "- floor BIGINT" in diff("HEAD", "main").stdout
    assert diff("main").stdout == "no difference\n", "the file is gone from the disk"
    assert "git knows" in diff("elsewhere").stderr


def test_a_revision_before_the_folder_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "repo", monkeypatch)
    repo.commit(_0001_create_wards=WARDS)
    repo.git("mv", "migrations", "db")
    repo.git("commit", "-q", "-m", "Move")
    assert diff("HEAD~1", "HEAD", "db").stdout == "no difference\n"


@pytest.mark.parametrize("output_format", ["text", "json", "markdown", "sql"])
@pytest.mark.usefixtures("project")
def test_a_masking_policy_is_an_object_and_none_of_a_column(output_format: str) -> None:
    """It is called as what attaches one to a column."""
    made = "CREATE MASKING POLICY hide STRATEGY HASH EXEMPT ROLES ('nurse')"
    attached = "ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY hide"
    write(Path("migrations"), {"0004_hide.sql": f"{made};\n{attached};\n"})
    done = diff("3", "4", "--output-format", output_format)
    assert done.exit_code == 0, done.output
    assert made.removeprefix("CREATE ") in done.stdout
    assert "COLUMN name SET MASKING POLICY hide" in done.stdout


@pytest.mark.usefixtures("project")
def test_a_secret_that_differs_is_seen_and_not_shown(tmp_path: Path) -> None:
    table = "CREATE TABLE keys (id BIGINT PRIMARY KEY, password TEXT, CONSTRAINT c CHECK (password <> 'Se9cr3t-{}'));\n"
    for name in ("one", "two"):
        write(tmp_path / name, {"0001_a.sql": table.format(name), "0002_b.sql": "DROP ROLE x;\n"})
    done = diff("one", "two")
    assert "(another secret, which isn't shown)" in done.stdout
    assert "Se9cr3t" not in done.stdout
    assert diff("one", "one").stdout == "no difference\n"
