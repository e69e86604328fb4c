"""A throw-away engine: Kimberlite's own test harness as a child process, its data in a folder that goes with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from kmblint.errors import InputError
from kmblint.live.client import PATIENCE, Address, Connection, client_missing, connect, within
from kmblint.programs import find_program

NAME: Final = "kimberlite-test-harness-cli"
VARIABLE: Final = "KIMBERLITE_TEST_HARNESS_BIN"
_START: Final = 20.0
"""Seconds that it may take to say where it listens."""


def binary() -> str | None:
    """Where the harness is: what the variable names, else what is on PATH; None where there is none."""
    named = os.environ.get(VARIABLE)
    return shutil.which(named) if named else find_program(NAME)


def missing() -> str:
    """Why no engine can be started; empty where one can."""
    if client_missing():
        return client_missing()
    if binary() is None:
        named = os.environ.get(VARIABLE)
        where = f"{VARIABLE} names `{named}`, which is no program" if named else f"`{NAME}` is not on PATH"
        return f"{where}: `cargo install kimberlite-test-harness` builds it (about ten minutes)"
    return ""


class Harness:
    """A running engine; `stop` ends it and removes all that it wrote.

    Should this process die without a word, the engine sees its standard input close, and ends itself.
    """

    def __init__(self, *, tenant: int = 1, memory: bool = False, patience: float = PATIENCE) -> None:
        """Starts it; raises InputError where it can't be started."""
        why = missing()
        if why:
            raise InputError(why)
        self._folder = Path(tempfile.mkdtemp(prefix="kmblint-"))
        self._child: subprocess.Popen[str] | None = None
        try:
            self._child = self._started(tenant, memory=memory)
            self.address = self._address(self._child)
            self.connection: Connection = connect(self.address, tenant, None, patience)
        except BaseException:
            self.stop()
            raise

    def _started(self, tenant: int, *, memory: bool) -> subprocess.Popen[str]:
        options = [f"--tenant={tenant}", f"--backend={'memory' if memory else 'tempdir'}"]
        with (self._folder / "log").open("wb") as log:
            try:
                return subprocess.Popen(  # noqa: S603 -- the user names the program
                    [str(binary()), *options],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    env=os.environ | {"TMPDIR": str(self._folder), "TMP": str(self._folder)},
                    start_new_session=True,  # Ctrl-C is ours to heed: it ends the engine, whatever that is doing
                )
            except OSError as error:
                raise InputError(f"`{binary()}` can't be started: {error.strerror}") from error

    @staticmethod
    def _address(child: subprocess.Popen[str]) -> Address:
        assert child.stdout is not None
        stdout: IO[str] = child.stdout
        try:
            for line in iter(lambda: within(_START, stdout.readline), ""):
                if line.startswith("ADDR="):
                    return Address.parse(line.removeprefix("ADDR=").strip())
        except (Late, ValueError) as error:
            raise InputError(f"`{binary()}` doesn't say where it listens: is it {NAME}?") from error
        raise InputError(f"`{binary()}` ends before it listens: is it {NAME}?")

    @property
    def last_words(self) -> str:
        """Where and why the engine gave up, as far as it says; empty where it doesn't."""
        try:
            text = (self._folder / "log").read_text("utf-8", "replace")
        except OSError:
            return ""
        panic = re.search(r"panicked at (?:\S*/)?([\w.-]+\.rs:\d+)\S*:?\s*\n?([^\n]*)", text)
        return f"{panic[2].strip()} ({panic[1]})" if panic else ""

    def stop(self) -> None:
        """Ends the engine and removes its data; it may be called twice."""
        if hasattr(self, "connection"):
            self.connection.close()
        child = self._child
        if child is not None:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)
