"""Where text goes: standard output or a file, coloured or not."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from kmblint.errors import InputError
from kmblint.reporters.characters import fold
from kmblint.reporters.view import PAGE

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="When to colour; `auto` heeds NO_COLOR, FORCE_COLOR and what is no terminal.",
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


def width(file: Path | None = None) -> int:
    """Columns of a line: what COLUMNS says, else as many as the terminal has, else those of a page."""
    if to_terminal() and file is None:
        return shutil.get_terminal_size((PAGE, 0)).columns
    wanted = os.environ.get("COLUMNS", "")
    return int(wanted) if wanted.isdecimal() and int(wanted) else PAGE


def complain(text: str) -> None:
    """Says on standard error, each line behind the program's name; in a terminal, words stay whole."""
    for line in text.splitlines():
        said = f"kmblint: {line}"
        columns = shutil.get_terminal_size((PAGE, 0)).columns if sys.stderr.isatty() else len(said)
        click.echo("\n  ".join(fold(said, columns, rest=2)), err=True)


def write(text: str, file: Path | None = None) -> None:
    """Writes a text as UTF-8 to a file, all of it or nothing, or else to standard output.

    What UTF-8 can't hold (a file name's stray bytes) is spelt out with backslashes.
    Raises `InputError` where that fails, `BrokenPipeError` where nobody reads on.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if file is not None:
            _replace(file, data)
        elif data:
            click.echo(data.decode() if to_terminal() else data, nl=False, color=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"{f'`{file}`' if file else 'standard output'} can't be written: {error.strerror}") from error


def _replace(file: Path, data: bytes) -> None:
    """A reader finds the old content or the new one; a device or a pipe is written to as it is."""
    file = file.resolve()
    if file.exists() and not file.is_file():
        file.write_bytes(data)
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
