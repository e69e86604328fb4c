"""`kmblint schema`: the schema that the migrations make, at the end or behind any of them."""

from __future__ import annotations

from typing import Any

import click

from kmblint.cli.debug import debug_option
from kmblint.cli.histories import left_out, open_one, until
from kmblint.cli.options import history_options, migration_number, request_of, view_option
from kmblint.cli.output import complain, output_file_option, show, width, write
from kmblint.replay.keeping import kept_by
from kmblint.replay.replayer import replay
from kmblint.reporters.catalog import RENDERERS, as_table


@click.command(name="schema", short_help="Show the schema that the migrations make.")
@history_options
@click.option("--at", metavar="ID", callback=migration_number, help="Behind this migration.  [default: the last]")
@view_option("What was written, or what the database keeps of it: without what it refuses, skips or throws away.")
@click.option("--output-format", type=click.Choice(tuple(RENDERERS)), default="table", show_default=True)
@output_file_option
@debug_option
def command(**options: Any) -> None:
    """Show the schema that the migrations make, at the end or behind any of them.

    PATHS are a migrations folder, a project folder or files of one folder; without one, the working directory.
    """
    one = open_one(request_of(options))
    complain(left_out(one.history))
    target = one.target
    actual, number = options["view"] == "actual", options["at"]
    history = one.history if number is None else until(one.history, number, f"--at {number:04}")
    done = replay(history, target, actual=actual)
    catalog, kept = done.end, kept_by(target, done, actual=actual)
    file, kind = options["output_file"], options["output_format"]
    text = as_table(catalog, kept, width(file)) if kind == "table" else RENDERERS[kind](catalog, kept)
    (write if kind in ("sql", "json") else show)(text, file, one.kept)
