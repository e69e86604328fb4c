"""Every command that shows or writes something, with each of its formats, and a repository where all reach their end.

What must hold of any output is asked of each: `test_secrets_unsaid.py`, `test_inert.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click
import pytest

from kmblint.cli import main
from kmblint.reporters import FORMATS
from tests.cli.branches import Repo

_CHECK: Final = ("check", "--no-cache", "--select", "all")
COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    *((*_CHECK, "--output-format", each) for each in FORMATS),
    (*_CHECK, "--statistics"),
    (*_CHECK, "--all-history", "--since", "main", "--verbose"),
    (*_CHECK, "--fix", "--unsafe-fixes"),
    (*_CHECK, "--add-suppressions", "--reason", "it is known"),
    ("baseline",),
    *(("replay", "--output-format", each) for each in ("text", "json")),
    *(("schema", "--output-format", each) for each in ("table", "sql", "json", "mermaid", "dot")),
    ("schema", "--as", "actual", "--output-format", "table"),
    *(("diff", "0", "--output-format", each) for each in ("text", "json", "markdown", "sql")),
    *(("history", "accounts.password", "--output-format", each) for each in ("text", "json")),
    *(("history", "accounts", "--output-format", each) for each in ("text", "json")),
    *(("graph", "--output-format", each) for each in ("text", "mermaid", "dot")),
    *(("graph", "--of", "migrations", "--output-format", each) for each in ("text", "mermaid", "dot")),
    ("new", "add_note", "--table", "notes"),
    ("renumber",),
    ("renumber", "--yes"),
    ("squash", "--through", "0001"),
    ("squash", "--through", "0001", "--yes"),
    ("squash", "--through", "0003"),
    ("lock",),
    ("lock", "--check"),
    ("explain", "KMB610"),
    *(("rules", "--output-format", each) for each in ("text", "json", "markdown")),
    ("config",),
    ("cache", "dir"),
    ("cache", "clean"),
)
"""On the branch `work` of a `repository`."""
SERVER: Final = ("--server", "127.0.0.1:1", "--tenant", "1")
LIVE: Final[tuple[tuple[str, ...], ...]] = (
    *(
        ("rehearse", *SERVER, "--scratch", "--keep-going", "--run-dangerous", "--output-format", each)
        for each in ("text", "json", "markdown")
    ),
    *(("drift", *SERVER, "--output-format", each) for each in ("text", "json")),
    ("drift", *SERVER, "--fix-history"),
    ("drift", *SERVER, "--fix-database"),
)
"""What speaks with a server; there with one that repeats what it is sent."""
ENDS: Final[Mapping[tuple[str, ...], str]] = {
    ("squash", "--through", "0001"): "nothing is written yet",
    ("squash", "--through", "0001", "--yes"): "wrote baseline.sql, removed 1 file",
    ("squash", "--through", "0003"): "no baseline stands for these migrations",
    ("renumber",): "nothing is written yet",
    ("renumber", "--yes"): "renamed 1 file",
    ("baseline",): "kmblint-baseline.jsonl",
    ("lock",): "wrote .kimberlite/migrations/.lock",
    ("lock", "--check"): "isn't what the files say",
    ("new", "add_note", "--table", "notes"): "which isn't here yet",
}
"""What a command says that did all it is listed for."""
EXEMPT: Final[Mapping[tuple[str, ...], str]] = {
    ("server",): "it answers an editor and no terminal; both tests ask what it answers",
}
"""Commands that aren't listed, and why."""


def repository(root: Path, files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Repo:
    """Migrations, by name, and other files by their path: the branch `work` alone has the last, `main` two others."""
    repo = Repo(root, monkeypatch)
    *first, last = files
    for name in first:
        repo.write(name, files[name])
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "Begin")
    repo.branch("work")
    repo.write(last, files[last])
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "Work")
    repo.switch("main")
    for number in (int(last[:4]), int(last[:4]) + 1):
        repo.write(f"{number:04}_{last[5:-4]}_too.sql", f"CREATE TABLE other_{number} (id BIGINT PRIMARY KEY);\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "Go on")
    repo.switch("work")
    return repo


def ids(command: tuple[str, ...]) -> str:
    """A command as the name of its test."""
    return " ".join(part for part in command if part not in SERVER)


def leaves(group: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command of the program that isn't a group, by its words."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from leaves(command, (*path, name))
