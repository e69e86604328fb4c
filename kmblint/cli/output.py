"""Where text goes: standard output or a file, coloured or not."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from kmblint import writing
from kmblint.errors import InputError
from kmblint.reporters.characters import fold, inert, visible
from kmblint.reporters.view import PAGE

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="When to colour; `auto` heeds NO_COLOR, FORCE_COLOR and what is no terminal.",
)
output_file_option = click.option(
    "--output-file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write it there."
)


def wants_color(choice: str) -> bool:
    """Whether to colour what goes to standard output, by `--color` and the environment."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return to_terminal() and os.environ.get("TERM") != "dumb"


def to_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


_OPEN_STREAM: Final = re.compile(r"/dev/(?:std(?P<name>out|err)|fd/(?P<number>\d+))|/proc/self/fd/(?P<again>\d+)")
"""Names of what is open already, which may be a file that others write to as well."""


def width(file: Path | None = None) -> int:
    """Columns of a line: what COLUMNS says, else as many as the terminal has, else those of a page."""
    if to_terminal() and file is None:
        return terminal_width()
    wanted = os.environ.get("COLUMNS", "")
    return int(wanted) if wanted.isdecimal() and int(wanted) else PAGE


def terminal_width(fallback: int = PAGE) -> int:
    """Columns of the terminal."""
    from shutil import get_terminal_size  # which brings every kind of archive with it

    return get_terminal_size((fallback, 0)).columns


def complain(text: str) -> None:
    """Says on standard error, each line behind the program's name; in a terminal, words stay whole."""
    for line in text.splitlines():
        words = f"kmblint: {inert(visible(line))}"
        columns = terminal_width() if sys.stderr.isatty() else len(words)
        click.echo("\n  ".join(fold(words, columns, rest=2)), err=True)


def say(text: str) -> None:
    """Says on standard output what was done or is planned; in a terminal, words stay whole."""
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        columns = terminal_width() if to_terminal() else len(line)
        click.echo(f"\n{' ' * (indent + 4)}".join(fold(inert(visible(line)), columns, rest=indent + 4)))


def prefix(output_format: str) -> str:
    """The way from where the readers of a format start to the working directory: `services/billing`, or nothing.

    Annotations start at the workspace of the GitHub run, other formats at the top of the repository.
    """
    here = Path.cwd()
    workspace = os.environ.get("GITHUB_WORKSPACE", "") if output_format == "github" else ""
    roots = [Path(workspace)] if workspace else (each for each in (here, *here.parents) if (each / ".git").exists())
    root = next(iter(roots), here)
    return here.relative_to(root).as_posix() if here.is_relative_to(root) else ""


def show(text: str, file: Path | None = None, kept: Iterable[Path] = ()) -> None:
    """Writes, as `write` does, a text for people, who may read it in a CI log: no line of it is a command there."""
    write(inert(text), file, kept)


def write(text: str, file: Path | None = None, kept: Iterable[Path] = ()) -> None:
    """Writes a text as UTF-8 to a file, all of it or nothing, or else to standard output.

    What UTF-8 can't hold (a file name's stray bytes) is spelt out with backslashes. `kept` are files that no output may
    take the place of, and folders whose `.sql` files it may not. Raises `InputError` where it would or can't be
    written, `BrokenPipeError` where nobody reads on.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        stream = _open_stream(file) if file is not None else 1
        if stream is None and file is not None:
            _refuse_kept(file, kept)
            _replace(file, data)
        elif stream is not None and stream != 1:
            with open(os.dup(stream), "wb") as opened:  # noqa: PTH123 (it has no path)
                opened.write(data)
        elif data:
            click.echo(data.decode() if to_terminal() else data, nl=False, color=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        if file is None:  # the interpreter flushes it once more when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise InputError(f"{f'`{file}`' if file else 'standard output'} can't be written: {error.strerror}") from error


def _open_stream(file: Path) -> int | None:
    """The descriptor that a name stands for."""
    stream = _OPEN_STREAM.fullmatch(file.as_posix())
    if stream is None:
        return None
    return {"out": 1, "err": 2}[stream["name"]] if stream["name"] else int(stream["number"] or stream["again"])


def _refuse_kept(file: Path, kept: Iterable[Path]) -> None:
    """A report in the place of a migration would be a migration lost, by whatever link or spelling it is named."""
    from kmblint.history.names import is_migration, number_of
    from kmblint.history.state import APPLIED, LOCK

    whole = Path(os.path.realpath(file))
    looks_like_one = is_migration(whole.name) and number_of(whole.name) is not None and whole.is_file()
    is_state = whole.as_posix().endswith((LOCK, APPLIED)) and whole.exists()
    if looks_like_one or is_state or any(_keeps(path, whole) for path in kept):
        raise InputError(f"`{file}` belongs to the migrations and is never written to: name another file")


def _keeps(path: Path, file: Path) -> bool:
    if path.is_dir():
        return file.suffix.lower() == ".sql" and _same(file.parent, path)
    return _same(file, path)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths mean one file or folder; on some disks the case of letters means nothing."""
    return os.path.realpath(one) == os.path.realpath(other) or (one.exists() and other.exists() and one.samefile(other))


def _replace(file: Path, data: bytes) -> None:
    """A reader finds the old content or the new one; a device or a pipe is written to as it is."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(file.stat().st_mode):
            with file.open("wb") as stream:
                stream.write(data)
            return
    writing.replace(file, data)
