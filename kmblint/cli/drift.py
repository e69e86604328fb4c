"""`kmblint drift`: compares a live database with the migrations that are applied, without changing anything."""

from __future__ import annotations

from typing import Any

import click

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
from kmblint.cli.histories import open_one
from kmblint.cli.options import history_options, request_of
from kmblint.cli.output import color_option, complain, output_file_option, show, wants_color, width, write
from kmblint.errors import ExitCode, InputError
from kmblint.live.client import connect
from kmblint.live.drift import compare, fix_database, fix_history
from kmblint.live.readback import read, release_of
from kmblint.reporters.drift import as_json, as_migration, as_text
from kmblint.reporters.paint import Paint


@click.command(name="drift", short_help="Compare a live database with the migrations, without changing it.")
@history_options
@click.option("--server", metavar="HOST:PORT", callback=address, required=True, help="The server to look at.")
@tenant_option
@token_option
@click.option("--fix-history", is_flag=True, help="Print the migration that states what was done by hand.")
@click.option("--fix-database", is_flag=True, help="Print the statements that undo it in the database.")
@timeout_option
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_file_option
@color_option
@debug_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Compare a live database with the migrations that are applied, all of them where nothing is said.

    Tables, columns and their order, types, NOT NULL, classifications, masking policies and the columns that they are on
    are compared; what the server doesn't show (keys and indexes, in release 0.9.1) is named and never called equal.
    Nothing is sent but SHOW statements and the client's calls for the release and the policies.

    Ends with 0 where nothing differs, 1 where something does.
    """
    if options["fix_history"] and options["fix_database"]:
        raise click.UsageError("--fix-history and --fix-database go opposite ways: give one.")
    server, tenant = wants_server(options)
    token = token_of(options["token_env"])
    one = open_one(request_of(options), "a database has one history")
    connection = connect(server, tenant, token, options["timeout"], reads_only=True)
    called = f"tenant {tenant} of {server}"
    try:
        with explained(called, token):
            release = release_of(connection)
            live = read(connection)
    finally:
        connection.close()
    target, facts, warning = target_of(one.config, release)
    if warning:
        complain(warning)
    drift = compare(one.history, target, live, server=called, release=release, facts=facts)
    if options["fix_history"] or options["fix_database"]:
        for_history = options["fix_history"]
        if drift.is_empty:
            raise InputError(f"{called} holds no table at all: there is nothing to bring the one to the other by")
        follow_up = fix_history(drift) if for_history else fix_database(drift)
        file = one.history.next_file("state_manual_changes") if for_history else None
        write(as_migration(drift, follow_up, file), options["output_file"], one.kept)
    elif options["output_format"] == "json":
        write(as_json(drift), options["output_file"], one.kept)
    else:
        paint = Paint(wants_color(options["color"]) and options["output_file"] is None)
        show(as_text(drift, paint, width(options["output_file"])), options["output_file"], one.kept)
    ctx.exit(ExitCode.FINDINGS if drift.differences else ExitCode.CLEAN)
