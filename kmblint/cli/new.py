"""`kmblint new`: a migration behind all others, as the runner and the guide write one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from kmblint import writing
from kmblint.access import Access, repository_of
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import Request, open_one
from kmblint.cli.options import reading_options, request_of
from kmblint.cli.output import say
from kmblint.errors import GitError, InputError, NoMigrationsError
from kmblint.history import base, git
from kmblint.history.files import History
from kmblint.history.locate import display
from kmblint.history.names import LARGEST_NUMBER, number_of
from kmblint.history.state import boundary_of
from kmblint.schema.write import quoted
from kmblint.targets.layout import MARKER, header

_HELP = """Write a new migration behind all others: NAME says what it does, the number is found.

The number is the next after those of the folder and, in a git repository, those that the default branch has taken
meanwhile. The file gets the header that the runner reads, and the marker behind which a rollback stands. Nothing is
ever overwritten.

\b
Examples:
  kmblint new add_phone_to_patients
  kmblint new "Create wards" --table wards
"""

_WORDS: Final = re.compile(r"[^a-z0-9]+")


@click.command(name="new", short_help="Write a new migration behind all others.", help=_HELP)
@click.argument("name", metavar="NAME")
@click.argument("path", metavar="[PATH]", type=click.Path(path_type=Path), default=Path())
@click.option("--table", metavar="TABLE", help="With a CREATE TABLE that has a key, and its rollback.")
@reading_options
@debug_option
def command(name: str, path: Path, table: str | None, **options: Any) -> None:
    """Writes the file."""
    request = request_of({**options, "paths": (path,)})
    description = _description(name)
    root, history = _folder(request, path)
    branch, ahead = _default_branch(root)
    taken = {number: name for name in ahead if (number := number_of(name)) is not None}
    newest = max((*history.by_number, *taken), default=0)
    if newest >= LARGEST_NUMBER:
        raise InputError(f"`{history.called}` holds number {newest}, and the runner reads none behind it")
    file = root / f"{history.digits(newest + 1)}_{description}.sql"
    like = history.migrations[-1].source.text if history.migrations else ""
    text = header(description, datetime.now(UTC), git.author(root)) + body(table)
    writing.make_folder_of(file, boundary_of(root))
    writing.create(file, writing.with_line_ends(text, like).encode(), boundary_of(root))
    say(f"wrote {display(file)}")
    if newest not in history.by_number and newest in taken:
        say(f"(`{branch}` has {taken[newest]}, which isn't here yet)")


def _description(name: str) -> str:
    """The guide's words of a file name: `Add phone` is `add_phone`."""
    stem = name.removesuffix(".sql")
    if number_of(stem) is not None:
        raise InputError(f"`{name}` begins with a number: leave it out, `kmblint new` finds the next one")
    if not stem.isascii():
        raise InputError(f"`{name}`: a file name has the letters a to z, digits and `_`")
    description = _WORDS.sub("_", stem.lower()).strip("_")
    if not description:
        raise InputError(f"`{name}` has no words to call a file by: `kmblint new add_phone_to_patients`")
    return description


def _folder(request: Request, path: Path) -> tuple[Path, History]:
    """The folder to write to and its history; where there is none yet, `migrations/` is begun."""
    try:
        history = open_one(request).history
    except NoMigrationsError:
        if any(path.glob("*.sql")):
            raise
        root = path if path.name == "migrations" or path.resolve().name == "migrations" else path / "migrations"
        if not request.follow_links and Access(inside=repository_of(path)).is_outside(root):
            raise InputError(f"`{display(root)}` lies outside of the project: nothing was written") from None
        return root, History(root, (), called=display(root))
    return history.root, history


def _default_branch(root: Path) -> tuple[str | None, tuple[str, ...]]:
    """The default branch and the files that it has in the folder; none where git knows of none."""
    if repository_of(root) is None:
        return None, ()
    try:
        name = git.default_branch(root)
        return name, base.names_at(name, root) if name else ()
    except GitError:
        return None, ()


def body(table: str | None) -> str:
    """What stands below: room for the statements, or those that make a table, and the marker of the rollback."""
    if table is None:
        return f"\n\n{MARKER}\n"
    name = quoted(table)
    return (
        f"CREATE TABLE IF NOT EXISTS {name} (\n    id BIGINT PRIMARY KEY\n);\n\n"
        f"{MARKER}\nDROP TABLE IF EXISTS {name};\n"
    )
