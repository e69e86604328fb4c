"""What commands write as JSON is what the schemas of the wheel say, for projects of the fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from tests.shapes import DOCUMENTS, FOLDER, assert_conforms, rendered

ROOT = Path(__file__).parents[1]
PROJECTS = ["bank", "clinic", "guide"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_schemas_are_those_of_the_shapes(name: str) -> None:
    """`python -m tests.shapes` writes them."""
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == rendered(name)


def test_there_is_no_other_schema() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == DOCUMENTS.keys()


def _told(*arguments: str) -> str:
    result = CliRunner().invoke(main, [*arguments], catch_exceptions=False)
    assert result.exit_code in (0, 1), result.output
    return result.stdout


@pytest.mark.parametrize("project", PROJECTS)
def test_every_document_has_the_promised_keys(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "fixtures" / project)
    assert_conforms("check", _told("check", "--no-cache", "--output-format", "json", "--select", "all"))
    for line in _told("check", "--no-cache", "--output-format", "jsonl").splitlines():
        assert_conforms("finding", line)
    assert_conforms("replay", _told("replay", "--output-format", "json"))
    for side in ("intended", "actual"):
        assert_conforms("schema", _told("schema", "--as", side, "--output-format", "json"))
    assert_conforms("diff", _told("diff", "0", ".", "--output-format", "json"))
    first = _told("schema").split()[0]
    assert_conforms("history", _told("history", first, "--output-format", "json"))


def test_the_rules_have_the_promised_keys() -> None:
    assert_conforms("rules", _told("rules", "--output-format", "json"))


def test_what_is_not_promised_is_noticed() -> None:
    with pytest.raises(AssertionError, match="statements"):
        assert_conforms("replay", '{"version": 1, "files": [], "obstacles": []}')
    with pytest.raises(AssertionError, match="unexpected"):
        assert_conforms("replay", '{"version": 1, "files": [], "obstacles": [], "statements": [], "more": 1}')
    with pytest.raises(AssertionError, match="2 is not one of"):
        assert_conforms("schema", '{"version": 2, "tables": []}')
