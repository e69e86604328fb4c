"""`kmblint rehearse`: plays the history on a real engine, statement by statement beside our prediction."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from kmblint.access import ANYWHERE
from kmblint.cli.debug import debug_option
from kmblint.cli.engines import (
    address,
    explained,
    target_of,
    tenant_option,
    timeout_option,
    token_of,
    token_option,
    wants_server,
)
from kmblint.cli.histories import Opened, open_histories, open_one
from kmblint.cli.options import history_options, request_of
from kmblint.cli.output import color_option, complain, output_file_option, show, wants_color, width, write
from kmblint.errors import ExitCode, InputError
from kmblint.history import decode
from kmblint.history.files import History
from kmblint.history.names import number_of
from kmblint.live.client import Connection, connect
from kmblint.live.harness import Harness
from kmblint.live.readback import other_tenants, read, release_of
from kmblint.live.rehearsal import Rehearsal, Wanted, rehearse
from kmblint.live.sendings import Part, parts_of, whole
from kmblint.live.stage import Scratch, Stage, ThrowAway
from kmblint.replay.transcript import obstacle_of
from kmblint.reporters.paint import Paint
from kmblint.reporters.rehearsal import as_json, as_markdown, as_text
from kmblint.wording import listed

_RUNNER_TENANT = 1
"""The runner sends to this one."""


@click.command(name="rehearse", short_help="Play the history on a real, throw-away engine and compare.")
@history_options
@click.option("--memory", is_flag=True, help="Keep the throw-away engine's data in memory, not on disk.")
@click.option(
    "--server", metavar="HOST:PORT", callback=address, help="Play on this server; needs --tenant and --scratch."
)
@tenant_option
@click.option("--scratch", is_flag=True, help="The server's tenant is there to be filled: it must be empty.")
@token_option
@click.option(
    "--data",
    metavar="[ID:]FILE.sql",
    multiple=True,
    help="Send this file's statements behind migration ID, so that later ones meet rows.  [default: the last applied]",
)
@click.option("--keep-going", is_flag=True, help="Go on behind a stop, as if the statement hadn't been there.")
@click.option("--run-dangerous", is_flag=True, help="Send also what is known to end the server.")
@timeout_option
@click.option("--output-format", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@output_file_option
@color_option
@debug_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Play the whole history on a real engine as the runner would, and compare with what kmblint predicts.

    The engine is Kimberlite's own test harness, started for this and thrown away with all its data: on PATH, or named
    by KIMBERLITE_TEST_HARNESS_BIN. What differs is shown with what was predicted, what was seen, and which facts of the
    release the prediction rests on.

    Ends with 0 where all went as predicted and to the end, 1 where something differs, is held back or stops the run.
    """
    scratch = options["server"] is not None
    if scratch and not options["scratch"]:
        raise click.UsageError("rehearse writes to the server: say with --scratch that its tenant is there for that.")
    if not scratch and (options["tenant"] is not None or options["scratch"] or options["token_env"]):
        raise click.UsageError("--tenant, --scratch and --token-env are for a --server.")
    if scratch and options["memory"]:
        raise click.UsageError("--memory is for a throw-away engine, and --server names another.")
    request = request_of(options)
    opened = [open_one(request, "a scratch server takes one history")] if scratch else open_histories(request)
    data = [_data(value, opened) for value in options["data"]]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    rehearsals: list[Rehearsal] = []
    try:
        for one in opened:
            with _stage(options) as (stage, where):
                release = stage.ask(release_of)
                target, facts, warning = target_of(one.config, release)
                if warning:
                    complain(warning)
                wanted = Wanted(options["run_dangerous"], options["keep_going"])
                files, lost = rehearse(parts_of(one.history, _behind(data, one.history)), target, stage, wanted)
                obstacle = obstacle_of(one.history)
                rehearsals.append(
                    Rehearsal(one.history.called, release, facts, where, files, obstacle, stage.restarts, lost)
                )
    except KeyboardInterrupt:
        left = "what was sent stays on the server" if scratch else "the engine is stopped and its data is gone"
        complain(f"interrupted: {left}")
        raise
    kept = [path for one in opened for path in one.kept]
    to_file = options["output_file"] is not None
    if options["output_format"] == "json":
        write(as_json(rehearsals), options["output_file"], kept)
    elif options["output_format"] == "markdown":
        show(as_markdown(rehearsals), options["output_file"], kept)
    else:
        paint = Paint(wants_color(options["color"]) and not to_file)
        show(as_text(rehearsals, paint, width(options["output_file"])), options["output_file"], kept)
    ctx.exit(ExitCode.CLEAN if all(each.is_clean for each in rehearsals) else ExitCode.FINDINGS)


@contextmanager
def _stage(options: dict[str, Any]) -> Iterator[tuple[Stage, str]]:
    """Where it is played, and how that is called; what is ours of it is gone at the end."""
    if options["server"] is None:
        memory, patience = options["memory"], options["timeout"]
        engine = ThrowAway(lambda: Harness(tenant=_RUNNER_TENANT, memory=memory, patience=patience))
        try:
            yield engine, f"a throw-away engine {'in memory' if memory else 'on disk'}"
        finally:
            engine.stop()
        return
    server, tenant = wants_server(options)
    called = f"tenant {tenant} of {server}"
    token = token_of(options["token_env"])
    connection = connect(server, tenant, token, options["timeout"])
    try:
        with explained(called, token):
            _refuse_filled(connection, called)
        yield Scratch(connection, called), called
    finally:
        connection.close()


def _refuse_filled(connection: Connection, called: str) -> None:
    """Raises InputError where a scratch tenant holds something, or its server is known to hold another's tables."""
    there = read(connection, only=())
    held = [f"table `{name}`" for name in there.tables] + [f"masking policy `{name}`" for name in there.policies or ()]
    if held:
        more = f" and {len(held) - 5} more" if len(held) > 5 else ""
        raise InputError(
            f"{called} isn't empty, and rehearse needs a scratch one: it holds {', '.join(held[:5])}{more}"
        )
    others = other_tenants(connection)
    if others:
        raise InputError(
            f"{called} has neighbours ({listed(f'tenant {each}' for each in others)}), and all tenants of a server of "
            "release 0.9.1 share classifications, masks and roles: a rehearsal would change theirs; take another server"
        )


def _data(value: str, opened: list[Opened]) -> tuple[int, Part]:
    """The migration behind which a file of rows is sent, and the file; raises a usage error or InputError."""
    match = re.fullmatch(r"(?:(?P<id>\d+):)?(?P<file>.+)", value, re.DOTALL)
    assert match is not None or not value
    path = Path(match["file"] if match else "")
    number = number_of(f"{match['id']}_") if match and match["id"] else None
    numbers = {each.number for one in opened for each in one.history.replayed}
    if number is None:
        applied = [one.history.applied_through for one in opened if one.history.applied_through is not None]
        if not applied:
            raise click.UsageError(f"--data {value}: behind which migration? Write `--data 0003:{path}`.")
        number = max(applied)
    elif number not in numbers:
        raise InputError(f"--data {value}: no migration is numbered {number:04}")
    return number, whole(path.name, path, _text(path))


def _text(path: Path) -> str:
    text, trouble = decode.read(path, ANYWHERE)
    if text is None or trouble is not None:
        why = trouble.reason if trouble is not None else "it can't be read"
        raise InputError(f"--data: `{path}` can't be used: {why}")
    return text


def _behind(data: list[tuple[int, Part]], history: History) -> dict[str, list[Part]]:
    """The files of rows by the migration that they follow; of two of one number, the last."""
    behind: dict[str, list[Part]] = {}
    for number, part in data:
        files = [each.file for each in history.replayed if each.number is not None and each.number <= number]
        if files:
            behind.setdefault(files[-1], []).append(part)
    return behind
