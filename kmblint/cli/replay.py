"""`kmblint replay`: the whole history as the database will live it, statement by statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import click

from kmblint.cli.debug import debug_option
from kmblint.cli.histories import open_histories
from kmblint.cli.options import history_options, request_of
from kmblint.cli.output import color_option, output_file_option, wants_color, width, write
from kmblint.replay.replayer import replay
from kmblint.replay.transcript import Ending, Entry, Transcript, as_json, transcribe
from kmblint.reporters.characters import clip, visible
from kmblint.reporters.paint import NARROWEST, Paint, heading, wrapped
from kmblint.targets.verdict import Verdict
from kmblint.wording import counted

_INDENT: Final = 18
"""What stands before a statement: its line and its verdict."""
_STYLES: Final = {Verdict.TAKEN: "help", Verdict.NO_OP: "faint"}
"""Any other verdict is an error."""


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
    write("".join(f"{line}\n" for line in lines), options["output_file"], kept)


def as_text(transcript: Transcript, paint: Paint, width: int) -> Iterator[str]:
    """The transcript to read: a block a file, a line a statement, and under it what isn't as it looks."""
    if transcript.obstacle:
        yield from wrapped(transcript.obstacle, "error", paint, width)
        yield ""
    by_file: dict[str, list[Entry]] = {}
    for entry in transcript.entries:
        by_file.setdefault(entry.migration.file, []).append(entry)
    told = False
    for ending in transcript.endings:
        if not ending.reached and not told:
            told = True
            yield from wrapped(_not_reached(transcript), "error", paint, width)
            yield ""
        yield from _file(ending, by_file.get(ending.migration.file, []), paint, width)
        yield ""
    for line in _summary(transcript):
        yield from wrapped(line, "strong", paint, width)


def _not_reached(transcript: Transcript) -> str:
    """That what follows is not reached; an earlier file that isn't shown is named."""
    shown = any(ending.stops for ending in transcript.endings)
    stop = "an earlier file" if shown or transcript.stop is None else transcript.stop.source.path
    return f"Not reached while {stop} stops the run; judged as if nothing stopped:"


def _file(ending: Ending, entries: list[Entry], paint: Paint, width: int) -> Iterator[str]:
    mark = " (applied already)" if ending.migration.applied else "" if ending.reached else " (not reached)"
    yield paint("strong", visible(ending.migration.source.path)) + paint("faint", mark)
    for entry in entries:
        yield from _statement(entry, paint, width)
    if ending.note:
        yield from wrapped(ending.note, "error", paint, width, "       ■ ")


def _statement(entry: Entry, paint: Paint, width: int) -> Iterator[str]:
    verdict = paint(_STYLES.get(entry.verdict, "error"), f"{entry.verdict.value:<10}")
    sql = visible(" ".join(entry.sql.split()))
    shown = clip(sql, max(width - _INDENT, NARROWEST))
    yield f"{entry.line:>5}  {verdict} {shown if entry.reached else paint('faint', shown)}"
    indent = " " * _INDENT
    for change in entry.changes:
        yield from wrapped(change, "faint", paint, width, f"{indent}+ ")
    for reason in entry.reasons:
        yield from wrapped(reason, "", paint, width, indent)
    for surprise in entry.surprises:
        yield from wrapped(surprise, "warning", paint, width, f"{indent}! ")


def _summary(transcript: Transcript) -> Iterator[str]:
    verdicts = Counter(entry.verdict for entry in transcript.entries)
    counts = ", ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in Verdict if verdicts[verdict])
    surprises = sum(bool(entry.hazards) for entry in transcript.entries)
    hazards = f"; {surprises} with surprises (!)" if surprises else ""
    yield f"{counted(len(transcript.entries), 'statement')}: {counts or 'none'}{hazards}"
    recorded = sum(ending.recorded for ending in transcript.endings)
    files = f"{counted(len(transcript.endings), 'migration')}: {recorded} recorded"
    stop = next((ending.migration.source.path for ending in transcript.endings if ending.stops), None)
    yield f"{files}{f'; the run stops in {stop}' if stop else ''}"
