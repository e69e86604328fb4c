"""A connection: what its client raises becomes one of a few errors, and no call outlasts its deadline."""

from __future__ import annotations

import socket
import time

import pytest

from kmblint.errors import InputError
from kmblint.live.client import Address, Connection, DeniedError, NoAnswerError, RefusedError, ServerGoneError, connect
from tests.live.stages import ConnectionError, FakeClient, PermissionDeniedError, QuerySyntaxError  # noqa: A004


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:5432", "127.0.0.1", 5432),
        ("db.clinic.example:1", "db.clinic.example", 1),
        ("[::1]:65535", "::1", 65535),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, host: str, port: int) -> None:
    address = Address.parse(text)
    assert (address.host, address.port, str(address)) == (host, port, text)


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "host:", ":5432", "host:0", "host:65536", "::1:5432", "http://host:1", ""]
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no HOST:PORT"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (ConnectionError("x"), ServerGoneError),
        (QuerySyntaxError("SQL syntax error"), RefusedError),
        (PermissionDeniedError("Permission denied"), DeniedError),
    ],
)
def test_what_the_client_raises_is_told_in_our_words(raised: Exception, error: type[Exception]) -> None:
    connection = Connection(FakeClient({"SELECT 1": raised}))
    with pytest.raises(error):
        connection.send("SELECT 1")
    connection.close()


def test_a_call_that_hangs_is_left_behind_and_its_handle_never_freed() -> None:
    class Hanging(FakeClient):
        freed = False

        def query(self, sql: str, params: object) -> object:  # noqa: ARG002 -- the client's signature
            time.sleep(0.5)
            return None

        def disconnect(self) -> None:
            self.freed = True

    client = Hanging()
    connection = Connection(client, patience=0.05)
    with pytest.raises(NoAnswerError, match=r"no answer within 0.05 s"):
        connection.send("SELECT 1")
    connection.close()
    client.disconnect()
    assert not client.freed


def test_a_connection_that_only_reads_sends_nothing_else() -> None:
    client = FakeClient({"SHOW TABLES": []})
    connection = Connection(client, reads_only=True)
    connection.send("SHOW TABLES")
    with pytest.raises(RuntimeError, match="only reads"):
        connection.send("CREATE TABLE t (id BIGINT PRIMARY KEY)")
    assert client.calls == ["SHOW TABLES"]
    connection.close()


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError, match="pip install 'kimberlite>="):
        connect(Address("127.0.0.1", 1), 1)


def test_a_port_that_nobody_listens_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmblint.live.client.client_missing", str)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"nobody listens on 127\.0\.0\.1:{port}"):
            connect(Address("127.0.0.1", port), 1)
