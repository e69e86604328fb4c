"""The command line in this process: what a command prints on a project on disk, and how it ends.

Run as `python -m tests.fuzzing.commands FOLDER`, prints a digest of each command on each project in a folder.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.lint.rulebook import Rulebook
from kmblint.reporters import FORMATS
from tests.fuzzing.inputs import Files

CHECK: Final = ("check", "--today", "2026-07-01")
DIGESTED: Final[tuple[tuple[str, ...], ...]] = (
    (*CHECK, "--no-cache", "--select", "all"),
    (*CHECK, "--no-cache", "--output-format", "json"),
    (*CHECK, "--no-cache", "--target", "guide", "--select", "all", "--output-format", "concise"),
    ("replay",),
    ("schema", "--output-format", "sql"),
    ("graph",),
)
"""What processes with other hash seeds are asked."""
READING: Final[tuple[tuple[str, ...], ...]] = (
    *((*CHECK, "--no-cache", "--output-format", name) for name in FORMATS),
    (*CHECK, "--no-cache", "--select", "all", "--all-history", "--statistics"),
    (*CHECK, "--no-cache", "--select", "all", "--applied-through", "1"),
    (*CHECK, "--no-cache", "--fix", "--unsafe-fixes", "--diff"),
    ("replay",), ("replay", "--output-format", "json"), ("replay", "--target", "guide"),
    *(("schema", "--output-format", name) for name in ("table", "sql", "json", "mermaid", "dot")),
    ("schema", "--as", "actual"), ("schema", "--at", "1"),
    *(("diff", "0", "2", "--output-format", name) for name in ("text", "json", "markdown", "sql")),
    ("history", "wards"), ("history", "patients.email", "--output-format", "json"),
    ("graph",), ("graph", "--of", "migrations", "--output-format", "dot"),
    ("lock", "--check"), ("config",), ("explain", "KMB901"), ("squash", "--through", "1"), ("renumber",),
)  # fmt: skip
"""Commands that write nothing."""
WRITING: Final[tuple[tuple[str, ...], ...]] = (
    (*CHECK, "--no-cache", "--fix"), (*CHECK, "--no-cache", "--fix", "--unsafe-fixes"),
    (*CHECK, "--no-cache", "--add-suppressions", "--reason", "it is known"),
    ("baseline",), ("baseline", "--prune"), ("lock",), ("new", "add_x"), ("squash", "--through", "2", "--yes"),
)  # fmt: skip


class Ended(msgspec.Struct, frozen=True):
    """How a command ended, and what it printed."""

    code: int
    stdout: str
    output: str
    """What it printed on standard error among it."""
    error: BaseException | None = None


def run(project: Path, *arguments: str) -> Ended:
    """A command in a project's folder."""
    with chdir(project):
        result = CliRunner().invoke(main, arguments)
    error = None if isinstance(result.exception, SystemExit) else result.exception
    return Ended(result.exit_code, result.stdout, result.output, error)


def write(files: Files, project: Path) -> None:
    """Writes the files of a project below a folder."""
    for name, data in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def keep_rulebook() -> None:
    """Reads the cards once for all commands of this process."""
    rulebook = Rulebook.load()
    Rulebook.load = classmethod(lambda _: rulebook)  # type: ignore[method-assign,assignment]


def digests(projects: Sequence[Path]) -> Iterator[str]:
    """A line a project: its name, and a digest of what each command prints."""
    for project in projects:
        ends = (run(project, *command) for command in DIGESTED)
        parts = (sha256(f"{end.code}\n{end.output}".encode("utf-8", "surrogatepass")).hexdigest()[:16] for end in ends)
        yield " ".join((project.name, *parts))


def some(chance: random.Random, commands: Sequence[tuple[str, ...]], count: int) -> list[tuple[str, ...]]:
    """Some of the commands."""
    return chance.sample(commands, min(count, len(commands)))


if __name__ == "__main__":
    keep_rulebook()
    for line in digests(sorted(Path(sys.argv[1]).iterdir())):
        print(line, flush=True)
