"""Servers of the tests: what they are sent is kept, and what they answer is said beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, TypeVar

from kmblint.live.client import Address, Connection
from kmblint.live.stage import Answer, Ended

Result = TypeVar("Result")

Rows = list[list[object]]


class ConnectionError(Exception):  # noqa: A001 -- the client's own name for it
    """As the client calls a server that is gone."""


class QuerySyntaxError(Exception):
    """As the client calls a statement that is refused."""


class PermissionDeniedError(Exception):
    """As the client calls what a token isn't allowed."""


class FakeClient:
    """A client as the package `kimberlite` has it; every call is kept."""

    def __init__(self, answers: Mapping[str, Rows | Exception] | None = None, policies: object = None) -> None:
        """`answers` are by statement; any other changes nothing and is taken."""
        self.answers = dict(answers or {})
        self.calls: list[str] = []
        self.tenants: list[object] = []
        self.admin = SimpleNamespace(
            masking_policy=SimpleNamespace(list=self._policies),
            list_tenants=lambda: self._noted("list_tenants", self.tenants),
            server_info=lambda: self._noted("server_info", SimpleNamespace(build_version="0.9.1")),
        )
        self.policies = policies or SimpleNamespace(policies=[], attachments=[])

    def query(self, sql: str, params: Sequence[object]) -> Any:
        """The answer that was said beforehand."""
        assert not params
        self.calls.append(sql)
        answer = self.answers.get(sql)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return SimpleNamespace(columns=["rows_affected", "log_offset"], rows=[[0, 1]])
        return SimpleNamespace(columns=["?"] * len(answer[0]) if answer else [], rows=answer)

    def disconnect(self) -> None:
        """Nothing to free."""

    def _policies(self, attachments: bool) -> object:
        assert attachments
        if isinstance(self.policies, Exception):
            self.calls.append("masking_policy.list")
            raise self.policies
        return self._noted("masking_policy.list", self.policies)

    def _noted(self, call: str, answer: Result) -> Result:
        self.calls.append(call)
        return answer


class Parrot(FakeClient):
    """A client whose server refuses whatever isn't a question, in the statement's own words."""

    def query(self, sql: str, params: Sequence[object]) -> Any:
        """The answer that was said beforehand, or a refusal."""
        if sql in self.answers or sql.startswith("SHOW "):
            return super().query(sql, params)
        raise QuerySyntaxError(f"unexpected {sql}")


def connected(client: FakeClient) -> Callable[..., Connection]:
    """In the place of `connect`: every address leads to this client."""

    def connect(_: Address, __: int, *___: object, reads_only: bool = False) -> Connection:
        return Connection(client, reads_only=reads_only)

    return connect


def showing(
    tables: Mapping[str, Sequence[tuple[str, str, bool]]], words: Mapping[str, Rows] | None = None
) -> dict[str, Any]:
    """The answers of a server that has these tables: (column, type, nullable) in order."""
    answers: dict[str, Any] = {"SHOW TABLES": [[name, len(columns)] for name, columns in tables.items()]}
    for name, columns in tables.items():
        answers[f"SHOW COLUMNS FROM {name}"] = [list(column) for column in columns]
        answers[f"SHOW CLASSIFICATIONS FOR {name}"] = (words or {}).get(name, [])
    return answers


class FakeStage:
    """A stage whose server answers as it was told; statements that nothing is said of are taken."""

    def __init__(self, answers: Mapping[str, Answer] | None = None, client: FakeClient | None = None) -> None:
        self.answers = dict(answers or {})
        self.connection = Connection(client or FakeClient({"SHOW TABLES": []}))
        self.sent: list[str] = []
        self.restarts = 0
        self.rows: dict[str, Rows | None] = {}

    def send(self, texts: Sequence[str], *, expects_death: bool = False) -> Answer:
        """The answer to the pieces, joined by `;`."""
        assert not expects_death or self.answers
        text = ";".join(texts)
        self.sent.append(text)
        return self.answers.get(text, Answer(Ended.TAKEN))

    def query(self, sql: str) -> Rows | None:
        """The rows that were said beforehand."""
        return self.rows.get(sql, [])

    def ask(self, question: Callable[[Connection], Result]) -> Result:
        """What its client answers."""
        return question(self.connection)
