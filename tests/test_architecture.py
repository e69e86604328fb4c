"""The layers: import-linter's contracts hold, the documentation shows them, heavy libraries have one door."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import tomli
from importlinter.cli import lint_imports

import kmblint

PACKAGE: Final = Path(kmblint.__file__).parent
ROOT: Final = PACKAGE.parent
MODULES: Final = sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def _imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports, also inside functions and for type checkers only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _contract(name: str) -> Any:
    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [each for each in project["tool"]["importlinter"]["contracts"] if each["id"] == name]
    return contract


def test_the_contracts_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What `lint-imports` says; each contract stands in pyproject.toml."""
    monkeypatch.chdir(ROOT)
    failed = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert failed == 0, capsys.readouterr().out


def test_contributing_shows_the_rooms_in_their_order() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"<!-- rooms -->\n(.*?)<!-- /rooms -->", text, re.DOTALL)
    shown = [
        name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)/?`", cell)
    ]
    assert shown == _contract("rooms")["layers"]


@pytest.mark.parametrize(
    ("library", "door"),
    [
        ("sqlglot", "sql/"),
        ("networkx", "analysis/graph"),
        ("click", "cli/"),
        ("wcwidth", "reporters/characters"),
        ("kimberlite", "live/client"),
        ("rpds", "schema/ordered"),
    ],
)
def test_libraries_have_one_door(library: str, door: str) -> None:
    users = {_name(path) for path in MODULES if any(name.split(".")[0] == library for name in _imports(path))}
    assert users, f"nothing imports {library}"
    assert {name for name in users if not name.startswith(door)} == set()


def test_programs_are_started_for_git_and_the_engine_alone() -> None:
    users = {_name(path) for path in MODULES if any(name.split(".")[0] == "subprocess" for name in _imports(path))}
    assert users == {"history/git", "live/harness"}


WHOLE: Final = [
    "analysis/overwriting", "replay/describe", "replay/transcript", "schema/alter", "schema/apply", "schema/conflicts",
    "schema/predicate", "schema/write", "targets/guide", "targets/kimberlite/outcome",
    "targets/kimberlite/outcome_rows", "targets/kimberlite/planner/conditions", "targets/kimberlite/planner/matching",
    "targets/kimberlite/planner/hazards", "targets/kimberlite/planner/path", "targets/kimberlite/planner/reach",
    "targets/kimberlite/planner/rows",
    "targets/kimberlite/refusals", "targets/kimberlite/side_effects",
]  # fmt: skip
"""Modules whose matches name every kind, so that mypy asks each of them about a new one."""


@pytest.mark.parametrize("module", WHOLE)
def test_a_new_kind_is_asked_about(module: str) -> None:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    cases = [case.pattern for node in ast.walk(tree) if isinstance(node, ast.Match) for case in node.cases]
    assert cases
    assert not [ast.unparse(case) for case in cases if ast.unparse(case) == "_"]


def test_the_version_is_printed_by_the_command_line_alone() -> None:
    program = (
        "import sys; from kmblint.cli import main; main(['--version'], standalone_mode=False); "
        "print(sorted(name for name in sys.modules if name.startswith(('kmblint', 'sqlglot', 'networkx', 'msgspec'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "['kmblint', 'kmblint.cli', 'kmblint.cli.debug', 'kmblint.errors']"


def test_the_command_starts_without_heavy_libraries() -> None:
    """Asking for help or a card must not pay for the parser or the graphs."""
    program = (
        "import kmblint.cli, kmblint.lint.engine, kmblint.reporters.full, sys; "
        "print({'sqlglot', 'networkx', 'wcwidth'} & sys.modules.keys() or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"
