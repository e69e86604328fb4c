"""Adds the rule of CONTRIBUTING.md to a copy of the project, step by step."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import tomli

PROJECT = Path(__file__).parent.parent


def test_the_worked_example_works(tmp_path: Path) -> None:
    for folder in ("kmblint", "rules"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "tests/cards.py", "tests/test_rules.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / file, tmp_path / file)
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    written = re.findall(r"^`([^`\n]+)`:\n````\w+\n(.*?)^````$", text, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in written] == [
        "rules/copied-table.md",
        "tests/cases/copied-table.md",
        "kmblint/checks/copied_table.py",
    ]
    (tmp_path / "tests/cases").mkdir()
    for name, content in written:
        (tmp_path / name).write_text(content, encoding="utf-8")
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    filling, running = [_run(command, tmp_path) for command in commands.splitlines()]
    assert filling.returncode == 1
    assert "Snapshot directory was modified" in filling.stdout, filling.stdout
    assert running.returncode == 0, running.stdout
    assert "warning[KMB199 copied-table]" in (tmp_path / "rules/copied-table.md").read_text(encoding="utf-8")


def test_every_dependency_has_its_reason() -> None:
    project = tomli.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"].values()
    extras = project["project"]["optional-dependencies"].values()
    wanted = {
        re.split(r"[<>=!~;]", each)[0]
        for group in (project["project"]["dependencies"], *extras, *groups)
        for each in group
        if isinstance(each, str)
    }
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("\n## Dependencies\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([^`]+)` \| ", section, re.MULTILINE)) == wanted


def test_the_modules_that_are_named_exist() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = re.findall(r"python -m (tests[\w.]+)", text)
    named = [PROJECT / module.replace(".", "/") for module in modules]
    missing = [path for path in named if not (path.with_suffix(".py").exists() or (path / "__main__.py").exists())]
    assert missing == []
    assert len(modules) >= 5, "each command is found"


def test_the_paths_that_are_named_exist() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    prose = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    named = [path for path in re.findall(r"`([\w/.<>*-]+)`", prose) if re.search(r"/|\.(?:py|md)$", path)]
    assert len(named) > 40
    example = {path for path in named if re.search(r"copied.table", path)}
    assert [path for path in named if path not in example and not _exists(path)] == []


def _exists(path: str) -> bool:
    """Whether it is in the project, or in the package; `<name>` stands for any."""
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    return any(next(folder.glob(pattern), None) for folder in (PROJECT, PROJECT / "kmblint"))


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = command.split()
    assert program == "pytest"
    line = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
