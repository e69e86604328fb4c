"""Every history of `fixtures/`, from the command line to the text that a reader gets."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from pytest_snapshot.plugin import Snapshot

from kmblint import __version__
from kmblint.cli import main

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
CASES: Final = sorted(folder.parent.name for folder in FIXTURES.glob("*/migrations"))
PLANTED: Final = ("bank", "clinic", "law-firm")
READ: Final = ("full", "concise", "json", "github", "markdown")
"""The formats whose reports on each history are kept; of the others `tests/reporters` knows that they hold the same."""
TOLD: Final = ("clinic", "guide")
VIEWS: Final = {
    "replay": ("replay",),
    "replay.json": ("replay", "--output-format", "json"),
    "schema": ("schema",),
    "schema.json": ("schema", "--output-format", "json"),
}
HABITS: Final = frozenset({"one-way-rollback"})
"""Rules that are told once of a history, with the other places behind the first."""
TODAY: Final = "2026-06-30"
"""Some suppressions of the histories have expired by then, others haven't."""


def told(project: Path, monkeypatch: pytest.MonkeyPatch, case: str, *arguments: str) -> str:
    """What a command prints in a copy of a history that lies outside of any repository."""
    shutil.copytree(FIXTURES / case, project, ignore=shutil.ignore_patterns("expected"))
    monkeypatch.chdir(project)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(main, [*arguments, "."])
    assert (result.exit_code in {0, 1}, result.stderr) == (True, ""), result.output
    return result.stdout.replace(f'"version": "{__version__}"', '"version": "…"')


def findings(project: Path, monkeypatch: pytest.MonkeyPatch, case: str, *arguments: str) -> list[dict[str, Any]]:
    """The findings of a history, as the json report has them."""
    report = told(project, monkeypatch, case, "check", "--today", TODAY, "--output-format", "json", *arguments)
    found: list[dict[str, Any]] = json.loads(report)["findings"]
    return found


@pytest.mark.parametrize("output_format", READ)
@pytest.mark.parametrize("case", CASES)
def test_report(
    case: str, output_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: Snapshot
) -> None:
    snapshot.snapshot_dir = FIXTURES / case / "expected"
    arguments = ("check", "--today", TODAY, "--output-format", output_format)
    snapshot.assert_match(told(tmp_path / case, monkeypatch, case, *arguments), output_format)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("case", TOLD)
def test_view(case: str, view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = FIXTURES / case / "expected"
    snapshot.assert_match(told(tmp_path / case, monkeypatch, case, *VIEWS[view]), view)


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_expected_that_no_test_asks_for(case: str) -> None:
    asked = {*READ, *(VIEWS if case in TOLD else ())}
    assert {file.name for file in (FIXTURES / case / "expected").iterdir()} == asked


@pytest.mark.parametrize("case", PLANTED)
def test_the_faults_that_were_planted_are_found_and_no_others(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {
        (Path(place["path"]).name, one["rule"])
        for one in findings(tmp_path / case, monkeypatch, case)
        for place in (one, *(alike for alike in one["related"] if one["rule"] in HABITS))
    }
    assert found == planted(case)


def planted(case: str) -> set[tuple[str, str]]:
    """File and rule of each fault that `fixtures/README.md` names for a history."""
    readme = (FIXTURES / "README.md").read_text(encoding="utf-8")
    chapter = readme.partition(f"\n## {case}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", chapter, re.MULTILINE)
    return {(file, rule) for file, rules in rows for rule in re.findall(r"`([^`]+)`", rules)}


def test_the_clean_history_gives_only_advice_when_every_rule_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert findings(tmp_path / "by-default", monkeypatch, "clean") == []
    everything = findings(tmp_path / "everything", monkeypatch, "clean", "--select", "all")
    assert {one["severity"] for one in everything} == {"info"}


def test_adopting_the_healthcare_template_begins_with_what_hurts_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("check", "--today", TODAY)
    report = told(tmp_path / "full", monkeypatch, "healthcare-template", *arguments)
    assert "by `patient_id` returns nothing" in report.splitlines()[0]
    assert len(findings(tmp_path / "json", monkeypatch, "healthcare-template")) <= 7


def test_what_a_whole_project_does_alike_is_told_once(tmp_path: Path) -> None:
    """Down sections, masks and long texts in each of forty files: as many lines would hide everything else."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for number in range(1, 41):
        table = f"unit_{number}"
        (folder / f"{number:04}_add_{table}.sql").write_text(
            f"CREATE TABLE IF NOT EXISTS {table} (id BIGINT PRIMARY KEY, name TEXT, code TEXT, note VARCHAR(2000));\n"
            f"CREATE INDEX {table}_code_idx ON {table} (code);\n"
            f"CREATE MASK {table}_name ON {table}.name USING REDACT;\n\n"
            f"-- Down Migration\nDROP MASK {table}_name;\nDROP TABLE {table};\n",
            encoding="utf-8",
        )
    arguments = ("check", "--isolated", "--ignore", "KMB905", "--output-format", "json", str(folder))
    result = CliRunner().invoke(main, arguments)
    codes = [finding["code"] for finding in json.loads(result.stdout)["findings"]]
    assert sorted(codes) == ["KMB816", "KMB932", "KMB938"]
