"""Whole projects on disk, through the command line in this process."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from kmblint.history.decode import decoded
from tests.fuzzing import commands, invariants
from tests.fuzzing.commands import CHECK, READING, WRITING, Ended, some
from tests.fuzzing.inputs import Files
from tests.fuzzing.invariants import Fault, Promise
from tests.fuzzing.mutations import noise

_JSON = ("--output-format", "json")


def faults(files: Files, chance: random.Random, target: str = "kimberlite", few: int = 2) -> list[Fault]:
    """What a project breaks: under `check` with every rule, and under a `few` other commands of each kind."""
    with place_for() as place, patch.dict("os.environ", {"KMBLINT_CACHE_DIR": str(place / "cache")}):
        return [*_faults(files, place / "project", chance, target, few)]


@contextmanager
def place_for() -> Iterator[Path]:
    """A folder for one project and what stands beside it."""
    place = Path(tempfile.mkdtemp(prefix="kmblint-fuzzing-"))
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _faults(files: Files, project: Path, chance: random.Random, target: str, few: int) -> Iterator[Fault]:
    commands.write(files, project)
    (project / "migrations").mkdir(exist_ok=True)
    whole = (*CHECK, "--select", "all", "--target", target, *_JSON)
    yield from _ended(whole, first := commands.run(project, *whole, "--no-cache"))
    if first.code in (0, 1):
        texts = {name: decoded(data)[0] or "" for name, data in files.items() if name.startswith("migrations/")}
        yield from invariants.of_json(json.loads(first.stdout), texts)
    for command in some(chance, READING, few):
        yield from _ended(command, commands.run(project, *command))
    if chance.random() < 0.3:
        yield from _of_order(files, project, whole)
    if chance.random() < 0.3:
        yield from _of_cache(files, project, chance, whole, first)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    for command in some(chance, WRITING, few):
        yield from _ended(command, commands.run(project, *command))
        if "--fix" in command:
            yield from _of_second_fix(project, command)
        elif "--add-suppressions" in command:
            yield from lines_lost(before)
        before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
        yield from _ended(whole, commands.run(project, *whole, "--no-cache"))


def _ended(command: tuple[str, ...], end: Ended) -> Iterator[Fault]:
    if end.error is not None:
        yield invariants.raised(end.error, command[0])
    yield from invariants.of_output(command[0], end.code, end.output)


def _of_order(files: Files, project: Path, whole: tuple[str, ...]) -> Iterator[Fault]:
    """The files one by one, in both orders; and two folders."""
    names = [name for name in files if name.startswith("migrations/") and name.endswith(".sql")]
    shutil.copytree(project / "migrations", project / "other" / "migrations")
    for paths in (names, ["migrations", "other/migrations"]):
        one, two = (commands.run(project, *whole, "--no-cache", *order) for order in (paths, paths[::-1]))
        if len(paths) > 1 and (one.code, one.output) != (two.code, two.output):
            yield Fault(Promise.ARGUMENT_ORDER, f"not the same of {paths[0].count('/')} and {len(paths)} paths")
    shutil.rmtree(project / "other")


def _of_cache(
    files: Files, project: Path, chance: random.Random, whole: tuple[str, ...], first: Ended
) -> Iterator[Fault]:
    """The same from an empty cache and a full one; then after an edit, and back again."""
    for state in ("cold", "warm"):
        if (end := commands.run(project, *whole)) != first:
            yield Fault(Promise.CACHE_STATE, f"{state}: {end.code} for {first.code}")
    name = chance.choice(sorted(files))
    data = files[name]
    (project / name).write_bytes(noise(chance, data) if chance.random() < 0.7 else b"")
    edited, fresh = commands.run(project, *whole), commands.run(project, *whole, "--no-cache")
    if edited != fresh:
        yield Fault(Promise.CACHE_STATE, f"after an edit: {edited.code} for {fresh.code}")
    (project / name).write_bytes(data)
    if commands.run(project, *whole) != first:
        yield Fault(Promise.CACHE_STATE, "after the edit is taken back")


def _of_second_fix(project: Path, command: tuple[str, ...]) -> Iterator[Fault]:
    """The same fixes again change no file."""
    before = {path: path.read_bytes() for path in project.glob("migrations/*") if path.is_file()}
    yield from _ended(command, commands.run(project, *command))
    after = {path: path.read_bytes() for path in project.glob("migrations/*") if path.is_file()}
    if after != before:
        yield Fault(Promise.FIX_ENDS, f"{command[-1]} wrote twice")


def lines_lost(before: Mapping[Path, bytes]) -> list[Fault]:
    """The files, of those with their bytes before, that lost a line while lines were added."""
    changed = {path: path.read_bytes() for path in before if path.suffix == ".sql" and path.exists()}
    return [
        Fault(Promise.SUPPRESSIONS_COVER, "another line than a suppression's was changed")
        for path, data in changed.items()
        if data != before[path] and not _is_rest(data, before[path])
    ]


def _is_rest(after: bytes, before: bytes) -> bool:
    """Whether a file is another with whole lines between its beginning and its end."""
    start = next((at for at, (a, b) in enumerate(zip(after, before, strict=False)) if a != b), len(before))
    return len(after) > len(before) and any(after.endswith(before[at:]) for at in range(max(0, start - 40), start + 1))
