"""A sign of life on standard error, for whoever waits at a terminal; it is gone before anything else is said."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TextIO

from kmblint.cli.output import terminal_width

if TYPE_CHECKING:
    from threading import Event

AFTER: Final = 1.0
"""Seconds that pass without one."""
_BEAT: Final = 0.5
"""Seconds between two."""
_ERASE: Final = "\r\x1b[K"


@contextmanager
def progress(what: str, stream: TextIO | None = None, after: float = AFTER) -> Iterator[None]:
    """Says what is done, and for how long already, once `after` seconds have passed; only to a terminal."""
    stream = stream or sys.stderr
    if not stream.isatty() or (os.environ.get("TERM") or "dumb") == "dumb":
        yield
        return
    from threading import Event, Thread  # nobody waits where there is no terminal

    done = Event()
    thread = Thread(target=_tell, args=(what, stream, done, after), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _tell(what: str, stream: TextIO, done: Event, after: float) -> None:
    from time import monotonic

    began = monotonic()
    if done.wait(after):
        return
    with suppress(OSError):  # the terminal may be gone
        while not done.is_set():
            line = f"kmblint: {what} … {monotonic() - began:.0f} s"
            stream.write(_ERASE + line[: terminal_width() - 1])
            stream.flush()
            done.wait(_BEAT)
        stream.write(_ERASE)
        stream.flush()
