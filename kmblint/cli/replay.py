"""`kmblint replay`: the whole history as the database will live it, statement by statement."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import click

from kmblint import targets
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import open_histories
from kmblint.cli.options import history_options, request_of
from kmblint.cli.output import color_option, wants_color, write
from kmblint.replay import replay
from kmblint.reporters.paint import Paint
from kmblint.targets.verdict import Verdict
from kmblint.transcript import Entry, as_json, entries, hazard_text

_WIDTH: Final = 100
_STYLES: Final = {
    Verdict.TAKEN: "help",
    Verdict.NO_OP: "faint",
    Verdict.REFUSED: "error",
    Verdict.SKIPPED: "error",
    Verdict.CUT: "error",
    Verdict.UNREADABLE: "error",
}
_QUIET: Final = frozenset({Verdict.TAKEN, Verdict.NO_OP})


@click.command(
    name="replay",
    help="""Show the history as the database will live it: what the runner sends, the verdict, what changes.

    PATHS are migrations folders, project folders or single files (default: the working directory).
    """,
)
@history_options
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--output-file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write there instead."
)
@color_option
@debug_option
def command(**options: Any) -> None:
    """Runs and prints; what the database refuses is no failure of this command."""
    transcript: list[Entry] = []
    for one in open_histories(request_of(options)):
        target = targets.get(one.config.target.value, engine=one.config.engine.value)
        told = entries(replay(one.history, target, actual=True))
        transcript += [entry for entry in told if one.shown is None or entry.migration.file in one.shown]
    if options["output_format"] == "json":
        text = as_json(transcript)
    else:
        paint = Paint(color=wants_color(options["color"]) and options["output_file"] is None)
        text = as_text(transcript, paint)
    write(text, options["output_file"])


def as_text(transcript: list[Entry], paint: Paint) -> str:
    """The transcript to read: a block a file, a line a statement, and under it what isn't as it looks."""
    blocks = [
        _file(path, tuple(group), paint)
        for path, group in groupby(transcript, key=lambda entry: entry.migration.source.path)
    ]
    return "\n".join([*blocks, _summary(transcript)])


def _file(path: str, told: tuple[Entry, ...], paint: Paint) -> str:
    lines = [paint("strong", path)]
    if not told[0].reached:
        lines.append(paint("faint", "  not reached before the refusal above is mended; then:"))
    for entry in told:
        lines += _statement(entry, paint)
        if entry.reached and entry.verdict not in _QUIET and entry.verdict is not Verdict.SKIPPED:
            lines.append(
                paint(
                    "error", "          the runner stops here: this file isn't recorded, nothing behind it is applied"
                )
            )
    return "\n".join([*lines, ""])


def _statement(entry: Entry, paint: Paint) -> list[str]:
    verdict = paint(_STYLES[entry.verdict], f"{entry.verdict.value:<10}")
    text = " ".join(entry.sql.split())
    lines = [f"{entry.line:>5}  {verdict} {text if len(text) <= _WIDTH else text[: _WIDTH - 1] + '…'}"]
    lines += [paint("faint", f"{'':18}{change}") for change in entry.changes]
    lines += [f"{'':18}{reason}" for reason in entry.reasons]
    lines += [f"{'':18}{paint('warning', '!')} {hazard_text(hazard)}" for hazard in entry.hazards]
    return lines


def _summary(transcript: list[Entry]) -> str:
    verdicts = Counter(entry.verdict for entry in transcript)
    counts = ", ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in Verdict if verdicts[verdict])
    surprises = sum(bool(entry.hazards) for entry in transcript)
    hazards = f"; {surprises} taken with surprises" if surprises else ""
    return f"{len(transcript)} statement{'' if len(transcript) == 1 else 's'}: {counts or 'none'}{hazards}\n"
