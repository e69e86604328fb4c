"""What a history is judged by: the configuration in force there, and the findings that it knows already."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kmblint.access import ANYWHERE, Access, BarredError, inside_repository, is_there
from kmblint.cli.answer import Answer
from kmblint.cli.histories import Opened, Request, Sought, looks_elsewhere, read_all
from kmblint.config.configuration import Config
from kmblint.config.selection import per_file_ignores, selected
from kmblint.errors import ExitCode, InputError
from kmblint.findings import INTERNAL, Report, Severity
from kmblint.history.files import History
from kmblint.history.locate import display
from kmblint.lint.baseline import Entry, parse
from kmblint.lint.engine import Session, lint
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import Settings
from kmblint.targets import Target
from kmblint.wording import counted

if TYPE_CHECKING:
    from kmblint.cache.files import KnownFiles
    from kmblint.cli.mending import Mended
    from kmblint.cli.wanted_fixes import Mending


def settings_of(
    one: Opened,
    rulebook: Rulebook,
    today: date,
    entries: Iterable[Entry] = (),
    file: Path | None = None,
    *,
    all_history: bool = False,
    debug: bool = False,
) -> Settings:
    """How the engine is to judge a history; `entries` are those of the baseline `file`."""
    return Settings(
        rules=selected(one.config, rulebook),
        today=today,
        per_file_ignores=per_file_ignores(one.config, rulebook),
        min_confidence=one.config.min_confidence.value,
        baseline=() if file is None else tuple(each for each in entries if each.folder == seen_from(file, one)),
        all_history=all_history,
        shown=one.shown,
        elsewhere=one.elsewhere,
        only_new=one.only_new,
        debug=debug,
    )


def seen_from(file: Path, one: Opened) -> str:
    """The folder of a history as a baseline file calls it."""
    return Path(os.path.relpath(os.path.realpath(one.history.root), os.path.realpath(file.parent))).as_posix()


def access_to(file: Path, config: Config) -> Access:
    """How a baseline file may be opened; raises InputError where the configuration names one out of its project."""
    if config.findings_baseline.origin.startswith("-") or config.file is None:
        return ANYWHERE
    access = inside_repository(Path(config.file))
    if access.is_outside(file):
        raise InputError(
            f"{config.findings_baseline.origin}: `findings-baseline` names `{display(file)}`, which lies outside of "
            "the project: `--baseline` takes it where you trust it"
        )
    return access


def known_findings(file: Path, config: Config) -> tuple[Entry, ...]:
    """The entries of a baseline file; raises InputError where it can't be read or is none."""
    access = access_to(file, config)
    name = display(file)
    if not is_there(file):
        raise InputError(f"the baseline `{name}` doesn't exist; `kmblint baseline --baseline {name}` writes it")
    try:
        return parse(access.read(file).decode("utf-8"), name)
    except BarredError as error:
        raise InputError(f"the baseline `{name}` can't be used: {error.reason}; {error.help}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"the baseline `{name}` is not UTF-8: byte 0x{error.object[error.start]:02X}") from error


def judged(
    request: Request,
    sought: Sequence[Sought],
    today: date,
    *,
    all_history: bool = False,
    debug: bool = False,
    mending: Mending | None = None,
    known_files: Mapping[Path, KnownFiles] | None = None,
) -> Answer:
    """Reads and lints every history that was sought; raises KmblintError where the set-up is wrong.

    With `debug`, a rule that raises ends the run. With `mending`, the reports are of what its fixes leave.
    `known_files` are those of an earlier run by their folder; they are then what this one found.
    """
    reports: list[Report] = []
    codes: list[ExitCode] = []
    linted: list[Opened] = []
    mended: list[Mended] = []
    opened = read_all(sought, parse=(lambda root: known_files[root].parse) if known_files else None)
    for one in opened:
        file = one.config.findings_baseline.value
        known = () if file is None else known_findings(file, one.config)
        settings = settings_of(one, request.rulebook, today, known, file, all_history=all_history, debug=debug)
        target = one.target
        history = one.history
        if mending is not None:
            from kmblint.cli.mending import mend_history

            mended.append(mend_history(one, settings, request.rulebook, target, mending))
            history, settings = mended[-1].history, mended[-1].shown_in(settings)
        kept = known_files[history.root] if known_files else None
        reports.append(_linted(history, settings, request.rulebook, target, kept))
        linted.append(replace(one, history=history, shown=settings.shown))
        codes.append(_code(reports[-1], one.config.fail_on.value))
    baselines = filter(None, (one.config.findings_baseline.value for one in opened))
    return Answer(
        reports=tuple(reports),
        code=max(codes),
        output_format=opened[0].config.output_format.value,
        details=tuple(map(_detail, opened)),
        kept=(*(path for one in opened for path in one.kept), *baselines),
        linted=lambda: linted,
        lasting=not looks_elsewhere(opened),
        mended=tuple(mended),
    )


def _linted(
    history: History, settings: Settings, rulebook: Rulebook, target: Target, known: KnownFiles | None
) -> Report:
    if known is None:
        return lint(history, settings, rulebook, target)
    session = Session(rulebook, known.target(target), known.told, known.judged)
    report = session.lint(history, settings)
    if session.replayed is not None:
        known.keep(session.replayed, session.told, target)
    return report


def _code(report: Report, fail_on: Severity | None) -> ExitCode:
    """What the worst finding comes to."""
    if any(diagnostic.rule == INTERNAL for diagnostic in report.diagnostics):
        return ExitCode.INTERNAL
    failing = fail_on is not None and any(diagnostic.severity.rank <= fail_on.rank for diagnostic in report.diagnostics)
    return ExitCode.FINDINGS if failing else ExitCode.CLEAN


def _detail(one: Opened) -> str:
    history, config = one.history, one.config
    since = f" (in `{history.since}`)" if history.since else ""
    applied = "" if history.applied_through is None else f", applied through {history.applied_through:04}{since}"
    return (
        f"`{history.root.as_posix()}`: {counted(len(history.migrations), 'migration')}{applied}, "
        f"target {config.target.value}, {config.file or 'no configuration file'}"
    )
