"""Where a history is played: a throw-away engine, which is started again when it dies, or a scratch server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final, Protocol, TypeVar

import msgspec

from kmblint.live.client import Connection, NoAnswerError, RefusedError, ServerGoneError

Result = TypeVar("Result")

_AFFECTED: Final = ["rows_affected", "log_offset"]
"""The columns of an answer to what isn't a query."""


class Ended(Enum):
    """How a statement was seen to end."""

    TAKEN = "taken"
    REFUSED = "refused"
    DIED = "died"
    NO_ANSWER = "no answer"
    NOT_SENT = "not sent"


class Answer(msgspec.Struct, frozen=True):
    """What a stage makes of a statement."""

    ended: Ended
    said: str = ""
    rows: int | None = None
    """How many rows it says that it changed."""
    retried: int = 0
    """How often it was sent again because the server was gone."""


class LostStageError(Exception):
    """The server went away for good; the text says which."""


class Engine(Protocol):
    """A running engine of one's own."""

    @property
    def connection(self) -> Connection:
        """The way to it."""

    @property
    def last_words(self) -> str:
        """Why it gave up, as far as it says."""

    def stop(self) -> None:
        """Ends it."""


class Stage(Protocol):
    """Where statements are sent."""

    restarts: int

    def send(self, texts: Sequence[str], *, expects_death: bool = False) -> Answer:
        """Sends the pieces of a statement up to the first that isn't taken; raises LostStageError."""

    def query(self, sql: str) -> list[list[object]] | None:
        """The rows of a query; None where it is refused. Raises LostStageError."""

    def ask(self, question: Callable[[Connection], Result]) -> Result:
        """What a question that changes nothing answers; raises LostStageError, RefusedError."""


class Scratch:
    """A server that isn't ours to start again."""

    restarts: int = 0

    def __init__(self, connection: Connection, called: str) -> None:
        self._connection = connection
        self._called = called

    def send(self, texts: Sequence[str], *, expects_death: bool = False) -> Answer:
        """What it makes of the pieces of a statement."""
        try:
            return _sent(self._connection, texts, lambda _: None)
        except ServerGoneError as error:
            if expects_death:
                raise LostStageError(f"{self._called} is gone, as predicted of the last statement") from error
            raise LostStageError(f"{self._called}: {error}") from error

    def query(self, sql: str) -> list[list[object]] | None:
        """The rows of a query."""
        return self.ask(lambda connection: _rows(connection, sql))

    def ask(self, question: Callable[[Connection], Result]) -> Result:
        """What a question answers."""
        try:
            return question(self._connection)
        except ServerGoneError as error:
            raise LostStageError(f"{self._called}: {error}") from error


class ThrowAway:
    """An engine of our own: where it dies, another one is started and gets all that this one was sent."""

    def __init__(self, start: Callable[[], Engine]) -> None:
        self._start = start
        self._engine = start()
        self._sent: list[str] = []
        self.restarts = 0

    def send(self, texts: Sequence[str], *, expects_death: bool = False) -> Answer:
        """What it makes of the pieces of a statement; one that it dies of unexpectedly is sent once more."""
        retried = 0
        while True:
            done = len(self._sent)
            try:
                answer = _sent(self._engine.connection, texts, self._sent.append)
            except ServerGoneError as error:
                words = self._engine.last_words or str(error)
                self._restart()
                silent = isinstance(error, NoAnswerError)
                if expects_death or silent or retried:
                    ended = Ended.NO_ANSWER if silent else Ended.DIED
                    return Answer(ended, str(error) if silent else words, retried=0)
                retried += 1
                texts = texts[len(self._sent) - done :]
            else:
                return msgspec.structs.replace(answer, retried=retried)

    def query(self, sql: str) -> list[list[object]] | None:
        """The rows of a query."""
        return self.ask(lambda connection: _rows(connection, sql))

    def ask(self, question: Callable[[Connection], Result]) -> Result:
        """What a question answers, if need be of another engine."""
        try:
            return question(self._engine.connection)
        except ServerGoneError:
            self._restart()
        try:
            return question(self._engine.connection)
        except ServerGoneError as error:
            raise LostStageError(f"the engine dies when it is asked what it holds: {error}") from error

    def stop(self) -> None:
        """Ends the engine."""
        self._engine.stop()

    def _restart(self) -> None:
        self._engine.stop()
        self._engine = self._start()
        self.restarts += 1
        for text in self._sent:
            try:
                self._engine.connection.send(text)
            except RefusedError:  # as before; of an INSERT, the rows before the refused one are in
                continue
            except ServerGoneError as error:
                raise LostStageError("the engine dies of what it took before") from error


def _sent(connection: Connection, texts: Sequence[str], note: Callable[[str], object]) -> Answer:
    rows: int | None = None
    for text in texts:
        if "\0" in text or not _is_text(text):
            return Answer(Ended.NOT_SENT, "the client can't send this character")
        try:
            columns, answered = connection.send(text)
        except RefusedError as error:
            note(text)
            return Answer(Ended.REFUSED, str(error))
        note(text)
        if columns == _AFFECTED and answered and isinstance(answered[0][0], int):
            rows = answered[0][0]
    return Answer(Ended.TAKEN, rows=rows)


def _is_text(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _rows(connection: Connection, sql: str) -> list[list[object]] | None:
    try:
        return connection.send(sql)[1]
    except RefusedError:
        return None
