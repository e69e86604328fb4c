"""A throw-away engine that dies is started again, and gets all that it was sent."""

from __future__ import annotations

import pytest

from kmblint.live.client import Connection
from kmblint.live.readback import tables_of
from kmblint.live.stage import Answer, Ended, LostStageError, Scratch, ThrowAway
from tests.live.stages import ConnectionError, FakeClient, QuerySyntaxError  # noqa: A004


class FakeEngine:
    """An engine of the tests."""

    last_words = "index out of bounds (store.rs:1)"

    def __init__(self, client: FakeClient) -> None:
        self.client = client
        self.connection = Connection(client)
        self.is_stopped = False

    def stop(self) -> None:
        """Keeps that in mind."""
        self.connection.close()
        self.is_stopped = True


class Engines:
    """Starts one engine after the other."""

    def __init__(self, *clients: FakeClient) -> None:
        self.started: list[FakeEngine] = []
        self._clients = list(clients)

    def __call__(self) -> FakeEngine:
        self.started.append(FakeEngine(self._clients.pop(0)))
        return self.started[-1]


GONE = {"B": ConnectionError("gone")}


def test_a_refusal_is_an_answer_and_counts_as_sent() -> None:
    engines = Engines(
        FakeClient({"A": QuerySyntaxError("SQL syntax error"), "C": ConnectionError("gone")}), FakeClient()
    )
    stage = ThrowAway(engines)
    assert stage.send(["A"]) == Answer(Ended.REFUSED, "SQL syntax error")
    assert stage.send(["B"]) == Answer(Ended.TAKEN, rows=0)
    assert stage.send(["C"]) == Answer(Ended.TAKEN, rows=0, retried=1)
    assert engines.started[1].client.calls == ["A", "B", "C"]
    assert [engine.is_stopped for engine in engines.started] == [True, False]
    assert stage.restarts == 1
    stage.stop()
    assert engines.started[1].is_stopped


def test_a_statement_that_ends_two_engines_is_told_with_their_last_words() -> None:
    engines = Engines(FakeClient(GONE), FakeClient(GONE), FakeClient())
    stage = ThrowAway(engines)
    stage.send(["A"])
    assert stage.send(["B"]) == Answer(Ended.DIED, FakeEngine.last_words)
    assert stage.send(["C"]).ended is Ended.TAKEN
    assert engines.started[2].client.calls == ["A", "C"]
    stage.stop()


def test_one_that_is_expected_to_end_it_is_not_sent_again() -> None:
    engines = Engines(FakeClient(GONE), FakeClient(GONE))
    stage = ThrowAway(engines)
    assert stage.send(["B"], expects_death=True).ended is Ended.DIED
    assert engines.started[1].client.calls == []
    stage.stop()


def test_the_pieces_of_a_statement_that_were_taken_are_not_sent_twice() -> None:
    engines = Engines(FakeClient(GONE), FakeClient())
    stage = ThrowAway(engines)
    assert stage.send(["A", "B", "C"]).ended is Ended.TAKEN
    assert engines.started[1].client.calls == ["A", "B", "C"]
    stage.stop()


def test_a_question_is_asked_of_the_next_engine_too() -> None:
    engines = Engines(FakeClient({"SHOW TABLES": ConnectionError("gone")}), FakeClient({"SHOW TABLES": [["t", 1]]}))
    stage = ThrowAway(engines)
    assert stage.ask(tables_of) == ("t",)
    stage.stop()


def test_an_engine_that_dies_of_what_it_took_is_given_up() -> None:
    engines = Engines(FakeClient({"C": ConnectionError("gone")}), FakeClient({"A": ConnectionError("gone")}))
    stage = ThrowAway(engines)
    stage.send(["A"])
    with pytest.raises(LostStageError):
        stage.send(["C"])
    stage.stop()


def test_a_scratch_server_is_not_ours_to_start_again() -> None:
    connection = Connection(FakeClient(GONE))
    stage = Scratch(connection, "tenant 1 of 127.0.0.1:1")
    assert stage.send(["A"]).ended is Ended.TAKEN
    with pytest.raises(LostStageError, match="tenant 1 of"):
        stage.send(["B"])
    connection.close()


def test_what_the_client_cant_send_is_said_and_not_sent() -> None:
    client = FakeClient()
    stage = ThrowAway(Engines(client))
    assert stage.send(["SELECT '\0'"]).ended is Ended.NOT_SENT
    assert stage.send(["SELECT '\ud800'"]).ended is Ended.NOT_SENT
    assert client.calls == []
    stage.stop()
