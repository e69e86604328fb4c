"""`kmblint schema`: the schema that the migrations make, at the end or behind any of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from kmblint import targets
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import open_histories
from kmblint.cli.options import history_options, migration_number, request_of
from kmblint.cli.output import width, write
from kmblint.errors import InputError
from kmblint.history.files import History
from kmblint.replay.replayer import replay
from kmblint.reporters.catalog import RENDERERS, as_table
from kmblint.schema.kept import Kept


@click.command(name="schema", short_help="Show the schema that the migrations make.")
@history_options
@click.option("--at", metavar="ID", callback=migration_number, help="Behind this migration.  [default: the last]")
@click.option(
    "--as",
    "view",
    type=click.Choice(["intended", "actual"]),
    default="intended",
    show_default=True,
    help="What was written, or what the database keeps of it: without what it refuses, skips or throws away.",
)
@click.option("--output-format", type=click.Choice(tuple(RENDERERS)), default="table", show_default=True)
@click.option("--output-file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@debug_option
def command(**options: Any) -> None:
    """Show the schema that the migrations make, at the end or behind any of them.

    PATHS are a migrations folder, a project folder or files of one folder; without one, the working directory.
    """
    opened = open_histories(request_of(options))
    if len(opened) > 1:
        roots = ", ".join(f"`{one.history.called}`" for one in opened)
        raise InputError(f"a schema is that of one migrations folder: name one of {roots}")
    (one,) = opened
    target = targets.get(one.config.target.value, engine=one.config.engine.value)
    actual = options["view"] == "actual"
    history = one.history if options["at"] is None else _until(one.history, options["at"])
    kept = Kept(
        target.stored_type,
        constraints=target.capabilities.keeps_declarations,
        text=lambda place: history.sources[place.file].slice(place.span),
        actual=actual,
    )
    catalog = replay(history, target, actual=actual).end
    file, kind = options["output_file"], options["output_format"]
    write(as_table(catalog, kept, width(file)) if kind == "table" else RENDERERS[kind](catalog, kept), file, one.kept)


def _until(history: History, number: int) -> History:
    numbers = [migration.number for migration in history.migrations if migration.number is not None]
    if number not in numbers:
        known = f"the folder has {min(numbers):04} to {max(numbers):04}" if numbers else "the folder has none"
        raise InputError(f"--at {number:04}: no migration has that number; {known}")
    kept = tuple(m for m in history.migrations if m.number is not None and m.number <= number)
    return replace(history, migrations=kept)
