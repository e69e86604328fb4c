"""`kmblint squash`: one baseline in the place of the first migrations, where replaying both proves them equal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from kmblint import writing
from kmblint.access import ANYWHERE, is_there
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import Opened, open_one, until
from kmblint.cli.options import migration_number, reading_options, request_of
from kmblint.cli.output import say
from kmblint.config.placing import with_baseline
from kmblint.errors import ConfigError, GitError, InputError
from kmblint.fixing import disk
from kmblint.fixing.squash import Obstacle, disproof, hidden_columns, obstacles
from kmblint.history import base
from kmblint.history.files import History, Migration
from kmblint.history.locate import display
from kmblint.history.lock import Entry, relocked
from kmblint.history.loose import loose
from kmblint.history.state import LOCK, project_of
from kmblint.replay.keeping import kept_by
from kmblint.replay.replayer import replay
from kmblint.reporters.catalog_sql import as_sql
from kmblint.text import Source
from kmblint.wording import counted

_SHOWN: Final = 8
"""Reasons that are told one by one."""
_HELP = """Put one baseline, the schema that they make, in the place of the migrations up to one.

Both are replayed: the schema as it was written and as the database keeps it, and what becomes of every later statement,
must be the same. Rows, and what the database keeps beside the schema, no baseline holds: where there are any, nothing
is done, and each is named. The plan is shown; `--yes` writes the baseline, names it in the configuration and removes
the files, all of which git must have committed.

\b
Examples:
  kmblint squash --through 0040
  kmblint squash --through 0040 --output db/baseline.sql --yes
"""


class _Writing(msgspec.Struct, frozen=True):
    """A file that is written: what it says now (None: it isn't there), what it is to say, and a line on it."""

    path: Path
    now: str | None
    text: str
    told: str

    def step(self, inside: Path | None) -> disk.Step:
        """Its writing, and what takes it back."""
        path, data, now = self.path, self.text.encode(), self.now
        if now is None:
            return path.as_posix(), lambda: writing.create(path, data, inside), path.unlink
        return (
            path.as_posix(),
            lambda: writing.replace(path, data, inside),
            lambda: writing.replace(path, now.encode(), inside),
        )


@click.command(name="squash", short_help="Put one baseline in the place of the first migrations.", help=_HELP)
@click.argument("path", metavar="[PATH]", type=click.Path(path_type=Path), default=Path())
@click.option("--through", metavar="ID", required=True, callback=migration_number, help="The last one to be replaced.")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The baseline.  [default: baseline.sql in the project]",
)
@click.option("--yes", is_flag=True, help="Do it; without, only the plan is shown.")
@reading_options
@debug_option
def command(path: Path, through: int, output: Path | None, yes: bool, **options: Any) -> None:
    """Proves, shows the plan, and does it."""
    opened = open_one(request_of({**options, "paths": (path,)}))
    history = opened.history
    first = until(history, through, f"--through {through:04}")
    _refuse_lost(history, through)
    target = opened.target
    old = replay(first, target, actual=True)
    _refuse([*obstacles(old, target)], history)
    file = Path(display(output or project_of(history.root) / "baseline.sql"))
    if os.path.realpath(file.parent) == os.path.realpath(history.root):
        raise InputError(f"`{display(file)}` would be one of the migrations: name another place for the baseline")
    text = as_sql(old.end, kept_by(target, old, actual=False))
    baseline = loose(Source(file.name, text, display(file)), file)
    wrong = disproof(history, old, baseline, target)
    if wrong is not None:
        raise InputError(f"no baseline equals the replay through {through:04}: {wrong}; nothing was written")
    removed = first.migrations
    written = [*_written(file, text, opened, removed)]
    verb = "becomes" if len(removed) == 1 else "become"
    tables = counted(len(old.end.tables), "table")
    say(f"through {through:04}, {counted(len(removed), 'migration')} {verb} a baseline of {tables}, "
        "which replays to the same:")  # fmt: skip
    for one in written:
        say(f"  {one.told}")
    for migration in removed:
        say(f"  removes {migration.source.path}")
    say(
        f"a new database gets `{display(file)}` before the first migration: Kimberlite's runner doesn't send it, and "
        "its `migration validate` asks for numbers from 0001 on"
    )
    for column in () if target.capabilities.drops_dependents else hidden_columns(old.end):
        say(f"`{column}` was dropped, and no baseline says so: old rows keep their values, and a column that is added "
            "under its name shows them again, without a warning")  # fmt: skip
    if not yes:
        say("nothing is written yet: `--yes` does it")
        return
    _refuse_uncommitted(removed, opened)
    inside = opened.access.inside
    disk.all_or_nothing(
        (*(one.step(inside) for one in written), *(disk.removal(migration.path, inside) for migration in removed))
    )
    say(f"wrote {display(file)}, removed {counted(len(removed), 'file')}")


def _refuse_lost(history: History, through: int) -> None:
    """Raises InputError for files that nobody can read, and where no migration would be left."""
    if history.unreadable:
        raise InputError(history.why_unreadable(history.unreadable[0]))
    if through >= max(history.by_number):
        raise InputError(
            f"--through {through:04} is the last one: leave a migration behind the baseline, "
            "as nobody finds an empty folder"
        )


def _refuse(obstacles: list[Obstacle], history: History) -> None:
    """Raises InputError with the reasons against a baseline."""
    if not obstacles:
        return
    lines = [f"{history.sources[each.place.file].where(each.place.span)}: {each.why}" for each in obstacles[:_SHOWN]]
    more = [f"and {counted(len(obstacles) - _SHOWN, 'reason')} more"] * (len(obstacles) > _SHOWN)
    raise InputError("\n".join(["no baseline stands for these migrations; nothing was written", *lines, *more]))


def _refuse_uncommitted(removed: tuple[Migration, ...], opened: Opened) -> None:
    """Raises InputError where a file that goes isn't in git as it is on disk: it would be lost."""
    try:
        held = base.since(base.HEAD, opened.history.root, opened.access).released
    except GitError as error:
        raise InputError(f"the files would be lost: {error}; nothing was written") from error
    lost = [each.source.path for each in removed if held.get(each.file) != each.source.text]
    if lost:
        raise InputError(f"`{lost[0]}` isn't committed as it is here, and would be lost: commit it first")


def _written(file: Path, text: str, opened: Opened, removed: tuple[Migration, ...]) -> Iterator[_Writing]:
    history = opened.history
    if is_there(file):
        raise InputError(f"`{display(file)}` is there already: name another file with --output")
    yield _Writing(file, None, text, f"writes {display(file)}")
    yield _configured(file, opened)
    lock = history.state.sources.get(LOCK)
    if lock is not None and lock.text.strip():
        numbers = {migration.number for migration in removed}
        stay = [Entry(each.id, each.name, each.checksum) for each in history.state.lock if each.id not in numbers]
        place = project_of(history.root) / LOCK
        yield _Writing(place, lock.text, relocked(history, stay), f"takes their entries out of {display(place)}")


def _configured(file: Path, opened: Opened) -> _Writing:
    """The configuration with the baseline in it."""
    place = Path(opened.config.file) if opened.config.file else project_of(opened.history.root) / "kmblint.toml"
    value = Path(os.path.relpath(file, place.parent)).as_posix()
    now = ANYWHERE.read(place).decode("utf-8") if opened.config.file else None
    text = with_baseline(now or "", place.name == "pyproject.toml", value)
    if text is None:
        raise ConfigError((f'{display(place)}: write `baseline = "{value}"` into its `history` and do this again',))
    return _Writing(place, now, text, f'says `[history] baseline = "{value}"` in {display(place)}')
