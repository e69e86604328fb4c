"""Projects in git repositories: what a revision holds, what is staged, what goes behind another branch."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from tests.fuzzing import commands, invariants
from tests.fuzzing.commands import CHECK, Ended, some
from tests.fuzzing.inputs import Files
from tests.fuzzing.invariants import Fault, Promise
from tests.fuzzing.mutations import noise
from tests.fuzzing.projects import place_for

READING: tuple[tuple[str, ...], ...] = (
    (*CHECK, "--since", "base", "--select", "all"),
    (*CHECK, "--since", "base", "--all-history", "--no-cache"),
    (*CHECK, "--staged", "--no-cache"),
    (*CHECK, "--since", "base", "--fix", "--unsafe-fixes", "--diff", "--no-cache"),
    (*CHECK, "--since", "base", "--output-format", "markdown", "--no-cache"),
    (*CHECK, "--since", "gone"),
    ("replay", "--since", "base"),
    ("diff", "base"),
    ("diff", "base", "HEAD", "--output-format", "json"),
    ("schema", "--since", "base"),
    ("graph", "--of", "migrations", "--staged"),
    ("history", "wards"),
    ("lock", "--check", "--since", "base"),
    ("renumber", "--onto", "base"),
    ("squash", "--through", "1"),
)
WRITING: tuple[tuple[str, ...], ...] = (
    ("lock", "--since", "base"),
    ("baseline", "--since", "base"),
    ("new", "add_x"),
    ("squash", "--through", "1", "--yes"),
    (*CHECK, "--since", "base", "--fix", "--no-cache"),
    ("renumber", "--onto", "base", "--yes"),
)
_OWN = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_COMMITTER_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_EMAIL": "a@example.org",
}  # fmt: skip


def faults(files: Files, chance: random.Random, target: str = "kimberlite", few: int = 4) -> list[Fault]:
    """What a project breaks whose branch `base` has other files than are checked out."""
    with place_for() as place, patch.dict("os.environ", {**_OWN, "KMBLINT_CACHE_DIR": str(place / "cache")}):
        return [*_faults(files, place / "project", chance, target, few)]


def _faults(files: Files, project: Path, chance: random.Random, target: str, few: int) -> Iterator[Fault]:
    _commit(files, project, chance)
    whole = (*CHECK, "--select", "all", "--target", target, "--since", "base")
    first = commands.run(project, *whole, "--no-cache")
    yield from ended(whole, first)
    for state in ("cold", "warm"):
        if commands.run(project, *whole) != first:
            yield Fault(Promise.CACHE_STATE, f"{state}, with a revision")
    for command in some(chance, READING, few):
        yield from ended(command, commands.run(project, *command))
    for command in some(chance, WRITING, 2):
        before = _texts(project)
        end = commands.run(project, *command)
        yield from ended(command, end)
        if command[0] == "renumber" and end.code == 0:
            yield from _of_renumbering(project, command, before)
        yield from ended(whole, commands.run(project, *whole, "--no-cache"))


def _commit(files: Files, project: Path, chance: random.Random) -> None:
    """The branch `base` has some of the files, and others; what is checked out are the files, not all committed."""
    others = {name: noise(chance, data) if chance.random() < 0.4 else data for name, data in files.items()}
    for name in chance.sample(sorted(files), min(len(files), chance.randint(0, 2))):
        del others[name]
    if others and chance.random() < 0.4:
        name = chance.choice(sorted(others))
        others[name.replace("migrations/000", "migrations/001")] = others[name]
    project.mkdir(parents=True)
    git(project, "init", "-q", "-b", "base", ".")
    commands.write(others, project)
    git(project, "add", "-A")
    git(project, "commit", "-q", "--allow-empty", "-m", "base")
    git(project, "checkout", "-q", "-b", "work")
    for name in others:
        if name not in files and chance.random() < 0.5:
            (project / name).unlink(missing_ok=True)
    commands.write(files, project)
    (project / "migrations").mkdir(exist_ok=True)
    if chance.random() < 0.8:
        git(project, "add", "-A")
    if chance.random() < 0.6:
        git(project, "commit", "-q", "--allow-empty", "-m", "work")


def _of_renumbering(project: Path, command: tuple[str, ...], before: list[bytes]) -> Iterator[Fault]:
    """No file is lost, and done again it does nothing."""
    if len(_texts(project)) != len(before):
        yield Fault(Promise.RENUMBERING_ENDS, "another number of files than before")
    files = sorted(path.name for path in project.glob("migrations/*"))
    again = commands.run(project, *command)
    yield from ended(command, again)
    if sorted(path.name for path in project.glob("migrations/*")) != files:
        yield Fault(Promise.RENUMBERING_ENDS, "files were moved again")


def _texts(project: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in project.glob("migrations/*") if path.is_file())


def ended(command: tuple[str, ...], end: Ended) -> Iterator[Fault]:
    """How a command ended."""
    if end.error is not None:
        yield invariants.raised(end.error, command[0])
    yield from invariants.of_output(command[0], end.code, end.output)


def git(project: Path, *arguments: str) -> None:
    """Runs git, which must not fail."""
    git_ = shutil.which("git")
    assert git_ is not None
    subprocess.run([git_, *arguments], cwd=project, check=True, capture_output=True)
