"""One connection to a Kimberlite server: each call ends in an answer, an error of the set-up, or after a deadline.

The PyPI package `kimberlite` is imported here alone. Its calls block inside a native library, which heeds no Ctrl-C and
no shorter deadline than thirty seconds of its own; they run on a thread that may be left behind.
"""

from __future__ import annotations

import importlib.util
import queue
import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from typing import Any, Final, TypeVar

import msgspec

from kmblint.errors import InputError

Result = TypeVar("Result")

PATIENCE: Final = 30.0
"""Seconds that a call may take where nothing else is said; the client waits no longer itself."""


class ServerGoneError(Exception):
    """The server closed the connection, or isn't there any more."""


class NoAnswerError(ServerGoneError):
    """The server didn't answer in time; whether it heeds the call is not known."""


class RefusedError(Exception):
    """The server refused a call; the text is all that the client tells."""


class DeniedError(RefusedError):
    """The token isn't allowed to make a call."""


class Address(msgspec.Struct, frozen=True):
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """From `HOST:PORT`, an IPv6 address in brackets; raises ValueError."""
        match = re.fullmatch(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:/]+)):(?P<port>[0-9]{1,5})", text)
        if match is None or not 0 < int(match["port"]) < 65536:
            raise ValueError(f"`{text}` is no HOST:PORT, such as `127.0.0.1:5432`")
        return cls(match["six"] or match["host"], int(match["port"]))


def client_missing() -> str:
    """Why there is no client; empty where there is one."""
    if importlib.util.find_spec("kimberlite") is None:
        return "the Python package `kimberlite` is not installed: `python -m pip install 'kimberlite>=0.9.1'`"
    return ""


class _Worker:
    """A thread for calls that may hang."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True, name="kmblint-live").start()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            call, future = job
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)

    def call(self, call: Callable[[], Result], seconds: float) -> Result:
        """The result, or what the call raises; raises TimeoutError where it takes longer."""
        future: Future[Result] = Future()
        self._jobs.put((call, future))
        return future.result(timeout=seconds)

    def end(self) -> None:
        """Ends the thread once it is done with what it does."""
        self._jobs.put(None)


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """The result of one call that may hang; raises TimeoutError where it takes longer."""
    worker = _Worker()
    try:
        return worker.call(call, seconds)
    finally:
        worker.end()


class Connection:
    """A client of one tenant of one server."""

    def __init__(self, client: Any, patience: float = PATIENCE, *, reads_only: bool = False) -> None:
        """With `reads_only`, whatever isn't a SHOW is never sent."""
        self._client = client
        self._reads_only = reads_only
        self._patience = patience
        self._worker = _Worker()

    def send(self, sql: str) -> tuple[list[str], list[list[object]]]:
        """Sends one statement; the columns and rows of its answer.

        A statement that isn't a query answers one row of `rows_affected` and `log_offset`: the server tells the two
        apart by the statement's words. Raises RefusedError or ServerGoneError.
        """
        if self._reads_only and not sql.startswith("SHOW "):  # no assert, which `python -O` takes out
            raise RuntimeError(f"this connection only reads: {sql}")
        answer = self.call(lambda client: client.query(sql, []))
        return list(answer.columns), [[_plain(value) for value in row] for row in answer.rows]

    def call(self, made: Callable[[Any], Result]) -> Result:
        """Any call of the client; raises RefusedError, DeniedError or ServerGoneError."""
        try:
            return self._worker.call(lambda: made(self._client), self._patience)
        except Late as late:
            self._abandon()
            raise NoAnswerError(f"no answer within {self._patience:g} s") from late
        except Exception as error:
            raise _told(error) from error

    def close(self) -> None:
        """Disconnects, unless a call hangs."""
        try:
            self._worker.call(self._client.disconnect, 2)
        except Exception:
            self._abandon()
        self._worker.end()

    def _abandon(self) -> None:
        """A handle that a call still uses must not be freed, not even when the program ends."""
        self._client.disconnect = lambda: None


def connect(
    address: Address, tenant: int, token: str | None = None, patience: float = PATIENCE, *, reads_only: bool = False
) -> Connection:
    """A connection; raises InputError where nobody listens there, the token isn't taken, or nobody answers."""
    why = client_missing()
    if why:
        raise InputError(why)
    knocked = _knock(address, patience)
    import kimberlite

    def opened() -> Any:
        return kimberlite.Client.connect(
            addresses=[str(knocked)], tenant_id=tenant, auth_token=token, client_name="kmblint",
            auto_reconnect=False,
        )  # fmt: skip

    try:
        return Connection(within(patience, opened), patience, reads_only=reads_only)
    except Late as late:
        raise InputError(f"{address} takes connections and doesn't answer within {patience:g} s") from late
    except Exception as error:
        told = _told(error)
        if isinstance(told, DeniedError):
            advice = (
                "it needs a token: --token-env" if token is None else "the token isn't taken, or not for this tenant"
            )
            raise InputError(f"{address} lets nobody in as tenant {tenant}: {advice}") from error
        raise InputError(f"{address} doesn't speak Kimberlite's protocol, or another version of it: {told}") from error


def _knock(address: Address, patience: float) -> Address:
    """The numeric address that answers, as the client takes the first that a name has.

    Raises InputError with why a server can't be reached; the client itself only says that it can't.
    """
    try:
        with socket.create_connection((address.host, address.port), timeout=min(patience, 10)) as knocked:
            host, port = knocked.getpeername()[:2]
    except socket.gaierror as error:
        raise InputError(f"{address}: no machine is called `{address.host}`") from error
    except TimeoutError as error:
        raise InputError(f"{address} can't be reached: no answer to the connection") from error
    except OSError as error:
        raise InputError(f"nobody listens on {address}: {error.strerror or error}") from error
    return Address(host, port)


def _told(error: Exception) -> Exception:
    """What the client raises, in our words."""
    kind, text = type(error).__name__, str(error)
    if kind == "ConnectionError":
        return ServerGoneError("the server is gone")
    if kind == "TimeoutError":
        return NoAnswerError("no answer from the server")
    if kind in {"AuthenticationError", "PermissionDeniedError"}:
        return DeniedError(text)
    return RefusedError(text or kind)


def _plain(value: Any) -> object:
    """A value of the client as Python has it."""
    return getattr(value, "data", value)
