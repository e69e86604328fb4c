"""What a history is judged by: the configuration in force there, and the findings that it knows already."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from kmblint.access import ANYWHERE, BarredError, inside_repository
from kmblint.cli.histories import Opened
from kmblint.config.configuration import Config
from kmblint.config.selection import per_file_ignores, selected
from kmblint.errors import InputError
from kmblint.history.locate import display
from kmblint.lint.baseline import Entry, parse
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import Settings


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


def known_findings(file: Path, config: Config) -> tuple[Entry, ...]:
    """The entries of a baseline file; raises InputError where it can't be read or is none."""
    named = config.findings_baseline.origin.startswith("-") or config.file is None
    access = ANYWHERE if named or config.file is None else inside_repository(Path(config.file))
    name = display(file)
    if not file.exists():
        raise InputError(f"the baseline `{name}` doesn't exist; `kmblint baseline --baseline {name}` writes it")
    try:
        return parse(access.read(file).decode("utf-8"), name)
    except BarredError as error:
        raise InputError(f"the baseline `{name}` can't be used: {error.reason}; {error.help}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"the baseline `{name}` is not UTF-8: byte 0x{error.object[error.start]:02X}") from error
