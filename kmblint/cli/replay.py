"""`kmblint replay`: the whole history as the database will live it, statement by statement."""

from __future__ import annotations

from typing import Any

import click

from kmblint.cli.debug import debug_option
from kmblint.cli.histories import open_histories
from kmblint.cli.options import history_options, request_of
from kmblint.cli.output import color_option, output_file_option, show, wants_color, width, write
from kmblint.replay.replayer import replay
from kmblint.replay.transcript import transcribe
from kmblint.reporters.paint import Paint, heading
from kmblint.reporters.transcript import as_json, as_text


@click.command(name="replay", short_help="Show what the database will do, statement by statement.")
@history_options
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_file_option
@color_option
@debug_option
def command(**options: Any) -> None:
    """Show the history as the database will live it: every statement with its verdict and what it changes.

    \b
    taken    it does what it says, save what stands behind a `!` below it
    no-op    taken, and nothing is left to do
    refused  the engine won't have it, and the run stops
    skipped  the runner doesn't send it
    cut      the runner sends it in pieces

    PATHS are migrations folders, project folders or single files; without one, the working directory. The whole folder
    of a single file is replayed, and only the file's own statements are shown.

    Ends with 0 whatever the database makes of the statements.
    """
    transcripts = []
    opened = open_histories(request_of(options))
    kept = [path for one in opened for path in one.kept]
    for one in opened:
        target = one.target
        told = transcribe(replay(one.history, target, actual=True), target.capabilities)
        transcripts.append(told.only(one.shown))
    if options["output_format"] == "json":
        write(as_json(transcripts), options["output_file"], kept)
        return
    to_file = options["output_file"] is not None
    paint = Paint(color=wants_color(options["color"]) and not to_file)
    columns = width(options["output_file"])
    lines: list[str] = []
    for one, transcript in zip(opened, transcripts, strict=True):
        lines += [heading(one.history.called, paint), ""] if len(opened) > 1 else []
        lines += [*as_text(transcript, paint, columns), *([""] if one is not opened[-1] else [])]
    show("".join(f"{line}\n" for line in lines), options["output_file"], kept)
