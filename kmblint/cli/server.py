"""`kmblint server`: the language server, on standard input and output."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from msgspec.structs import replace

from kmblint.cli.debug import debug_option
from kmblint.cli.histories import Request, Sought, seek, seek_in
from kmblint.cli.options import applied_options, reading_options, request_of
from kmblint.cli.output import complain
from kmblint.errors import InputError, NoMigrationsError

if TYPE_CHECKING:
    from kmblint.history.readings import Readings
    from kmblint.lint.rulebook import Rulebook
    from kmblint.server.opening import Opening

_HELP = """Speak the language server protocol on standard input and output, for an editor that starts it.

Findings as you type, with fixes and suppressions to choose from; the life of a table or column, what the engine makes
of a type and a statement; definition, references, completion and symbols. docs/editors.md has the settings.

\b
Examples:
  kmblint server
  kmblint server --since origin/main
"""


@click.command(name="server", short_help="Serve an editor: findings, fixes, hover, completion.", help=_HELP)
@reading_options
@applied_options
@click.option("--stdio", is_flag=True, help="Use standard input and output, as always; some clients ask for it.")
@debug_option
def command(stdio: bool, **options: Any) -> None:  # noqa: ARG001 -- there is no other way, and clients say it
    """Serves until the editor goes."""
    try:
        from kmblint.server.app import serve
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise InputError(
            "the Python package `pygls` is not installed: `python -m pip install 'pygls>=2.1.1,<3'`"
        ) from error
    request = request_of({**options, "paths": ()})
    gc.enable()  # it runs for days
    if sys.stdin.isatty():
        complain("an editor starts this and speaks to it; Ctrl+D ends it")
    stdin, stdout = _taken()
    serve(Disk(request), stdin, stdout)


def _taken() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for the protocol alone: whatever else prints, here or in a program that is started,
    goes to standard error, as one stray line would end the conversation."""
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdout = sys.stderr
    return stdin, stdout


class Disk:
    """Folders found and read as `kmblint check` does; what surrounds a folder is kept until it is asked for anew."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._sought: dict[Path, Sought] = {}

    @property
    def rulebook(self) -> Rulebook:
        """The rules."""
        return self._request.rulebook

    def folders(self, path: Path) -> tuple[Path, ...]:
        """The migrations folders that belong to a folder."""
        try:
            return tuple(each.root for each in seek(replace(self._request, paths=(path,))))
        except NoMigrationsError:
            return ()

    def open(self, root: Path, texts: Mapping[Path, str], readings: Readings, *, anew: bool) -> Opening:
        """A folder with the texts that an editor holds."""
        from kmblint.cli.judging import known_findings, settings_of
        from kmblint.cli.mending import frozen
        from kmblint.server.opening import Opening

        if anew or root not in self._sought:
            self._sought[root] = seek_in(self._request, root)
        sought = self._sought[root]
        baseline = sought.known.baseline
        if baseline is not None and (text := texts.get(Path(os.path.realpath(baseline)))) is not None:
            texts = {**texts, baseline: text}
        one = replace(sought, overlay={**sought.overlay, **texts}).read(readings)
        file = one.config.findings_baseline.value
        known = () if file is None else known_findings(file, one.config)
        return Opening(
            history=one.history,
            config=one.config,
            settings=settings_of(one, self.rulebook, datetime.now().astimezone().date(), known, file),
            access=one.access,
            reread=one.reread,
            frozen=lambda: frozen(one),
        )
