"""`kmblint diff`: what stands between two schemas: of two migrations, two folders or two git revisions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec.structs import replace

from kmblint.access import repository_of
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import Opened, Request, left_out, open_one, until
from kmblint.cli.options import reading_options, request_of, view_option
from kmblint.cli.output import color_option, complain, output_file_option, show, wants_color, width, write
from kmblint.errors import ExitCode, InputError
from kmblint.history import git
from kmblint.history.files import History
from kmblint.history.names import number_of
from kmblint.replay.keeping import kept_by
from kmblint.replay.replayer import replay
from kmblint.reporters import difference as reports
from kmblint.reporters.difference_sql import as_sql
from kmblint.reporters.paint import Paint
from kmblint.schema.difference import Shown, difference
from kmblint.targets import Target
from kmblint.text import Place

_HELP = """Show what stands between the schemas A and B; without B, between A and the migrations as they are.

A and B are each the number of a migration (0: before the first), a folder, or a git revision. Numbers and revisions
are those of the migrations at PATH.

\b
Examples:
  kmblint diff 0003 0007          what the migrations behind 0003 change
  kmblint diff main --check       what this branch changes; 1 where it does

`+` is new in B, `-` is gone, `~` is another. With `--output-format sql`, the statements that lead from A to B; what the
database would refuse stands in a comment, with the reason.
"""


class Side(msgspec.Struct, frozen=True):
    """One of the two: how the user called it, and its migrations."""

    called: str
    opened: Opened
    history: History

    def where(self, place: Place) -> str:
        """The path and line of a place in its migrations."""
        return self.history.sources[place.file].where(place.span)


@click.command(name="diff", short_help="Show what stands between two schemas.", help=_HELP)
@click.argument("a", metavar="A")
@click.argument("b", metavar="[B]", required=False)
@click.argument("path", metavar="[PATH]", type=click.Path(path_type=Path), default=Path())
@reading_options
@view_option("Compare what was written, or what the database keeps of it.")
@click.option(
    "--output-format", type=click.Choice(["text", "sql", "json", "markdown"]), default="text", show_default=True
)
@output_file_option
@click.option("--check", is_flag=True, help="End with 1 where they differ.")
@color_option
@debug_option
@click.pass_context
def command(ctx: click.Context, /, a: str, b: str | None, path: Path, check: bool, **options: Any) -> None:
    """Compares the two schemas."""
    request = request_of({**options, "paths": (path,)})
    here = cache(lambda: open_one(request))  # both sides may be of one folder
    before = _side(a, request, here)
    after = _side(b, request, here) if b is not None else _whole(here().history.called, here())
    actual, file, kind = options["view"] == "actual", options["output_file"], options["output_format"]
    for lines in dict.fromkeys(left_out(each.history) for each in (before, after)):
        complain(lines)
    used = after.opened.target
    sides = _shown(before, used, actual=actual), _shown(after, used, actual=actual)
    differs = difference(*sides)
    kept = [*before.opened.kept, *after.opened.kept]
    match kind:
        case "json":
            text = reports.as_json(differs, (before.called, after.called), (before.where, after.where))
        case "sql":
            text = as_sql(differs, *sides, used)
        case "markdown":
            text = reports.as_markdown(differs, (before.called, after.called))
        case _:
            paint = Paint(color=wants_color(options["color"]) and file is None)
            text = reports.as_text(differs, after.where, paint, width(file))
    (write if kind in ("sql", "json") else show)(text, file, kept)
    ctx.exit(ExitCode.FINDINGS if check and differs else ExitCode.CLEAN)


def _shown(side: Side, target: Target, *, actual: bool) -> Shown:
    done = replay(side.history, target, actual=actual)
    return Shown(done.end, kept_by(target, done, actual=actual))


def _whole(called: str, opened: Opened) -> Side:
    return Side(called, opened, opened.history)


def _side(named: str, request: Request, here: Callable[[], Opened]) -> Side:
    """What the user called A or B, `here` being the folder as it is; raises InputError or GitError where it is nothing
    of all that."""
    number = number_of(Path(named).name) if not Path(named).is_dir() else None
    if number is not None:
        opened = here()
        history = opened.history
        if number == 0 and 0 not in history.by_number:
            return Side(named, opened, replace(history, migrations=()))
        if number in history.by_number or not _is_revision(named, history.root):
            return Side(named, opened, until(history, number, f"`{named}`"))
    elif Path(named).is_dir():
        return _whole(named, open_one(replace(request, paths=(Path(named),))))
    if not _is_revision(named, _folder(request)):
        raise InputError(
            f"`{named}` is neither the number of a migration, nor a folder, nor a revision that git knows here"
        )
    return _whole(named, open_one(replace(request, at=named)))


def _folder(request: Request) -> Path:
    (path,) = request.paths
    return path if path.is_dir() else path.parent


def _is_revision(named: str, folder: Path) -> bool:
    return repository_of(folder) is not None and git.known_commit(named, folder) is not None
