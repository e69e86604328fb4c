"""`--debug`: whether a failure of our own shows its traceback."""

from __future__ import annotations

import click

_KEY = "kmblint.debug"


def _remember(ctx: click.Context, _option: click.Parameter, value: bool) -> bool:
    # `meta` is the one place that a group shares with its commands.
    ctx.meta[_KEY] = value
    return value


debug_option = click.option(
    "--debug",
    is_flag=True,
    callback=_remember,
    is_eager=True,
    expose_value=False,
    help="Show the traceback where kmblint itself fails.",
)


def wants_traceback(ctx: click.Context) -> bool:
    """Whether the command was called with `--debug`."""
    return bool(ctx.meta.get(_KEY))
