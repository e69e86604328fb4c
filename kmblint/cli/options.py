"""The options that every command on histories shares, and the request that they make."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from kmblint.access import LARGEST
from kmblint.cli.completion import complete_rules
from kmblint.cli.histories import Request
from kmblint.errors import InputError
from kmblint.history.names import number_of
from kmblint.targets import NAMES

Command = TypeVar("Command", bound=Callable[..., Any])

_STANDARD_INPUT: Final = Path("-")


def migration_number(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """The number of a migration from `4`, `0004`, or a file name."""
    number = None if value is None else number_of(Path(value).name)
    if value is not None and number is None:
        raise click.BadParameter(f"`{value}` has no number; write `4`, `0004` or the name of a file.", ctx, param)
    return number


def day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """A date as ISO 8601 writes it."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise click.BadParameter(f"`{value}` is no date; write it as `2026-12-31`.", ctx, param) from error


def _names(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a repeatable option, each value with commas between them."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def rules_option(option: str, *, help: str) -> Callable[[Command], Command]:  # noqa: A002 (click's word)
    """A repeatable option that names rules."""
    return click.option(
        option, metavar="RULES", callback=_names, multiple=True, help=help, shell_complete=complete_rules
    )


def view_option(help: str) -> Callable[[Command], Command]:  # noqa: A002 (click's word)
    """Which schema is meant: the one that was written, or what the database makes of it."""
    choice = click.Choice(["intended", "actual"])
    return click.option("--as", "view", type=choice, default="intended", show_default=True, help=help)


_PATHS: Final = click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
_APPLIED: Final = (
    click.option(
        "--applied-through",
        metavar="ID",
        callback=migration_number,
        help="Files up to this one are applied: frozen, and done.",
    ),
    click.option("--since", metavar="REV", help="The files of this git revision are applied."),
)
_STATE: Final = (
    *_APPLIED,
    click.option(
        "--staged",
        is_flag=True,
        help="Read what git has staged; what the default branch (or --since) has is applied.",
    ),
    click.option(
        "--stdin-filename",
        metavar="PATH",
        type=click.Path(path_type=Path),
        help="The file whose text `-` reads from standard input.",
    ),
)
_TARGET: Final = click.option("--target", type=click.Choice(NAMES), help="Whose word counts.  [default: kimberlite]")
_READING: Final = (
    click.option("--max-file-size", metavar="SIZE", help="Read no larger file.  [default: 20 MB]"),
    click.option("--max-statements", metavar="NUMBER", help="Read no longer history.  [default: 100,000]"),
    click.option("--follow-links", is_flag=True, help="Follow links that lead out of the project too."),
    click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="Use this configuration file."),
    click.option("--isolated", is_flag=True, help="Use no configuration file."),
)


def history_options(command: Command) -> Command:
    """Adds PATHS and the options that say which histories are meant and how."""
    return _with(command, _PATHS, _TARGET, *_STATE, *_READING)


def applied_options(command: Command) -> Command:
    """Adds those that say what is applied, for commands that have words of their own for which histories."""
    return _with(command, *_APPLIED)


def reading_options(command: Command) -> Command:
    """Adds the options that say how a folder is read, for commands that have words of their own for which."""
    return _with(command, _TARGET, *_READING)


def _with(command: Command, *options: Callable[[Command], Command]) -> Command:
    return reduce(lambda wrapped, option: option(wrapped), reversed(options), command)


def request_of(options: Mapping[str, Any], overrides: Mapping[str, object] | None = None) -> Request:
    """The request of the parsed options; `overrides` adds configuration keys, those with None or () left out.

    Raises a usage error where options contradict each other, InputError where standard input is no text.
    """
    if options["config"] and options["isolated"]:
        raise click.UsageError("--config and --isolated exclude each other.")
    given = {
        "target.name": options["target"],
        "history.applied": options.get("applied_through"),
        "max-file-size": options["max_file_size"],
        "max-statements": options["max_statements"],
        **(overrides or {}),
    }
    paths, unsaved, text = _paths(options["paths"], options.get("stdin_filename"))
    return Request(
        paths=paths,
        unsaved=unsaved,
        text=text,
        overrides={key: value for key, value in given.items() if value not in (None, ())},
        config_file=options["config"],
        isolated=options["isolated"],
        since=options.get("since"),
        staged=options.get("staged", False),
        follow_links=options["follow_links"],
    )


def _paths(paths: tuple[Path, ...], stdin_filename: Path | None) -> tuple[tuple[Path, ...], Path | None, str]:
    """The paths on disk, and the file and text of standard input where `-` is among them."""
    if _STANDARD_INPUT not in paths:
        if stdin_filename:
            raise click.UsageError("--stdin-filename needs the path `-`.")
        return paths, None, ""
    if not stdin_filename or paths != (_STANDARD_INPUT,):
        raise click.UsageError("`-` stands alone and needs --stdin-filename.")
    try:
        data = sys.stdin.buffer.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"standard input can't be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise InputError(f"standard input is longer than the {LARGEST:,} bytes that kmblint reads of it")
    try:
        return (), stdin_filename, data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"standard input is not UTF-8: byte 0x{data[error.start]:02X} at {error.start}") from error
