"""`kmblint history`: the life of a table or column, statement by statement, with who brought it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmblint.analysis.life import life
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import left_out, open_one
from kmblint.cli.options import reading_options, request_of
from kmblint.cli.output import color_option, complain, output_file_option, show, wants_color, width, write
from kmblint.errors import InputError
from kmblint.history import git
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay
from kmblint.reporters.life import as_json, as_text, now
from kmblint.reporters.paint import Paint
from kmblint.wording import did_you_mean

_HELP = """Show the life of a table or column: what made it, changed it, filled it or leant on it.

Each statement with its file and line and, in a git repository, the commit that brought the file, its day and author.
What the database doesn't take is marked so. A name that it had before counts too.

\b
Examples:
  kmblint history patients
  kmblint history patients.phone db/migrations --output-format json
"""


@click.command(name="history", short_help="Show the life of a table or column.", help=_HELP)
@click.argument("name", metavar="TABLE[.COLUMN]")
@click.argument("path", metavar="[PATH]", type=click.Path(path_type=Path), default=Path())
@reading_options
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_file_option
@color_option
@debug_option
def command(name: str, path: Path, **options: Any) -> None:
    """Finds the object, and tells its life."""
    one = open_one(request_of({**options, "paths": (path,)}))
    complain(left_out(one.history))
    history, file = one.history, options["output_file"]
    done = replay(history, one.target)
    table, column = _split(name, done)
    events = life(done, table, column)
    if not events:
        raise InputError(_unknown(name, done))
    origins = git.origins(history.root)
    if options["output_format"] == "json":
        write(as_json(name, events, history, origins), file, one.kept)
        return
    paint = Paint(color=wants_color(options["color"]) and file is None)
    lines = as_text(now(done.end, table, column), events, history, origins, paint, width=width(file))
    show("".join(f"{line}\n" for line in lines), file, one.kept)


def _split(name: str, done: Replay) -> tuple[str, str | None]:
    """Table and column of a name; a table may have a dot in its own (`public.patients`)."""
    known = {step.change.table.text for step in done.steps if step.change is not None and step.change.table}
    if name in known or "." not in name:
        return name, None
    table, _, column = name.rpartition(".")
    return table, column


def _unknown(name: str, done: Replay) -> str:
    tables = [*done.end.tables, *done.end.dropped]
    columns = [f"{table.name}.{column.name}" for table in done.end.tables.values() for column in table.columns]
    return f"no migration names `{name}`{did_you_mean(name, [*tables, *(columns if '.' in name else ())])}"
