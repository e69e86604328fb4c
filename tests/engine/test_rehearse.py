"""Whole histories on a real engine, beside what we predict: `pytest -m engine -s` prints how far both agree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from kmblint.cli import main
from kmblint.live.client import connect
from kmblint.live.harness import Harness, missing
from kmblint.live.readback import tables_of
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.kimberlite.target import Kimberlite
from tests.engine.rehearsed import FIXTURES, Figures, cards, fixtures, opened, rehearsed, seeds
from tests.test_readme import marked

REQUIRED: Final = bool(os.environ.get("KMBLINT_ENGINE_REQUIRED"))
"""Set where an engine was built for this: without one the tests then fail instead of being skipped."""
pytestmark = [
    pytest.mark.engine,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # of pipes that other tests leave
    pytest.mark.skipif(bool(missing()) and not REQUIRED, reason=missing()),
]

SEED: Final = int(os.environ.get("KMBLINT_ENGINE_SEED", "20260211"))
HISTORIES: Final = int(os.environ.get("KMBLINT_ENGINE_SCENARIOS", "300")) // 3
KNOWN: Final = {
    "repeated-column: A column defined twice",
}
"""Cases of which it is known that the engine makes something else of them; docs/rehearse.md says what."""


@pytest.mark.parametrize(
    ("kind", "figures_of"), [("fixtures", fixtures), ("cards", cards), ("seeds", lambda: seeds(SEED, HISTORIES))]
)
def test_every_history_goes_as_predicted(kind: str, figures_of: Callable[[], Figures]) -> None:
    figures = figures_of()
    print(f"\n{kind}: {figures}")
    assert figures.statements > 0
    assert [each for each in figures.differing if each.partition("\n")[0] not in KNOWN] == []


def test_a_wrong_fact_is_caught() -> None:
    """A release of which we believe that it stores DATE as TEXT, and then that there is no BOOLEAN."""
    types = {name: kind for name, kind in RELEASE_0_9_1.stored_types.items() if name != "BOOLEAN"}
    wrong = Kimberlite(replace(RELEASE_0_9_1, stored_types={**RELEASE_0_9_1.stored_types, "DATE": ("TEXT", 0)}))
    (history,) = opened(FIXTURES / "clinic")
    told = rehearsed(history, wrong)
    found = [each.difference for file in told.files for each in file.misses]
    assert ("type", "TEXT", "DATE") in {(each.what, each.predicted, each.seen) for each in found}
    unknown = Kimberlite(replace(RELEASE_0_9_1, stored_types=types))
    verdicts = [each.difference for one in rehearsed(history, unknown).statements for each in one.misses]
    assert ("verdict", "taken") in {(each.what, each.seen) for each in verdicts}
    assert all("BOOLEAN" in each.predicted for each in verdicts)


@pytest.fixture
def server() -> Iterator[Harness]:
    """Kimberlite's own server, listening on a port of this machine."""
    engine = Harness(memory=True)
    yield engine
    engine.stop()


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    return done.exit_code, done.output


def test_the_readme_shows_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES.parent)
    assert run("rehearse", "fixtures/guide") == (1, marked("rehearsal"))


def test_drift_on_an_untouched_database_and_on_one_that_was_changed_by_hand(server: Harness, tmp_path: Path) -> None:
    clinic, at = FIXTURES / "clinic", ("--server", server.address, "--tenant", 1)
    assert run("rehearse", clinic, *at, "--scratch", "--keep-going")[0] == 1  # two of its statements are refused
    assert run("drift", clinic, *at) == (0, run("drift", clinic, *at)[1])
    for sql in (
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT NOT NULL)",
        "ALTER TABLE patients ADD COLUMN nickname TEXT",
        "ALTER TABLE rooms DROP COLUMN kind",
        "ALTER TABLE rooms ADD COLUMN kind BIGINT NOT NULL",
        "ALTER TABLE patients MODIFY COLUMN email SET CLASSIFICATION 'PII'",
        "CREATE MASKING POLICY nick STRATEGY HASH EXEMPT ROLES ('a', 'b')",
    ):
        server.connection.send(sql)
    code, told = run("drift", clinic, *at)
    assert code == 1
    titles = [line.partition("  -->")[0] for line in told.splitlines() if line.startswith("≠")]
    assert titles == [
        "≠ table `notes`", "≠ classification `patients.email`", "≠ column `patients.nickname`", "≠ type `rooms.kind`",
        "≠ policy `nick`",
    ]  # fmt: skip
    grown = tmp_path / "migrations"
    grown.mkdir()
    for path in (clinic / "migrations").glob("*.sql"):
        (grown / path.name).write_bytes(path.read_bytes())
    code, sql = run("drift", clinic, *at, "--fix-history")
    (grown / "0033_state_manual_changes.sql").write_text(sql)
    left = [line for line in run("drift", tmp_path, "--isolated", *at)[1].splitlines() if line.startswith("≠")]
    assert [line.partition("  -->")[0] for line in left] == ["≠ type `rooms.kind`"]  # it is told in the header
    (history,) = opened(tmp_path)
    assert rehearsed(history).differences == 0


def test_a_scratch_tenant_must_be_empty(server: Harness) -> None:
    server.connection.send("CREATE TABLE a (id BIGINT PRIMARY KEY)")
    done = run("rehearse", FIXTURES / "clean", "--server", server.address, "--tenant", 1, "--scratch")
    assert done[0] == 2
    assert "isn't empty" in done[1]
    assert "table `a`" in done[1]
    assert tables_of(server.connection) == ("a",)


def test_another_tenant_is_told_as_such(server: Harness) -> None:
    server.connection.send("CREATE TABLE a (id BIGINT PRIMARY KEY)")
    code, told = run("drift", FIXTURES / "clean", "--server", server.address, "--tenant", 7)
    assert code == 1
    assert "holds no table at all" in told


def test_an_engine_that_is_killed_half_way_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Harness] = []

    class Watched(Harness):
        def __init__(self, **options: object) -> None:
            super().__init__(memory=bool(options["memory"]))
            started.append(self)

    monkeypatch.setattr("tests.engine.rehearsed.Harness", Watched)
    sent = connect.__globals__["Connection"].send
    calls = 0

    def counting(connection: object, sql: str) -> object:
        nonlocal calls
        calls += 1
        child = started[0]._child if started else None
        if calls == 40 and child is not None:
            child.kill()
        return sent(connection, sql)

    monkeypatch.setattr("kmblint.live.client.Connection.send", counting)
    (history,) = opened(FIXTURES / "clinic")
    told = rehearsed(history)
    assert (told.differences, told.lost, told.restarts) == (0, "", 1)
    assert not any(engine._folder.exists() for engine in started)
    assert all(engine._child is not None and engine._child.poll() is not None for engine in started)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rehearsal_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    folder, scratch = tmp_path / "migrations", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    for at in range(1, 600):
        (folder / f"{at:04}_step.sql").write_text(f"CREATE TABLE t{at} (id BIGINT PRIMARY KEY);\n")
    started = subprocess.Popen(
        [sys.executable, "-m", "kmblint", "rehearse", str(folder)],
        env=os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not [*scratch.glob("kmblint-*/.tmp*/*")] and started.poll() is None:  # until the engine has data
        time.sleep(0.01)
    started.send_signal(number)
    out, said = started.communicate()
    assert (started.returncode, out) == (130, "")
    assert said == "kmblint: interrupted: the engine is stopped and its data is gone\n"
    assert [*scratch.iterdir()] == []
