"""`kmblint renumber`: after a merge race, this branch's migrations go behind those of the branch it is merged into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click
from msgspec.structs import replace

from kmblint import writing
from kmblint.access import ANYWHERE
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import Opened, open_one, seek_one
from kmblint.cli.options import reading_options, request_of
from kmblint.cli.output import say
from kmblint.errors import GitError, InputError
from kmblint.fixing import disk
from kmblint.fixing.draft import Draft
from kmblint.fixing.renumber import Plan, drafts, names_replaced, plan
from kmblint.history import base, git
from kmblint.history.locate import display
from kmblint.history.lock import relocked
from kmblint.history.state import APPLIED, LOCK, project_of
from kmblint.wording import counted

_HELP = """Move this branch's migrations behind those of the branch that it is merged into.

That is the default branch, or REV of `--onto`; this branch's are those that it hasn't. They keep their order and get
the next numbers. What names them goes with them: their headers and suppressions, the lock, the configuration. The plan
is shown; `--yes` does it. Files that git tracks are renamed as `git mv` does. Whoever does this, when and how often,
comes to the same numbers.

\b
Examples:
  kmblint renumber
  kmblint renumber --onto origin/release --yes
"""

_LOCK: Final = Path(LOCK).name


@click.command(name="renumber", short_help="Move this branch's migrations behind the base's.", help=_HELP)
@click.argument("path", metavar="[PATH]", type=click.Path(path_type=Path), default=Path())
@click.option("--onto", metavar="REV", help="The revision to go behind.  [default: the default branch]")
@click.option("--yes", is_flag=True, help="Do it; without, only the plan is shown.")
@reading_options
@debug_option
def command(path: Path, onto: str | None, yes: bool, **options: Any) -> None:
    """Shows the plan, and does it."""
    request = request_of({**options, "paths": (path,)})
    root = seek_one(request).root
    onto = onto or git.default_branch(root)
    if onto is None:
        raise GitError(
            "git knows no default branch beside the one that is checked out: name the revision to go behind, "
            "`--onto origin/main`"
        )
    opened = open_one(replace(request, since=onto))
    planned = plan(opened.history, base.names_at(onto, root))
    if not planned.moves:
        say(f"nothing to move: this branch's migrations stand behind those of `{onto}`")
        return
    beside = dict(_beside(planned, opened))
    for line in _told(planned, opened, onto, beside):
        say(line)
    if not yes:
        say("nothing is written yet: `--yes` does it")
        return
    _write(planned, opened, beside)
    say(f"renamed {counted(len(planned.moves), 'file')}; `kmblint check --since {onto}` judges them there")


def _beside(planned: Plan, opened: Opened) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Lock and configuration: what each says now, and is to say."""
    history = opened.history
    lock = history.state.sources.get(LOCK)
    if lock is not None and lock.text.strip():
        after = relocked(history, planned.relocked(history.state.lock))
        if after != lock.text:
            yield project_of(history.root) / LOCK, (lock.text, after)
    if opened.config.file is not None:
        file = Path(opened.config.file)
        before = ANYWHERE.read(file).decode("utf-8")
        after = names_replaced(before, planned.renamed)
        if after != before:
            yield file, (before, after)


def _told(planned: Plan, opened: Opened, onto: str, beside: Mapping[Path, tuple[str, str]]) -> Iterator[str]:
    history = opened.history
    yield f"behind `{onto}`, which ends at {planned.top:04}:"
    for move in planned.moves:
        also = "" if move.text == move.migration.source.text else "  (and in its comments)"
        yield f"  {move.migration.source.path} → {move.name}{also}"
    for file, (before, after) in beside.items():
        for number, (old, new) in enumerate(zip(before.splitlines(), after.splitlines(), strict=False), start=1):
            if old != new and file.name != _LOCK:
                yield f"  {display(file)}:{number}: {new.strip()}"
        if file.name == _LOCK:
            yield f"  {display(file)}: their entries get the new numbers"
    applied = history.state.applied_here
    for move in planned.moves:
        record = applied.get(move.migration.number or 0)
        if record is not None and record.checksum == move.migration.checksum:
            yield f"  note: this machine has applied it as {record.id} ({APPLIED}), and will again as {move.number}"


def _write(planned: Plan, opened: Opened, beside: Mapping[Path, tuple[str, str]]) -> None:
    """Lock and configuration first: where this ends half-way, doing it again finds the rest; nothing is lost."""
    history = opened.history
    access = opened.access
    draft = Draft.of(history, disk.spelling(history.root, access))
    for file, (_, after) in beside.items():
        writing.replace(file, after.encode(), access.inside)
    try:
        for part in drafts(planned, draft):
            disk.write([(history.root, access, part)])
    except InputError as error:
        raise InputError(f"{error}\nmend that, and do it again: what is done already stays done") from error
