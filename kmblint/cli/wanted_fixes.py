"""What the options of `kmblint check` ask of fixes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec


class Mending(msgspec.Struct, frozen=True):
    """Which fixes are wanted, beside what the configuration says of them."""

    unsafe: bool = False
    unsaved: Path | None = None
    """A file that is given as a text, and stays one: only its own edits are wanted."""
    now: datetime | None = None
    """The time that new migrations name."""
    reason: str | None = None
    """Why findings are to be suppressed; None where they are to be mended."""


def mending_of(options: Mapping[str, Any], unsaved: Path | None) -> Mending | None:
    """What the options ask for; a usage error where one needs another that says what to do, or excludes it."""
    if options["add_suppressions"]:
        if options["fix"] or options["unsafe_fixes"] or options["fix_only"] or unsaved is not None:
            raise click.UsageError("--add-suppressions goes with neither fixes nor standard input.")
        reason = (options["reason"] or "").strip()
        if not reason or not reason.isprintable():
            raise click.UsageError("--add-suppressions needs a --reason: one line that says why, for whoever reads it.")
        return Mending(reason=reason)
    if options["reason"] is not None:
        raise click.UsageError("--reason needs --add-suppressions.")
    if not options["fix"] and not options["diff"]:
        for name in ("unsafe_fixes", "fix_only"):
            if options[name]:
                option = f"--{name.replace('_', '-')}"
                raise click.UsageError(f"{option} needs --fix, which writes, or --diff, which shows what would be.")
        return None
    return Mending(unsafe=options["unsafe_fixes"], unsaved=unsaved, now=datetime.now().astimezone())
