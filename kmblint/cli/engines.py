"""What the commands that meet a real Kimberlite share: how a server is named, and whose facts are held against it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from kmblint import targets
from kmblint.config.configuration import Config
from kmblint.errors import InputError
from kmblint.live.client import PATIENCE, Address, DeniedError, RefusedError, ServerGoneError
from kmblint.targets import AUTO, ENGINES, Target

tenant_option = click.option(
    "--tenant",
    metavar="N",
    type=click.IntRange(0, 2**64 - 1),
    help="The tenant of the server; the runner sends to tenant 1.",
)
token_option = click.option(
    "--token-env",
    metavar="NAME",
    help="The environment variable that holds the server's token; a token is never an argument.",
)
timeout_option = click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, max=PATIENCE, min_open=True),
    default=PATIENCE,
    show_default=True,
    help="How long the server may take for an answer; its client waits no longer.",
)


def address(ctx: click.Context, param: click.Parameter, value: str | None) -> Address | None:
    """The address of `HOST:PORT`."""
    try:
        return None if value is None else Address.parse(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", ctx, param) from error


def token_of(name: str | None) -> str | None:
    """The token that a variable holds; raises InputError where it holds none."""
    if name is None:
        return None
    token = os.environ.get(name, "")
    if not token:
        # Who writes the token itself here must not read it in a log.
        shown = f"`{name}`" if name.isidentifier() and name.upper() == name else "of that name"
        raise InputError(f"--token-env: the environment variable {shown} is not set")
    return token


def target_of(config: Config, release: str) -> tuple[Target, str, str]:
    """The target whose facts are held against a server's release, the release of those facts, and a warning.

    Raises InputError for a target that has no engine.
    """
    if config.target.value != "kimberlite":
        raise InputError(f"target `{config.target.value}` has no engine; --target kimberlite has one")
    wanted = config.engine.value
    facts = (release if release in ENGINES else ENGINES[-1]) if wanted == AUTO else wanted
    warning = ""
    if release not in ENGINES:
        warning = f"the server is release {release}, of which nothing is known here: the facts are those of {facts}"
    elif release != facts:
        warning = f"the server is release {release}, and {config.engine.origin} asks for the facts of {facts}"
    return targets.get("kimberlite", engine=facts), facts, warning


@contextmanager
def explained(called: str, token: str | None) -> Iterator[None]:
    """Raises InputError for what a server that was reached won't answer, with what to do."""
    try:
        yield
    except DeniedError as error:
        why = "it needs a token: --token-env NAME" if token is None else "the token isn't one for this tenant"
        raise InputError(f"{called} doesn't answer: {why}") from error
    except RefusedError as error:
        role = "" if token is None else " (release 0.9.1 refuses SHOW to the role User: take Admin, Analyst or Auditor)"
        raise InputError(f"{called} doesn't tell what it holds: {error}{role}") from error
    except ServerGoneError as error:
        raise InputError(f"{called}: {error}") from error


def wants_server(options: dict[str, Any]) -> tuple[Address, int]:
    """The server and the tenant that are named; raises a usage error where one is missing."""
    if options["server"] is None or options["tenant"] is None:
        raise click.UsageError("a server is named with both --server HOST:PORT and --tenant N.")
    return options["server"], options["tenant"]
