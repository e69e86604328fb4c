"""`kmblint history`, from the arguments to the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from tests.cli.branches import Repo
from tests.cli.folders import write

FILES = {
    "0001_create_wards.sql": "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\nCREATE ROLE nurse;\n",
    "0002_create_beds.sql": "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT REFERENCES wards(id));\n",
    "0003_fill_wards.sql": (
        "INSERT INTO wards (id) VALUES (1);\nINSERT INTO wards (id) VALUES (2);\n"
        "INSERT INTO wards (id, name) VALUES (3, 'x');\nINSERT INTO wards VALUES (4, 'y');\n"
    ),
    "0004_search_wards.sql": (
        "-- A comment of the header\nCREATE INDEX wards_name_idx ON wards (name);\n"
        "-- A comment that hides the next statement\nCREATE INDEX wards_hidden_idx ON wards (name);\n"
    ),
    "0005_move_wards.sql": "CREATE MASK m ON wards.name USING HASH;\nDROP MASK m;\nDROP INDEX wards_name_idx;\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with five migrations; the working directory."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "migrations", FILES)
    return tmp_path


def history(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["history", *arguments])


def events(*arguments: str) -> list[tuple[str, int, str]]:
    done = history(*arguments, "--output-format", "json")
    assert done.exit_code == 0, done.stderr
    told: list[dict[str, Any]] = json.loads(done.stdout)["events"]
    return [(each["file"].removeprefix("migrations/")[:4], each["line"], each["what"]) for each in told]


@pytest.mark.usefixtures("project")
def test_the_life_of_a_table() -> None:
    assert history("wards").stdout == (
        "wards: id, name\n"
        "\n"
        "migrations/0001_create_wards.sql\n"
        "     1  adds table `wards` with 2 columns\n"
        "\n"
        "migrations/0002_create_beds.sql\n"
        "     1  adds table `beds` with 2 columns, which refers to it\n"
        "\n"
        "migrations/0003_fill_wards.sql\n"
        "     1  inserts 1 row into `wards` (4 statements)\n"
        "\n"
        "migrations/0004_search_wards.sql\n"
        "     2  adds index `wards_name_idx` on `wards` (name)\n"
        "     4  adds index `wards_hidden_idx` on `wards` (name) — skipped\n"
        "\n"
        "migrations/0005_move_wards.sql\n"
        "     1  adds mask `m` on `wards.name`\n"
        "     2  drops mask `m`\n"
        "     3  drops index `wards_name_idx` — refused: the engine drops no index: it is for ever\n"
    )


@pytest.mark.usefixtures("project")
def test_the_life_of_a_column() -> None:
    assert [(file, line) for file, line, _ in events("wards.name")] == [
        ("0001", 1), ("0003", 3), ("0004", 2), ("0004", 4), ("0005", 1), ("0005", 2), ("0005", 3),
    ]  # fmt: skip
    assert ("0002", 1, "adds table `beds` with 2 columns, which refers to it") in events("wards.id")
    assert [file for file, _, _ in events("beds.ward_id")] == ["0002"]
    assert history("wards.name").stdout.startswith("wards.name: TEXT\n")
    assert history("wards.id").stdout.startswith("wards.id: BIGINT, key\n")


def test_a_former_name_counts_and_a_story_ends_with_its_name(project: Path) -> None:
    (project / "migrations/0006_rename.sql").write_text(
        "ALTER TABLE wards RENAME TO units;\nALTER TABLE units RENAME COLUMN name TO title;\n"
        "ALTER TABLE units ADD COLUMN floor INT;\n"
    )
    assert [file for file, _, _ in events("units.title")][0::7] == ["0001", "0006"]
    assert events("wards")[-1] == ("0006", 1, "renames table `wards` to `units`")
    assert history("wards").stdout.startswith("wards: not there any more\n")
    assert events("units")[0] == ("0001", 1, "adds table `wards` with 2 columns")
    assert events("units")[-1][2] == "adds column `floor` to `units`"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ward", "kmblint: no migration names `ward`, did you mean `wards`?\n"),
        ("wards.nam", "kmblint: no migration names `wards.nam`, did you mean `wards.name`?\n"),
        ("nothing", "kmblint: no migration names `nothing`\n"),
    ],
)
def test_what_nobody_names_is_one_line(name: str, said: str) -> None:
    done = history(name)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


def test_who_brought_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit of each file; one that isn't committed has none."""
    repo = Repo(tmp_path / "repo", monkeypatch)
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-03-01T12:00:00+00:00")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ann \x01 Lee")
    repo.commit(_0001_create_wards=FILES["0001_create_wards.sql"])
    repo.write("0003_fill_wards.sql", FILES["0003_fill_wards.sql"])
    commit = repo.git("rev-parse", "--short", "HEAD")
    done = json.loads(history("wards", "--output-format", "json").stdout)
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ann Lee")
    repo.commit(_0004_search_wards=FILES["0004_search_wards.sql"])
    assert [each["commit"] is None for each in done["events"]][-1:] == [True]
    text = history("wards").stdout
    assert "2026-03-01 Ann Lee: Commit _0004_search_wards\n" in text
    assert commit
