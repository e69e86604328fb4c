"""What a statement does to a catalogue: values, keys, and what a table remembers."""

from __future__ import annotations

import pytest

from kmblint import targets
from kmblint.sql.parse import statements
from kmblint.targets.layout import pieces
from kmblint.targets.outcome import Form
from kmblint.targets.verdict import (
    AttachedPolicyRefusal,
    BlindComparison,
    CatalogueRefusal,
    CutDigits,
    DoesNothing,
    Finds,
    GhostColumn,
    KeyDamage,
    NullRows,
    OversizedRow,
    PoisonedTableRefusal,
    Poisons,
    Refusal,
    RepeatedKey,
    RowShapeRefusal,
    StaleIndexRefusal,
    UncheckedNull,
    UnsupportedForm,
    ValueRefusal,
    Verdict,
)
from kmblint.text import Source, Span
from tests.sql_catalog import catalog, changes
from tests.targets.judging import last, outcomes

TABLE = """
    CREATE TABLE t (
        id BIGINT PRIMARY KEY, name TEXT NOT NULL, born DATE, price DECIMAL(10,2), status INTEGER, at TIMESTAMP
    )
"""


def poison(sql: str) -> Poisons:
    """The one poison of the last statement."""
    (found,) = [hazard for hazard in last(TABLE, sql).hazards if isinstance(hazard, Poisons)]
    return found


@pytest.mark.parametrize(
    ("sql", "instead"),
    [
        ("INSERT INTO t (id, name, born) VALUES (1, 'a', '2020-01-01')", "18262"),
        ("INSERT INTO t (id, name, price) VALUES (1, 'a', 5)", "5.00"),
        ("UPDATE t SET price = 5 WHERE id = 1", "'5.00'"),
        ("UPDATE t SET at = '2026-02-11T09:30:00' WHERE id = 1", "1770802200000000000"),
        ("INSERT INTO t (id, name, status) VALUES (1, 'a', '7')", "7"),
        ("INSERT INTO t (id, name, status) VALUES (1, 'a', 3000000000)", None),
    ],
)
def test_a_poison_says_which_literal_would_do(sql: str, instead: str | None) -> None:
    assert poison(sql).instead == instead


def test_a_poisoned_table_refuses_what_reads_it_until_the_column_is_dropped() -> None:
    found = outcomes(
        TABLE,
        "INSERT INTO t (id, name, born) VALUES (1, 'a', '2020-01-01');"
        "UPDATE t SET name = 'b'; UPDATE t SET name = 'b' WHERE id = 2; ALTER TABLE t ADD COLUMN note TEXT;"
        "ALTER TABLE t DROP COLUMN born; UPDATE t SET name = 'b'; ALTER TABLE t ADD COLUMN born DATE; DELETE FROM t",
    )
    assert [outcome.verdict.value for outcome in found[2:]] == [
        "refused", "taken", "taken", "taken", "taken", "taken", "refused",
    ]  # fmt: skip
    refusal = found[2].refusal
    assert isinstance(refusal, PoisonedTableRefusal)
    assert refusal.cause is not None
    assert "DROP COLUMN born" in (refusal.help or "")


@pytest.mark.parametrize(
    ("where", "verdict"),
    [
        ("id = 1 AND nosuch = 'x'", "taken"),
        ("nosuch IN ('x') AND id = 1", "taken"),
        ("id > 1 AND nosuch = 'x'", "refused"),
        ("id = 1 OR nosuch = 'x'", "refused"),
        ("nosuch = 'x'", "refused"),
    ],
)
def test_beside_one_row_by_its_key_no_column_is_looked_for(where: str, verdict: str) -> None:
    assert last(TABLE, f"UPDATE t SET name = 'b' WHERE {where}").verdict.value == verdict


def test_showing_the_columns_of_a_poisoned_table_reads_no_row() -> None:
    sql = "INSERT INTO t (id, name, born) VALUES (1, 'a', '2020-01-01'); SHOW COLUMNS FROM t; SELECT id FROM t"
    assert [outcome.verdict.value for outcome in outcomes(TABLE, sql)[-2:]] == ["taken", "refused"]


def test_a_view_that_was_refused_is_nothing_to_read() -> None:
    """Where a history is replayed as it was meant, it is there; to the engine it isn't, while its own tables are."""
    meant = catalog("CREATE VIEW v AS SELECT 1")
    for name, reasons in (("v", ["there is no table `v`"]), ("_kimberlite_audit", [])):
        (change,) = changes(f"SELECT * FROM {name}")
        outcome = targets.get("kimberlite").outcome(Form(), change, meant, ())
        assert [refusal.reason for refusal in outcome.refusals] == reasons


def test_writing_the_row_anew_mends_it() -> None:
    sql = (
        "INSERT INTO t (id, name, born) VALUES (1, 'a', '2020-01-01');"
        "INSERT INTO t (id, name, born) VALUES (1, 'a', 18262) ON CONFLICT (id) DO UPDATE SET born = EXCLUDED.born;"
        "UPDATE t SET name = 'b'"
    )
    assert last(TABLE, sql).verdict is Verdict.TAKEN


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("INSERT INTO t (id, name) VALUES (1)", RowShapeRefusal),
        ("INSERT INTO t (name) VALUES ('a')", RowShapeRefusal),
        ("INSERT INTO t (id, name) VALUES (1, 5)", ValueRefusal),
        ("INSERT INTO t (id, name) VALUES (1, NULL)", ValueRefusal),
        ("INSERT INTO t (id, name, at) VALUES (1, 'a', '2026-01-01')", ValueRefusal),
        ("INSERT INTO t (id, name) VALUES (1, 'a'), (1, 'b')", RepeatedKey),
        (f"INSERT INTO t (id, name) VALUES (1, '{'x' * 4000}')", OversizedRow),
        ("INSERT INTO t (id, nosuch) VALUES (1, 'a')", CatalogueRefusal),
        ("ALTER TABLE t DROP COLUMN id", UnsupportedForm),
        ("UPDATE nosuch SET a = 1", CatalogueRefusal),
        ("UPDATE t SET name = 'x' WHERE nosuch = 1", CatalogueRefusal),
        ("DELETE FROM t USING u WHERE u.nosuch = 1", CatalogueRefusal),
        ("SELECT * FROM nosuch", CatalogueRefusal),
    ],
)
def test_what_the_schema_refuses_is_a_kind_of_its_own(sql: str, kind: type[Refusal]) -> None:
    assert type(last(TABLE, sql).refusal) is kind


def test_an_index_of_a_dropped_table_is_still_registered() -> None:
    refusal = last(TABLE, "CREATE INDEX i ON t (name); DROP TABLE t", TABLE, "CREATE INDEX i ON t (name)").refusal
    assert isinstance(refusal, StaleIndexRefusal)


def test_a_policy_stays_attached_to_a_table_that_is_dropped_until_it_is_detached_from_the_next() -> None:
    attached = (
        "CREATE MASKING POLICY p STRATEGY HASH EXEMPT ROLES ('r')",
        "ALTER TABLE t ALTER COLUMN name SET MASKING POLICY p",
        "DROP TABLE t",
    )
    refusal = last(TABLE, *attached, "DROP MASKING POLICY p").refusal
    assert isinstance(refusal, AttachedPolicyRefusal)
    detached = (TABLE, "ALTER TABLE t ALTER COLUMN name DROP MASKING POLICY")
    assert last(TABLE, *attached, *detached, "DROP MASKING POLICY p").verdict is Verdict.TAKEN


@pytest.mark.parametrize(
    "where", ["status = 1", "status > 0", "born BETWEEN 1 AND 2", "born IN (1)", "price = 2.5", "price = 2", "at = 5"]
)
def test_a_blind_comparison_finds_nothing_without_an_index(where: str) -> None:
    found = [h for h in last(TABLE, f"DELETE FROM t WHERE {where}").hazards if isinstance(h, BlindComparison)]
    assert {hazard.finds for hazard in found} == {Finds.NOTHING}


@pytest.mark.parametrize(
    "where", ["1 = status", "2.50 = price", "price = 2.50", "id = 1", "name = 'a'", "at < now()", "born IS NULL"]
)
def test_what_compares_is_not_blind(where: str) -> None:
    assert not any(isinstance(h, DoesNothing) for h in last(TABLE, f"DELETE FROM t WHERE {where}").hazards)


def test_an_index_opens_the_eyes_but_not_under_or() -> None:
    indexed = (TABLE, "CREATE INDEX i ON t (status)")
    assert not any(isinstance(h, DoesNothing) for h in last(*indexed, "DELETE FROM t WHERE status = 1").hazards)
    assert any(isinstance(h, DoesNothing) for h in last(*indexed, "DELETE FROM t WHERE status = 1 OR id = 2").hazards)


def test_the_help_of_a_blind_comparison_finds_the_rows() -> None:
    (found,) = [h for h in last(TABLE, "DELETE FROM t WHERE status > 1").hazards if isinstance(h, DoesNothing)]
    assert "`1 < status`" in (found.help or "")


def test_quirks_of_an_update_are_named() -> None:
    found = last(TABLE, "UPDATE t SET id = 2, name = NULL, nosuch = 1 WHERE status IN (1, NULL)").hazards
    assert {type(hazard) for hazard in found} >= {KeyDamage, UncheckedNull, GhostColumn, NullRows}


@pytest.mark.parametrize(
    ("where", "reached"),
    [
        ("n >= NULL", "every"),
        ("n > NULL", "some"),
        ("n <= NULL", "some"),
        ("n < NULL", "none"),
        ("1 = 1", "every"),
        ("1 = 2", "none"),
        ("n BETWEEN lower('a') AND 5", "some"),
    ],
)
def test_how_much_of_a_table_is_reached(where: str, reached: str) -> None:
    """By an index on `n`; the engine was asked with a row that holds a number and one that holds NULL."""
    schema = "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)", "CREATE INDEX i ON t (n)"
    reach = last(*schema, f"DELETE FROM t WHERE {where}").reach
    assert reach is not None
    assert ("none" if reach.no_row else "every" if reach.every_row else "some") == reached


def test_digits_beyond_the_scale_are_cut() -> None:
    (found,) = [
        h
        for h in last(TABLE, "INSERT INTO t (id, name, price) VALUES (1, 'a', 1.555)").hazards
        if isinstance(h, CutDigits)
    ]
    assert found.kept == "1.55"


def test_a_guard_over_what_exists_does_nothing() -> None:
    assert last(TABLE, "CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY)").verdict is Verdict.NO_OP
    assert last(TABLE, "DROP TABLE IF EXISTS u").verdict is Verdict.NO_OP
    assert last(TABLE, "ALTER TABLE t DROP COLUMN IF EXISTS nosuch").verdict is Verdict.REFUSED


def test_the_guide_takes_what_its_examples_write() -> None:
    alteration = "ALTER TABLE t ADD COLUMN IF NOT EXISTS note JSONB"
    found = outcomes(TABLE, "BEGIN", alteration, "UPDATE t SET name = lower(name) WHERE id < 9", target="guide")
    assert {outcome.verdict for outcome in found} == {Verdict.TAKEN}
    assert last(TABLE, "UPDATE nosuch SET a = 1", target="guide").verdict is Verdict.REFUSED


def test_the_guide_heeds_guards_and_means_what_sql_means() -> None:
    guarded = "CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY)"
    assert [outcome.verdict for outcome in outcomes(TABLE, guarded, target="guide")] == [Verdict.TAKEN, Verdict.NO_OP]
    for where, no_row in (("1 = 2", True), ("born > NULL", True), ("born IS NULL", False)):
        for change in ("DELETE FROM t", "UPDATE t SET status = 1"):
            reach = last(TABLE, f"{change} WHERE {where}", target="guide").reach
            assert reach is not None
            assert reach.no_row is no_row


def test_no_runner_reads_what_stands_in_a_merge_conflict() -> None:
    """The guide's sends every statement whole."""
    source = Source(
        "0001_a.sql", "DROP TABLE t;\n<<<<<<< ours\nDROP TABLE u;\n=======\nDROP TABLE v;\n>>>>>>> theirs\n"
    )
    guide, found = targets.get("guide"), statements(source)
    assert [guide.fate(statement, source, ()) for statement in found][:2] == [None, Verdict.UNREADABLE]
    assert not any(guide.fails_split(statement, source, ()) for statement in found)
    sent = pieces(source, Span(0, len(source.text)))
    assert targets.get("kimberlite").fate(found[1], source, sent) is Verdict.UNREADABLE


def test_a_column_shows_what_was_set_before_it_was_there() -> None:
    ghost = "UPDATE t SET rank = 'first' WHERE id = 1"
    found = outcomes(TABLE, f"{ghost}; ALTER TABLE t ADD COLUMN rank BIGINT; UPDATE t SET name = 'b'")
    assert [type(hazard) for hazard in found[2].hazards] == [Poisons]
    assert found[3].verdict is Verdict.REFUSED
    found = outcomes(TABLE, f"{ghost}; ALTER TABLE t ADD COLUMN rank TEXT; UPDATE t SET name = 'b'")
    assert (found[2].hazards, found[3].verdict) == ((), Verdict.TAKEN)


def test_a_long_key_leaves_less_of_the_page_to_its_row() -> None:
    """Area limit: a row and the texts of its key fit together, in 4002 bytes."""
    table = "CREATE TABLE codes (code TEXT PRIMARY KEY, body TEXT)"
    for length, verdict in ((1981, Verdict.TAKEN), (1982, Verdict.REFUSED)):
        insert = f"INSERT INTO codes (code, body) VALUES ('{'k' * 1000}', '{'x' * length}')"
        assert outcomes(table, insert)[-1].verdict is verdict


@pytest.mark.parametrize(
    ("key", "instead"),
    [
        ("'-0.5'", ["FreezesRow: None"]),
        ("'-0.50'", ["FreezesRow: None"]),
        ("'-1.5'", ["FreezesRow: '-1.50'"]),
        ("'-1.50'", []),
        ("'-0'", ["FreezesRow: '0.00'"]),
        ("'+1.5'", ["FreezesRow: '1.50'"]),
        ("'01.50'", ["FreezesRow: '1.50'"]),
        ("'0'", ["FreezesRow: '0.00'"]),
        ("'0.00'", []),
        ("1.5", ["FreezesRow: 1.50"]),
        ("1.50", []),
        ("-0.5", ["FreezesRow: None", "CutDigits: None"]),
        ("-0.50", ["CutDigits: None"]),
    ],
)
def test_a_key_is_found_again_under_one_spelling_and_a_negative_fraction_under_none(
    key: str, instead: list[str]
) -> None:
    table = "CREATE TABLE t (k DECIMAL(10, 2) PRIMARY KEY, n BIGINT)"
    outcome = last(table, f"INSERT INTO t (k, n) VALUES ({key}, 1)")
    told = [f"{type(hazard).__name__}: {getattr(hazard, 'instead', None)}" for hazard in outcome.hazards]
    assert sorted(told) == sorted(instead)


@pytest.mark.parametrize(("key", "stopped"), [("'1.50'", None), ("1.50", None), ("'+1.5'", 0), ("'01.50'", 0)])
def test_a_change_stops_at_a_row_that_is_not_found_again(key: str, stopped: int | None) -> None:
    """The engine refuses it there (area frozen-key), whichever way it came to the row."""
    made = "CREATE TABLE t (k DECIMAL(10, 2) PRIMARY KEY, n BIGINT)", f"INSERT INTO t (k, n) VALUES ({key}, 1)"
    for change in ("DELETE FROM t WHERE n = 1", "UPDATE t SET n = 2"):
        found = last(*made, change).found
        assert found is not None
        assert found.stopped == stopped
        assert len(found.rows) == (0 if stopped is None and change.startswith("DELETE") else 1)


@pytest.mark.parametrize("columns", ["room", "place", "room, place, title", "title"])
def test_a_conflict_is_told_by_the_whole_key(columns: str) -> None:
    shelves = "CREATE TABLE shelves (room BIGINT, place BIGINT, title TEXT, PRIMARY KEY (room, place))"
    insert = f"INSERT INTO shelves (room, place) VALUES (1, 2) ON CONFLICT ({columns}) DO NOTHING"
    (refusal,) = last(shelves, insert).refusals
    assert refusal.help == "write `ON CONFLICT (room, place)`"
    assert last(shelves, insert.replace(f"({columns})", "(place, room)")).refusals == ()
