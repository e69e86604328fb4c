"""`kmblint lock`: writes the runner's lock, or says where it isn't what the files say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmblint import writing
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import open_one
from kmblint.cli.options import applied_options, reading_options, request_of
from kmblint.cli.output import say
from kmblint.errors import ExitCode, InputError
from kmblint.history.files import History
from kmblint.history.locate import display
from kmblint.history.lock import LockChange, changes, entries, relocked
from kmblint.history.state import LOCK, boundary_of, project_of
from kmblint.wording import counted

_HELP = f"""Write the runner's lock, `{LOCK}`: number, name and checksum of every migration.

`kimberlite migration validate` compares the files with it, and no command of Kimberlite writes it. What changes is
said. An applied file whose checksum would change is refused: it was edited, and no database knows of it.

\b
Examples:
  kmblint lock
  kmblint lock --check            1 where it isn't what the files say
"""


@click.command(name="lock", short_help="Write the runner's lock, or check it.", help=_HELP)
@click.argument("path", metavar="[PATH]", type=click.Path(path_type=Path), default=Path())
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where the lock would change.")
@applied_options
@reading_options
@debug_option
@click.pass_context
def command(ctx: click.Context, /, path: Path, check: bool, **options: Any) -> None:
    """Compares, says what differs, and writes."""
    history = open_one(request_of({**options, "paths": (path,)})).history
    wanted = entries(history)
    changed = changes(history.state.locked, wanted)
    file = project_of(history.root) / LOCK
    if not check:
        _refuse_edited(history, changed)
    text = relocked(history, wanted)
    for change in changed:
        say(change.told)
    if not changed:
        say(f"`{display(file)}` is what {counted(len(wanted), 'file')} say")
    elif check:
        say(f"`{display(file)}` isn't what the files say: `kmblint lock` writes it")
        ctx.exit(ExitCode.FINDINGS)
    else:
        inside = boundary_of(history.root)
        writing.make_folder_of(file, inside)
        writing.replace(file, text.encode(), inside)
        say(f"wrote {display(file)}")


def _refuse_edited(history: History, changed: tuple[LockChange, ...]) -> None:
    """Raises InputError where a lock would bless the edit of an applied file."""
    applied = {migration.number: migration for migration in history.migrations if migration.applied}
    edited = [
        applied[change.after.id]
        for change in changed
        if change.before is not None
        and change.after is not None
        and change.before.checksum != change.after.checksum
        and change.after.id in applied
    ]
    edited += [applied[each.number] for each in history.edited.values() if each.number in applied]
    if edited:
        lines = (f"{each.source.path}: it is applied, and isn't what the lock or the revision holds" for each in edited)
        told = "\n".join(dict.fromkeys(lines))
        raise InputError(
            f"{told}\nrestore it (`git log -p` shows what it was) and write a migration behind "
            "the others; where the lock is what is wrong, take the entry out of it"
        )
