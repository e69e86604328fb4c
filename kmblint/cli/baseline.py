"""`kmblint baseline`: writes down the findings that a project agrees to live with for now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from kmblint.access import is_there
from kmblint.cli.debug import debug_option, wants_traceback
from kmblint.cli.histories import Opened, open_histories
from kmblint.cli.judging import access_to, known_findings, seen_from, settings_of
from kmblint.cli.options import day, history_options, request_of
from kmblint.cli.output import show, write
from kmblint.cli.progress import progress
from kmblint.errors import InputError
from kmblint.history.locate import display
from kmblint.lint.baseline import Entry, gone, rendered
from kmblint.lint.candidates import Candidate
from kmblint.lint.engine import Session
from kmblint.lint.reporting import wanted
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import Settings
from kmblint.reporters.positions import utf8
from kmblint.wording import counted

_NAME: Final = "kmblint-baseline.jsonl"


@click.command(name="baseline", short_help="Write down today's findings, so that `check` shows new ones only.")
@history_options
@click.option("--baseline", metavar="FILE", help=f"The file.  [default: the configuration's, else {_NAME}]")
@click.option("--prune", is_flag=True, help="Take out what is fixed; nothing is ever added.")
@click.option("--today", metavar="DATE", callback=day, help="The day that `until=` of suppressions is held against.")
@debug_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Write down today's findings, so that `check` shows new ones only.

    The file has a line a finding, to be committed and reviewed. A finding keeps its line when lines move or its file is
    renumbered. The file only ever shrinks: `check` says when some of it is fixed, and --prune takes that out.
    """
    request = request_of(options, {"findings-baseline": options["baseline"]})
    today = options["today"] or datetime.now().astimezone().date()
    by_file: dict[Path, list[Opened]] = {}
    for one in open_histories(request):
        by_file.setdefault(_file(one), []).append(one)
    for file, members in by_file.items():
        judged = _Judge(file, request.rulebook, today, debug=wants_traceback(ctx))
        with progress("judging the migrations"):
            told = _pruned(file, members, judged) if options["prune"] else _begun(file, members, judged)
        show(f"{told}\n")


def _file(one: Opened) -> Path:
    """The file that is set; else one beside the configuration, or here."""
    beside = Path(one.config.file).parent if one.config.file else Path()
    return one.config.findings_baseline.value or beside / _NAME


class _Judge:
    """Asks the rules about histories, for one baseline file."""

    def __init__(self, file: Path, rulebook: Rulebook, today: date, *, debug: bool) -> None:
        self.file = file
        self.rulebook = rulebook
        self.today = today
        self.debug = debug

    def open(self, one: Opened) -> list[Entry]:
        """What `check` would show of a history, singly."""
        told, settings = self._told(one, ())
        shown = (each for each in wanted(told, settings, one.history) if not each.settled and not each.rule.is_internal)
        return [self._entry(one, each) for each in shown]

    def left(self, one: Opened, entries: Sequence[Entry]) -> list[Entry]:
        """Those of the entries of a history that aren't fixed, under the names that the files have now."""
        told, settings = self._told(one, entries)
        here = {each.diagnostic.fingerprint: self._entry(one, each) for each in told}
        out = set(gone(settings.baseline, here, settings.rules, settings.shown))
        return [here.get(entry.fingerprint, entry) for entry in settings.baseline if entry not in out]

    def _told(self, one: Opened, entries: Sequence[Entry]) -> tuple[list[Candidate], Settings]:
        settings = settings_of(one, self.rulebook, self.today, entries, self.file, debug=self.debug)
        target = one.target
        return Session(self.rulebook, target).judge(one.history, settings).told, settings

    def _entry(self, one: Opened, candidate: Candidate) -> Entry:
        folder, diagnostic = seen_from(self.file, one), candidate.diagnostic
        path = candidate.file if folder == "." else f"{folder}/{candidate.file}"
        return Entry(utf8(path), diagnostic.code, diagnostic.rule, utf8(candidate.subject), diagnostic.fingerprint)


def _begun(file: Path, members: Sequence[Opened], judge: _Judge) -> str:
    """Writes all that is found, where no baseline is yet; what is to be said of it."""
    name = display(file)
    if is_there(file):
        raise InputError(
            f"`{name}` is there already, and a baseline only shrinks: `--prune` takes out what is fixed; to begin "
            "anew, remove it first"
        )
    entries = [entry for one in members for entry in judge.open(one)]
    if not entries:
        return f"nothing is found, so no baseline is needed: `{name}` isn't written"
    _save(file, entries, members)
    return (
        f"{name}: {counted(len(entries), 'finding')} in {counted(len({entry.path for entry in entries}), 'file')}\n"
        f'`findings-baseline = "{name}"` in the configuration, or `kmblint check --baseline {name}`, leaves them out'
    )


def _pruned(file: Path, members: Sequence[Opened], judge: _Judge) -> str:
    """Takes out of a baseline what is fixed, and gives renumbered files their names; what is to be said of it."""
    before = known_findings(file, members[0].config)
    folders = {seen_from(file, one) for one in members}
    elsewhere = [entry for entry in before if entry.folder not in folders and (file.parent / entry.folder).is_dir()]
    left = [entry for one in members for entry in judge.left(one, before)] + elsewhere
    if sorted(left) != sorted(before):
        _save(file, left, members)
    fixed = len(before) - len(left)
    what = f"{counted(fixed, 'finding')} taken out" if fixed else "nothing is fixed"
    return f"{display(file)}: {what}, {counted(len(left), 'finding')} left"


def _save(file: Path, entries: Sequence[Entry], members: Sequence[Opened]) -> None:
    access_to(file, members[0].config)
    write(rendered(entries), file, [path for one in members for path in one.kept])
