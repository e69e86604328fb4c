"""`kmblint rehearse` and `kmblint drift` where there is nobody to ask: one line that says what to do."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.cli.engines import target_of, token_of
from kmblint.config import configuration
from kmblint.errors import InputError
from kmblint.lint.rulebook import Rulebook
from kmblint.live.client import Address, Connection, ServerGoneError
from kmblint.live.harness import NAME, VARIABLE
from kmblint.reporters import FORMATS
from kmblint.targets import AUTO, ENGINES
from tests.live.stages import FakeClient, showing

SERVER = ("--server", "127.0.0.1:1", "--tenant", "1")


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_wards.sql").write_text("CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\n")
    return tmp_path


def run(command: str, project: Path, *options: str, **env: str | None) -> tuple[int, str]:
    done = CliRunner().invoke(main, [command, str(project), *options], env=env)
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("rehearse", SERVER, "say with --scratch that its tenant is there for that"),
        ("rehearse", ("--scratch",), "--tenant, --scratch and --token-env are for a --server"),
        ("rehearse", ("--tenant", "1"), "--tenant, --scratch and --token-env are for a --server"),
        ("rehearse", (*SERVER, "--scratch", "--memory"), "--memory is for a throw-away engine"),
        ("rehearse", ("--server", "127.0.0.1:1", "--scratch"), "both --server HOST:PORT and --tenant N"),
        ("rehearse", ("--server", "127.0.0.1", "--scratch"), "`127.0.0.1` is no HOST:PORT"),
        ("rehearse", ("--data", "seed.sql"), "behind which migration? Write `--data 0003:seed.sql`"),
        ("rehearse", ("--data", "7:seed.sql"), "no migration is numbered 0007"),
        ("rehearse", ("--data", "1:nosuch.sql"), "--data: `nosuch.sql` can't be used"),
        ("rehearse", (*SERVER, "--scratch", "--token-env", "NO_SUCH"), "the environment variable `NO_SUCH` is not set"),
        ("drift", (), "--server"),
        ("drift", ("--server", "127.0.0.1:1"), "both --server HOST:PORT and --tenant N"),
        ("drift", (*SERVER, "--fix-history", "--fix-database"), "go opposite ways"),
        ("drift", (*SERVER, "--token-env", "NO_SUCH"), "the environment variable `NO_SUCH` is not set"),
        ("drift", (*SERVER, "--timeout", "0"), "--timeout"),
        ("drift", ("--server", "127.0.0.1:1", "--tenant", str(2**64)), "--tenant"),
    ],
)
def test_what_is_asked_for_wrongly(
    project: Path, command: str, options: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kmblint.live.client.client_missing", str)
    code, told = run(command, project, *options)
    assert code == 2
    assert said in " ".join(told.split())
    assert "Traceback" not in told


def test_without_a_harness_it_is_said_how_to_get_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmblint.live.harness.client_missing", str)
    code, told = run("rehearse", project, PATH="", **{VARIABLE: None})
    assert (code, told) == (
        2,
        f"kmblint: `{NAME}` is not on PATH: `cargo install kimberlite-test-harness` builds it (about ten minutes)\n",
    )
    code, told = run("rehearse", project, **{VARIABLE: "/nosuch/harness"})
    assert code == 2
    assert f"{VARIABLE} names `/nosuch/harness`, which is no program" in told


def test_a_program_that_is_no_harness(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kmblint.live.harness.client_missing", str)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "scratch").mkdir()
    other = tmp_path / "harness"
    other.write_text("#!/bin/sh\necho hello\n")
    other.chmod(0o755)
    code, told = run("rehearse", project, **{VARIABLE: str(other)})
    assert (code, told) == (2, f"kmblint: `{other}` ends before it listens: is it {NAME}?\n")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_token_is_never_told() -> None:
    with pytest.raises(InputError) as raised:
        token_of("eyJ0eXAiOiJKV1Qi.payload")
    assert "eyJ0" not in str(raised.value)


def test_a_port_that_nobody_listens_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmblint.live.client.client_missing", str)
    for command, options in (("drift", ()), ("rehearse", ("--scratch",))):
        code, told = run(command, project, *SERVER, *options)
        assert (code, told.splitlines()) == (2, ["kmblint: nobody listens on 127.0.0.1:1: Connection refused"])


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    """The server that any address leads to."""
    shown = {"wards": [("id", "BIGINT", True), ("name", "TEXT", True)]}
    client = FakeClient(showing(shown))

    def connected(address: Address, tenant: int, *_: object, reads_only: bool = False) -> Connection:
        assert (str(address), tenant) == ("127.0.0.1:1", 1)
        return Connection(client, reads_only=reads_only)

    monkeypatch.setattr("kmblint.cli.drift.connect", connected)
    monkeypatch.setattr("kmblint.cli.rehearse.connect", connected)
    return client


def test_drift_reads_and_ends_with_what_it_found(project: Path, served: FakeClient) -> None:
    assert run("drift", project, *SERVER)[0] == 0
    served.answers["SHOW TABLES"] = [["wards", 2], ["beds", 1]]
    served.answers["SHOW COLUMNS FROM beds"] = [["id", "BIGINT", True]]
    served.answers["SHOW CLASSIFICATIONS FOR beds"] = []
    code, told = run("drift", project, *SERVER)
    assert code == 1
    assert "≠ table `beds`" in told
    code, sql = run("drift", project, *SERVER, "--fix-history")
    assert sql.startswith("-- 0002_state_manual_changes.sql: what was done by hand in tenant 1 of 127.0.0.1:1\n")
    assert "CREATE TABLE IF NOT EXISTS beds (" in sql
    assert all(call.startswith("SHOW ") or call in {"server_info", "masking_policy.list"} for call in served.calls)


def test_rehearse_refuses_a_scratch_server_that_holds_something(project: Path, served: FakeClient) -> None:
    code, told = run("rehearse", project, *SERVER, "--scratch")
    assert code == 2
    assert "tenant 1 of 127.0.0.1:1 isn't empty, and rehearse needs a scratch one: it holds table `wards`" in told
    assert all(call.startswith("SHOW ") or call == "masking_policy.list" for call in served.calls)


def test_rehearse_refuses_a_server_that_others_use(project: Path, served: FakeClient) -> None:
    served.answers = {"SHOW TABLES": []}
    served.tenants = [SimpleNamespace(tenant_id=1, table_count=0), SimpleNamespace(tenant_id=4, table_count=2)]
    code, told = run("rehearse", project, *SERVER, "--scratch")
    assert code == 2
    assert "has neighbours (tenant 4), and all tenants of a server of release 0.9.1 share classifications" in told
    assert not any(call.startswith("CREATE") for call in served.calls)


def test_a_server_that_goes_away(project: Path, served: FakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: object, sql: str) -> None:
        raise ServerGoneError(f"the server is gone before {sql}")

    assert served.calls == []
    monkeypatch.setattr(Connection, "send", gone)
    code, told = run("drift", project, *SERVER)
    assert (code, told) == (2, "kmblint: tenant 1 of 127.0.0.1:1: the server is gone before SHOW TABLES\n")


@pytest.mark.parametrize(
    ("written", "release", "facts", "warns"),
    [
        ("", "0.9.1", "0.9.1", False),
        ('[target]\nengine = "auto"\n', "0.9.1", "0.9.1", False),
        ('[target]\nengine = "auto"\n', "0.10.0", ENGINES[-1], True),
        ('[target]\nengine = "0.9.1"\n', "0.10.0", "0.9.1", True),
    ],
)
def test_the_release_of_the_server_decides_and_an_unknown_one_warns(
    tmp_path: Path, written: str, release: str, facts: str, warns: bool
) -> None:
    file = tmp_path / "kmblint.toml"
    file.write_text(written)
    config = configuration.load(file, "kmblint.toml", Rulebook.load(), {}, FORMATS)
    target, used, warning = target_of(config, release)
    assert (used, target.name, bool(warning)) == (facts, "kimberlite", warns)
    assert not warns or release in warning


def test_auto_is_the_newest_release_where_no_server_is_asked(project: Path) -> None:
    (project / "kmblint.toml").write_text(f'[target]\nengine = "{AUTO}"\n')
    assert CliRunner().invoke(main, ["check", str(project), "--exit-zero"]).exit_code == 0
    assert CliRunner().invoke(main, ["replay", str(project)]).exit_code == 0


def test_the_guide_has_no_engine(project: Path, served: FakeClient) -> None:
    assert served.calls == []
    code, told = run("drift", project, *SERVER, "--target", "guide")
    assert (code, told) == (2, "kmblint: target `guide` has no engine; --target kimberlite has one\n")
