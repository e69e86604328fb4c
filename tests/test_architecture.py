"""The layers: an import points up the list, every module has its place in it, heavy libraries have one door."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import kmblint

PACKAGE: Final = Path(kmblint.__file__).parent
ORDER: Final = (
    # words of their own
    "errors", "text", "wording", "findings", "redaction", "tomlfile",
    # what statements mean and what becomes of them
    "schema", "sql", "targets", "history", "replay", "analysis",
    # rules, and what is asked of them
    "lint", "checks", "config",
    # what is shown
    "reporters", "cli", "__main__",
)  # fmt: skip
"""The modules of the package; each may import those before it."""

MODULES: Final = sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def _imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports, also inside functions and for type checkers only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)} imports relatively"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _layers(path: Path) -> set[str]:
    """The top-level modules of ours that a module imports."""
    ours = {name.split(".")[1] for name in _imports(path) if name.startswith("kmblint.")}
    return ours - {"__version__"}


def test_every_module_has_its_place() -> None:
    found = {_name(path).split("/")[0] for path in MODULES} - {"__init__"}
    assert found == set(ORDER)
    assert len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_point_up_the_list(path: Path) -> None:
    layer = _name(path).split("/")[0]
    above = () if layer == "__init__" else ORDER[: ORDER.index(layer)]
    assert _layers(path) - {layer} <= set(above)


@pytest.mark.parametrize(
    ("library", "door"),
    [("sqlglot", "sql/"), ("networkx", "analysis/graph"), ("click", "cli/"), ("subprocess", "history/git")],
)
def test_libraries_have_one_door(library: str, door: str) -> None:
    users = {_name(path) for path in MODULES if any(name.split(".")[0] == library for name in _imports(path))}
    assert {name for name in users if not name.startswith(door)} == set()


@pytest.mark.parametrize("path", sorted((PACKAGE / "checks").glob("[!_]*.py")), ids=lambda path: path.stem)
def test_a_check_knows_no_sibling(path: Path) -> None:
    assert not [name for name in _imports(path) if name.startswith("kmblint.checks")]


def test_the_command_starts_without_heavy_libraries() -> None:
    """Asking for help or a card must not pay for the parser or the graphs."""
    program = (
        "import kmblint.cli, kmblint.lint.engine, sys; print({'sqlglot', 'networkx'} & sys.modules.keys() or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"
