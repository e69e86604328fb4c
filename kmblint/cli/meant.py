"""What a command or an option that there isn't was probably meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from kmblint.wording import nearest

_FIXING: Final = "`kmblint check --fix` applies fixes, and `kmblint check --diff` shows what it would write."
_COMMANDS: Final = {
    "lint": "Did you mean `kmblint check`?",
    "fix": _FIXING,
    "format": "kmblint lays no SQL out; `kmblint check` says what is wrong with it.",
    "help": "Did you mean `kmblint --help`?",
    "version": "Did you mean `kmblint --version`?",
    **dict.fromkeys(("add", "create", "generate", "make"), "Did you mean `kmblint new`?"),
    **dict.fromkeys(("blame", "log", "show"), "Did you mean `kmblint history`?"),
    "compare": "Did you mean `kmblint diff`?",
    "rebase": "Did you mean `kmblint renumber`?",
}
_OPTIONS: Final = {
    "--write": _FIXING,
    "--format": "Did you mean `--output-format`?",
    "--disable": "Did you mean `--ignore`?",
    "--exclude": "`[per-file-ignores]` of the configuration says which rules leave a file alone.",
    "--no-color": "Did you mean `--color never`?",
    "--version": "Did you mean `kmblint --version`?",
}
"""What people bring along from other tools, and what there is instead."""


def no_such_command(
    name: str, commands: Sequence[str], arguments: Sequence[str], ctx: click.Context
) -> click.UsageError:
    """The error for a command that there isn't: `arguments` are what stands behind it."""
    near = nearest(name, commands)
    if near is None and name.lower() not in _COMMANDS and Path(name).exists():
        behind = " ".join((name, *arguments))
        return click.UsageError(f"There is no command `{name}`. Did you mean `kmblint check {behind}`?", ctx)
    if near is None and name.upper().startswith("KMB"):
        return click.UsageError(f"There is no command `{name}`. Did you mean `kmblint explain {name}`?", ctx)
    return click.UsageError(_said(f"There is no command `{name}`.", _COMMANDS.get(name.lower()), near), ctx)


def no_such_option(error: click.NoSuchOption) -> click.UsageError:
    """The error for an option that there isn't."""
    known = [option for param in error.ctx.command.params for option in param.opts] if error.ctx else []
    near = nearest(error.option_name, [option for option in known if option.startswith("--")])
    instead = _OPTIONS.get(error.option_name)
    return click.UsageError(_said(f"There is no option `{error.option_name}`.", instead, near), error.ctx)


def _said(what: str, instead: str | None, near: str | None) -> str:
    hint = instead or (f"Did you mean `{near}`?" if near else "")
    return f"{what} {hint}".rstrip()
