"""`kmblint history`: the life of a table or column, statement by statement, with who brought it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from kmblint.analysis.life import Event, life
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import left_out, open_one
from kmblint.cli.options import reading_options, request_of
from kmblint.cli.output import color_option, complain, output_file_option, wants_color, width, write
from kmblint.errors import InputError
from kmblint.history import git
from kmblint.history.files import History
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay
from kmblint.reporters.characters import fold, visible
from kmblint.reporters.json_document import written
from kmblint.reporters.paint import Paint
from kmblint.schema.catalog import Catalog
from kmblint.targets.verdict import Verdict
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
        write(_as_json(name, events, history, origins), file, one.kept)
        return
    paint = Paint(color=wants_color(options["color"]) and file is None)
    lines = _as_text(_now(done.end, table, column), events, history, origins, paint, width=width(file))
    write("".join(f"{line}\n" for line in lines), file, one.kept)


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


def _now(end: Catalog, name: str, column: str | None) -> str:
    """What it is at the end of the history."""
    table = end.table(name)
    called = name if column is None else f"{name}.{column}"
    if table is None or (column is not None and table.column(column) is None):
        return f"{called}: not there any more"
    if column is None:
        return f"{called}: {', '.join(table.column_names)}"
    there = table.column(column)
    assert there is not None, "asked of what is there"
    rule = ", key" if column in table.primary_key else "" if there.nullable else ", not null"
    return f"{called}: {there.type}{rule}"


def _as_text(
    now: str,
    events: tuple[Event, ...],
    history: History,
    origins: Mapping[str, git.Origin],
    paint: Paint,
    *,
    width: int,
) -> Iterator[str]:
    first, *rest = fold(visible(now), width, rest=4)
    yield paint("strong", first)
    yield from (f"    {line}" for line in rest)
    told = ""
    for event in events:
        file = event.place.file
        if file != told:
            yield ""
            yield from _file(history, file, origins.get(file), paint, width)
            told = file
        line = history.sources[file].position(event.place.span.start).line
        head, *more = fold(visible(event.told), width, first=8, rest=10)
        style = "help" if event.verdict is Verdict.TAKEN else "faint" if event.verdict is Verdict.NO_OP else "error"
        yield f"{paint('gutter', f'{line:>6}')}  {paint(style, head)}"
        yield from (f"          {paint(style, each)}" for each in more)


def _file(history: History, file: str, origin: git.Origin | None, paint: Paint, width: int) -> Iterator[str]:
    yield paint("strong", visible(history.sources[file].path))
    if origin is not None:
        words = f"{origin.commit} {origin.day} {origin.author}: {origin.subject}"
        first, *rest = fold(visible(words), width, first=4, rest=8)
        yield f"    {paint('faint', first)}"
        yield from (f"        {paint('faint', each)}" for each in rest)


def _as_json(name: str, events: tuple[Event, ...], history: History, origins: Mapping[str, git.Origin]) -> str:
    document = {
        "version": 1,
        "name": name,
        "events": [
            {
                "file": history.sources[event.place.file].path,
                "line": history.sources[event.place.file].position(event.place.span.start).line,
                "what": event.what,
                "verdict": event.verdict.value,
                "reason": event.reason or None,
                "statements": event.count,
                "commit": _commit(origins.get(event.place.file)),
            }
            for event in events
        ],
    }
    return written(document)


def _commit(origin: git.Origin | None) -> dict[str, str] | None:
    if origin is None:
        return None
    return {"id": origin.commit, "day": origin.day, "author": origin.author, "subject": origin.subject}
