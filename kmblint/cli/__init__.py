"""The command line: arguments in, calls, text out, exit code. One module a command, imported when it is asked for."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module
from typing import Any, Final

import click

from kmblint import __version__
from kmblint.cli.debug import wants_traceback
from kmblint.errors import ISSUES, ExitCode, KmblintError

_COMMANDS: Final = (
    "check", "baseline", "replay", "schema", "diff", "history", "graph", "rehearse", "drift",
    "new", "renumber", "squash", "lock", "explain", "rules", "config",
    "server", "cache",
)  # fmt: skip
_INTERRUPTED: Final = 130
_PIPE_CLOSED: Final = 141
"""As a shell reports a program that SIGINT or SIGPIPE ended."""


class Program(click.Group):
    """Finds its commands by the names of their modules, and ends every trouble in one line and an exit code."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Runs the program."""
        # A run builds one history and ends; looking for cycles in it would take a fifth of the time and find none.
        gc.disable()
        _hold_streams()
        atexit.register(gc.freeze)  # the interpreter looks for them once more when it ends
        return super().main(*args, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """In the order in which a newcomer needs them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """The `command` of the module of that name."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"kmblint.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first argument; raises a usage error that says what was probably meant."""
        if args[0] not in _COMMANDS and not args[0].startswith("-"):
            from kmblint.cli.meant import no_such_command

            raise no_such_command(args[0], _COMMANDS, args[1:], ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The program's own options."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _spelt(_meant(error)) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; no exception but click's own leaves it."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            raise _spelt(_meant(error)) from error
        except click.ClickException as error:
            raise _spelt(error) from error.__cause__
        except click.exceptions.Exit:
            raise
        except (click.Abort, KeyboardInterrupt):
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:
            # The interpreter flushes standard output once more when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(_PIPE_CLOSED)
        except KmblintError as error:
            from kmblint.cli.output import complain

            complain(str(error))
            ctx.exit(ExitCode.SETUP)
        except Exception as error:
            if not _has_directory():
                from kmblint.cli.output import complain

                complain("the working directory is gone: change to one that is there")
                ctx.exit(ExitCode.SETUP)
            if wants_traceback(ctx):
                import traceback

                click.echo(traceback.format_exc(), err=True)
            if isinstance(error, OSError) and error.strerror:  # a name that is too long, a folder that may not be read
                from kmblint.cli.output import complain

                complain(f"`{os.fsdecode(error.filename)}`: {error.strerror}" if error.filename else error.strerror)
                ctx.exit(ExitCode.SETUP)
            click.echo(_crash(error), err=True)
            ctx.exit(ExitCode.INTERNAL)


def _hold_streams() -> None:
    """Puts something in the place of each standard stream that is closed: reading or writing it then fails.

    Otherwise the next file that is opened would get its number, and be written to.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            held = os.open(os.devnull, os.O_RDONLY if name == "stdout" else os.O_WRONLY)
            if held == number:
                setattr(sys, name, os.fdopen(held, "r" if name == "stdin" else "w", closefd=False))


def _has_directory() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 -- which says only whether there is one
    except OSError:
        return False
    return True


def _meant(error: click.NoSuchOption) -> click.UsageError:
    from kmblint.cli.meant import no_such_option

    return no_such_option(error)


def _spelt(error: click.ClickException) -> click.ClickException:
    """The error with control characters spelt out: an argument may be the name of a file that somebody else chose."""
    from kmblint.reporters.characters import inert, visible

    message = "\n".join(inert(visible(line)) for line in error.format_message().split("\n"))
    return (
        click.UsageError(message, error.ctx) if isinstance(error, click.UsageError) else click.ClickException(message)
    )


def _crash(error: Exception) -> str:
    return (
        f"kmblint: this is a bug in kmblint {__version__}, not in your migrations: "
        f"{type(error).__name__}: {error}\n"
        f"Please report it at {ISSUES}, with what `--debug` adds to this and, if you can, the files."
    )


@click.command(
    cls=Program,
    name="kmblint",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Replay Kimberlite migrations and say what is wrong with them before the database does.",
)
@click.version_option(__version__, message="kmblint %(version)s")
def main() -> None:
    """The entry of the program."""
