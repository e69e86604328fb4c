"""A live database beside the migrations: what differs, what isn't visible, and the statements from one to the other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from kmblint import targets
from kmblint.history import folder
from kmblint.history.files import History
from kmblint.history.known import Known
from kmblint.live.client import Connection
from kmblint.live.drift import Drift, compare, exempt_roles, fix_database, fix_history
from kmblint.live.readback import LiveColumn, LivePolicy, LiveSchema, differences, expected, read, release_of
from kmblint.replay.replayer import replay
from kmblint.reporters.drift import as_json, as_migration, as_text
from kmblint.reporters.paint import Paint
from kmblint.sql.parse import statements
from kmblint.text import Source
from tests.live.stages import FakeClient, PermissionDeniedError, showing
from tests.shapes import assert_conforms

FILES = {
    "0001_wards.sql": "CREATE TABLE wards (id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL, floor SMALLINT,\n"
    " note TEXT);\n"
    "CREATE MASKING POLICY hide STRATEGY HASH EXEMPT ROLES ('nurse', 'clerk');\n"
    "ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY hide;\n"
    "ALTER TABLE wards MODIFY COLUMN note SET CLASSIFICATION 'PHI';\n",
    "0002_beds.sql": "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT);\n",
}
WARDS = [("id", "BIGINT", True), ("name", "TEXT", False), ("floor", "SMALLINT", True), ("note", "TEXT", True)]
BEDS = [("id", "BIGINT", True), ("ward_id", "BIGINT", True)]


def policy(name: str, kind: str, roles: list[str], most: int | None = None) -> SimpleNamespace:
    strategy = SimpleNamespace(kind=kind, replacement=None, max_chars=most)
    return SimpleNamespace(name=name, strategy=strategy, exempt_roles=roles)


def policies(*made: SimpleNamespace, on_name: str = "hide") -> SimpleNamespace:
    attached = SimpleNamespace(table_name="wards", column_name="name", policy_name=on_name)
    return SimpleNamespace(policies=list(made), attachments=[attached])


HIDE = policy("hide", "Hash", ["nurse", "clerk"])
POLICIES = policies(HIDE)
TARGET = targets.get("kimberlite")


@pytest.fixture
def history(tmp_path: Path) -> History:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return replace(folder.read(tmp_path, display=lambda path: path.name), called="migrations")


def client(
    tables: Mapping[str, Sequence[tuple[str, str, bool]]] | None = None, masked: object = POLICIES
) -> FakeClient:
    shown = showing({"wards": WARDS, "beds": BEDS} if tables is None else tables, {"wards": [["note", "PHI"]]})
    return FakeClient(shown, masked)


def drift(history: History, asked: FakeClient) -> Drift:
    connection = Connection(asked, reads_only=True)
    live = read(connection)
    connection.close()
    return compare(history, TARGET, live, server="tenant 1 of h:1", release="0.9.1", facts="0.9.1")


def told(found: Drift) -> list[tuple[str, str, str, str]]:
    return [(each.what, each.subject, each.predicted, each.seen) for each in found.differences]


def test_an_untouched_database_has_no_drift(history: History) -> None:
    assert told(drift(history, client())) == []


def test_nothing_is_sent_that_could_change_a_database(history: History) -> None:
    asked = client()
    connection = Connection(asked, reads_only=True)
    release_of(connection)
    compare(history, TARGET, read(connection), server="", release="0.9.1", facts="0.9.1")
    connection.close()
    assert asked.calls == [
        "server_info",
        "SHOW TABLES",
        "SHOW COLUMNS FROM beds",
        "SHOW CLASSIFICATIONS FOR beds",
        "SHOW COLUMNS FROM wards",
        "SHOW CLASSIFICATIONS FOR wards",
        "masking_policy.list",
    ]


def test_a_name_that_show_would_take_for_something_else_is_never_sent() -> None:
    names = ["a b", "a;b", '"a"', "a\tb", "", "\u200b"]
    asked = FakeClient({"SHOW TABLES": [[name, 1] for name in names]})
    connection = Connection(asked, reads_only=True)
    assert read(connection).tables == dict.fromkeys(names)
    assert asked.calls == ["SHOW TABLES", "masking_policy.list"]
    connection.close()


def test_what_was_done_by_hand_is_found_and_nothing_else(history: History) -> None:
    by_hand = policies(HIDE, policy("cut", "Truncate", ["x"], 4), on_name="cut")
    tables = {
        "wards": [WARDS[0], WARDS[1], WARDS[3], ("floor", "BIGINT", True), ("phone", "TEXT", True)],
        "notes": [("id", "BIGINT", True), ("body", "BYTES", False)],
    }
    asked = client(tables, by_hand)
    asked.answers["SHOW CLASSIFICATIONS FOR wards"] = [["note", "PII"]]
    assert told(drift(history, asked)) == [
        ("table", "beds", "there, with columns `id`, `ward_id`", "not there"),
        ("table", "notes", "not there", "there, with columns `id`, `body`"),
        ("type", "wards.floor", "SMALLINT", "BIGINT"),
        ("classification", "wards.note", "'PHI'", "'PII'"),
        ("column", "wards.phone", "not there", "there, TEXT"),
        ("policy", "cut", "not there", "there, TRUNCATE 4 EXEMPT ROLES ('x')"),
        ("attachment", "wards.name", "masked by `hide`", "masked by `cut`"),
    ]


def test_the_engines_own_tables_and_a_runners_are_no_drift(history: History) -> None:
    others = {"_kimberlite_audit": [("id", "BIGINT", True)], "__migrations": [("id", "BIGINT", True)]}
    found = drift(history, client({"wards": WARDS, "beds": BEDS, **others}))
    assert told(found) == []
    assert fix_database(found).statements == ()


def test_columns_in_another_order(history: History) -> None:
    found = told(drift(history, client({"wards": [WARDS[1], WARDS[0], *WARDS[2:]], "beds": BEDS})))
    names = "`id`, `name`, `floor`, `note`", "`name`, `id`, `floor`, `note`"
    assert found == [("order", "wards", *names)]


def test_not_null_of_a_key_is_not_visible_and_of_another_column_is(history: History) -> None:
    tables = {"wards": [("id", "BIGINT", False), ("name", "TEXT", True), *WARDS[2:]], "beds": BEDS}
    assert told(drift(history, client(tables))) == [("nullability", "wards.name", "NOT NULL", "NULL")]


def test_the_roles_of_a_policy_are_compared_in_any_order(history: History) -> None:
    other = policies(policy("hide", "Hash", ["clerk", "nurse"]))
    assert told(drift(history, client(masked=other))) == []
    fewer = policies(policy("hide", "Hash", ["nurse"]))
    assert [each[0] for each in told(drift(history, client(masked=fewer)))] == ["policy"]


def test_what_a_token_may_not_see_is_said_and_not_compared(history: History) -> None:
    found = drift(history, client(masked=PermissionDeniedError("Permission denied")))
    assert told(found) == []
    assert "role Admin" in as_text(found, Paint(), 100)


def test_only_what_is_applied_is_compared(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    history = folder.read(tmp_path, Known(applied_through=1))
    found = drift(history, client({"wards": WARDS}))
    assert told(found) == []
    assert [each.file for each in found.history.replayed] == ["0001_wards.sql"]


def test_an_empty_tenant_is_one_thing_and_no_avalanche(history: History) -> None:
    found = drift(history, FakeClient({"SHOW TABLES": []}))
    assert found.is_empty
    text = as_text(found, Paint(), 100)
    assert "holds no table at all, and the migrations make 2: is it the right tenant?" in " ".join(text.split())
    assert "≠" not in text


def test_what_is_not_visible_is_named(history: History) -> None:
    found = drift(history, client())
    text = as_text(found, Paint(), 200)
    assert "no difference\nnot visible in release 0.9.1, and not compared:\n- primary keys" in text
    assert any("indexes" in line for line in json.loads(as_json(found))["not_compared"])


def test_the_json_is_as_promised(history: History) -> None:
    assert_conforms("drift", as_json(drift(history, client())))
    assert_conforms("drift", as_json(drift(history, client({"notes": [("id", "BIGINT", True)]}))))


BY_HAND = LiveSchema(
    {
        "wards": (
            LiveColumn("id", "BIGINT", nullable=True),
            LiveColumn("name", "TEXT", nullable=False),
            LiveColumn("note", "TEXT", nullable=True, classification="PII"),
            LiveColumn("floor", "BIGINT", nullable=True),
            LiveColumn("order no", "DECIMAL(10,3)", nullable=True),
        ),
        "notes": (
            LiveColumn("id", "BIGINT", nullable=True),
            LiveColumn("body", "BYTES", nullable=False, classification="PHI"),
        ),
    },
    {"hide": LivePolicy("hide", "REDACT_CUSTOM '***'", ("nurse",)), "cut": LivePolicy("cut", "TRUNCATE 4", ("a b",))},
    {("wards", "name"): "cut", ("notes", "body"): "hide"},
)


def grown(history: History, sql: str, tmp_path: Path) -> LiveSchema:
    """What the history comes to with one more migration."""
    (tmp_path / "0003_more.sql").write_text(sql)
    done = replay(folder.read(tmp_path), TARGET, actual=True)
    assert [each.outcome.verdict.value for each in done.steps if not each.outcome.verdict.happens] == []
    assert history.migrations
    return expected(done.end, TARGET.stored_type, exempt_roles(done))


def test_the_history_with_its_follow_up_comes_to_what_is_in_the_database(history: History, tmp_path: Path) -> None:
    found = compare(history, TARGET, BY_HAND, server="tenant 1 of h:1", release="0.9.1", facts="0.9.1")
    assert found.differences
    follow_up = fix_history(found)
    sql = as_migration(found, follow_up, "0003_more.sql")
    assert "check: the key of `notes` is not visible: PRIMARY KEY (id) is a guess" in sql
    after = grown(history, sql, tmp_path)
    again = replay(folder.read(tmp_path), TARGET, actual=True)
    assert "only where no row ever held a value of it: ALTER TABLE wards DROP COLUMN floor;" in sql
    left = [(each.what, each.subject) for each in differences(after, BY_HAND, again.end)]
    assert left == [("type", "wards.floor")]


def test_the_database_with_its_follow_up_comes_to_the_history(history: History, tmp_path: Path) -> None:
    found = compare(history, TARGET, BY_HAND, server="tenant 1 of h:1", release="0.9.1", facts="0.9.1")
    (tmp_path / "0003_by_hand.sql").write_text(as_migration(found, fix_history(found), "0003_by_hand.sql"))
    (tmp_path / "0004_back.sql").write_text(as_migration(found, fix_database(found), None))
    done = replay(folder.read(tmp_path), TARGET, actual=True)
    assert [each.outcome.verdict.value for each in done.steps if not each.outcome.verdict.happens] == []
    back = expected(done.end, TARGET.stored_type, exempt_roles(done))
    left = [(each.what, each.subject) for each in differences(found.wanted, back, done.end)]
    assert left == []


def test_a_classification_that_the_migrations_dont_set_cant_be_taken_back(history: History) -> None:
    asked = client()
    asked.answers["SHOW CLASSIFICATIONS FOR beds"] = [["ward_id", "PHI"]]
    found = drift(history, asked)
    follow_up = fix_database(found)
    assert (follow_up.statements, len(follow_up.notes)) == ((), 1)
    assert "can't be taken back" in as_migration(found, follow_up, None)


@pytest.mark.parametrize(
    "column",
    [
        ("x; DROP TABLE wards; --", "TEXT", True),
        ("a;b", "TEXT", True),
        ("added", "TEXT); DROP TABLE wards; --", True),
        ("added", "TEXT -- as it was", True),
        ("added", "TEXT /*", True),
        ("added", "TEXT \x1b[31m", True),
    ],
)
def test_no_name_and_no_type_of_a_database_is_more_than_one_in_a_statement(
    history: History, column: tuple[str, str, bool]
) -> None:
    answers = showing({"wards": [*WARDS[:2], column, WARDS[3]], "beds": BEDS}, {"wards": [[column[0], "PHI"]]})
    found = drift(history, FakeClient(answers, POLICIES))
    for follow_up in (fix_history(found), fix_database(found)):
        for each in follow_up.statements:
            [read] = statements(Source("", each))
            assert read.problem is None
            assert ";" not in each[:-1]
        text = as_migration(found, follow_up, None)
        assert {line[:3] for line in text.partition("\n\n")[0].splitlines()} == {"-- "}
    assert any("so it isn't written" in note for note in fix_history(found).notes)


def test_a_name_in_quotes_stays_one(history: History) -> None:
    answers = showing({"wards": [*WARDS, ("it's -- one", "TEXT", True)], "beds": BEDS})
    assert fix_history(drift(history, FakeClient(answers, POLICIES))).statements[-1] == (
        'ALTER TABLE wards ADD COLUMN "it\'s -- one" TEXT;'
    )
