"""The facts of a release are one value, and `[target] engine` says which."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from kmblint import targets
from kmblint.cli import main
from kmblint.errors import ConfigError
from kmblint.targets import target
from kmblint.targets.kimberlite import releases
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1

INVENTED = replace(
    RELEASE_0_9_1,
    engine="0.99.0",
    checked_at_insert=RELEASE_0_9_1.checked_at_insert - {"TIMESTAMP"},
    pages=replace(RELEASE_0_9_1.pages, most_event=8_000, most_entry=16_000),
)
"""INSERT looks at no TIMESTAMP, and a page holds twice as much."""
ROW = "INSERT INTO t (id, at, s) VALUES ({}, {}, '{}');\n"
SQL = (
    "CREATE TABLE t (id BIGINT PRIMARY KEY, at TIMESTAMP, s TEXT);\n"
    + ROW.format(1, 1_700_000_000_000_000_000, "a")
    + ROW.format(2, "NULL", "x" * 3_900)
    + ROW.format(3, "NULL", "x" * 7_000)
    + ROW.format(4, "NULL", "x" * 9_000)
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one migration, and a release that nobody has made."""
    monkeypatch.setattr("kmblint.targets.ENGINES", (RELEASE_0_9_1.engine, INVENTED.engine))
    monkeypatch.setattr("kmblint.config.keys.ENGINES", (RELEASE_0_9_1.engine, INVENTED.engine))
    monkeypatch.setitem(releases.RELEASES, INVENTED.engine, INVENTED)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_create_t.sql").write_text(SQL, encoding="utf-8")
    return tmp_path


def replayed(project: Path, engine: str) -> list[str]:
    """What `kmblint replay` says of each statement with an engine."""
    (project / "kmblint.toml").write_text(f'[target]\nengine = "{engine}"\n', encoding="utf-8")
    done = CliRunner().invoke(main, ["replay", "--output-format", "json", str(project)])
    assert done.exit_code == 0, done.output
    return [entry["verdict"] for entry in json.loads(done.stdout)["statements"]]


@pytest.mark.parametrize(
    ("engine", "verdicts"),
    [
        (RELEASE_0_9_1.engine, ["taken", "refused", "taken", "refused", "refused"]),
        (INVENTED.engine, ["taken", "taken", "taken", "taken", "refused"]),
    ],
)
def test_the_release_decides_what_an_insert_may_hold_and_how_long_a_row_may_be(
    project: Path, engine: str, verdicts: list[str]
) -> None:
    assert replayed(project, engine) == verdicts


def test_the_protocol_is_there_for_who_asks() -> None:
    assert targets.Target is target.Target
    with pytest.raises(AttributeError, match=r"has no attribute 'Nobody'$"):
        targets.Nobody  # noqa: B018 -- asking is what fails


def test_a_release_is_the_newest_where_none_is_named() -> None:
    named = [targets.get("kimberlite"), targets.get("kimberlite", targets.AUTO)]
    assert [getattr(each, "facts", None) for each in named] == [releases.RELEASES[targets.ENGINES[-1]]] * 2


def test_every_engine_that_can_be_named_has_its_facts() -> None:
    assert tuple(releases.RELEASES) == targets.ENGINES
    assert all(engine == facts.engine for engine, facts in releases.RELEASES.items())


@pytest.mark.parametrize(
    ("name", "engine", "complaint"),
    [
        ("kimberlite", "0.8.0", "nothing is known of engine `0.8.0`; write one of 0.9.1, auto"),
        ("postgres", "0.9.1", "there is no target `postgres`; write one of kimberlite, guide"),
    ],
)
def test_a_target_or_release_that_nobody_knows_is_told_with_those_that_there_are(
    name: str, engine: str, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(complaint)}$"):
        targets.get(name, engine)
