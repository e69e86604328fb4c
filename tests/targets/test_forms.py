"""The reasons that the server withholds, in plain words, with what to write instead."""

from __future__ import annotations

import msgspec
import pytest

from kmblint.findings import Severity
from kmblint.sql.parse import statements
from kmblint.targets.kimberlite.forms_own import ends_server
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.kimberlite.target import Kimberlite
from kmblint.targets.verdict import ChangedType, Crashes, DoesNothing, DroppedClause, IgnoredGuard, WiderThanAsked
from kmblint.text import Source
from tests.targets.judging import form, mended, refused


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("CREATE TABLE t (a TEXT)", "no table without a primary key"),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY, a NUMERIC(8,2))", "no type `NUMERIC`: write `DECIMAL(8, 2)`"),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY, a SERIAL)", "write `BIGINT`, which isn't the same"),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY, a INT[])", "no array type"),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY,)", "nothing follows this comma"),
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS a TEXT", "ADD COLUMN takes no IF NOT EXISTS"),
        ("ALTER TABLE t ADD COLUMN a TEXT, ADD COLUMN b TEXT", "one action a statement"),
        ("ALTER TABLE t RENAME TO u", "here stands `RENAME`"),
        ("DROP INDEX i", "the engine drops no index: it is for ever"),
        ("DROP TABLE a, b", "one table a statement"),
        ("CREATE INDEX ON t (a)", "CREATE INDEX needs a name"),
        ("INSERT INTO t (id) VALUES (now())", "VALUES takes literals only, and `now` is a function"),
        ("INSERT INTO t (id) SELECT id FROM u", "INSERT takes VALUES only"),
        ('INSERT INTO "t" (id) VALUES (1)', "keeps the quotes as part of the table's name"),
        ("INSERT INTO t (id) VALUES (1) ON CONFLICT DO NOTHING", "ON CONFLICT needs its columns"),
        ("UPDATE t SET a = b + 1", "SET takes literals only, and `+` is an operator"),
        ("UPDATE t SET a = DATE '2026-01-01'", "write the days since 1970-01-01"),
        ("UPDATE t SET a = 1 WHERE NOT b = 2", "no NOT before a condition"),
        ("UPDATE t SET a = 1 WHERE id IN (SELECT id FROM u)", "no sub-query"),
        ("UPDATE t SET a = 1 WHERE a = b", "`b` is read as a column"),
        ("UPDATE t SET a = 1 WHERE active", "write `active = TRUE`"),
        ("DELETE FROM t WHERE trim(a) = 'x'", "`trim` is a function"),
        ("DELETE FROM t WHERE CAST(a + 1 AS BIGINT) = 7", "no arithmetic, and `+` is an operator"),
        ("BEGIN", "no transactions"),
        ("TRUNCATE t", "no statement `TRUNCATE`: write DELETE FROM the table"),
        ("CREATE VIEW v AS SELECT id FROM t", "makes no VIEW"),
        ("/* why */ CREATE MASK m ON t.a USING HASH", "a comment before this statement"),
        ("CREATE MASKING POLICY p STRATEGY HASH", "needs the roles"),
        ("ALTER TABLE t MODIFY COLUMN a SET CLASSIFICATION 'NOT PHI'", "cuts this statement on white space"),
    ],
)  # fmt: skip
def test_a_refusal_says_why_and_what_instead(sql: str, says: str) -> None:
    assert says in refused(sql)


@pytest.mark.parametrize(
    ("sql", "after"),
    [
        ("CREATE TABLE t (a NUMERIC(8,2) PRIMARY KEY)", "CREATE TABLE t (a DECIMAL(8, 2) PRIMARY KEY)"),
        ("CREATE TABLE t (a DOUBLE PRECISION PRIMARY KEY)", "CREATE TABLE t (a DOUBLE PRIMARY KEY)"),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY, a CHAR(3))", "CREATE TABLE t (id BIGINT PRIMARY KEY, a TEXT)"),
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS a TEXT", "ALTER TABLE t ADD COLUMN a TEXT"),
        ("ALTER TABLE t ADD COLUMN a JSONB", "ALTER TABLE t ADD COLUMN a JSON"),
        ('INSERT INTO "t" (id) VALUES (1)', "INSERT INTO t (id) VALUES (1)"),
        ("DELETE FROM ONLY t WHERE id = 1", "DELETE FROM t WHERE id = 1"),
    ],
)  # fmt: skip
def test_a_certain_edit_gives_a_statement_that_is_taken(sql: str, after: str) -> None:
    assert mended(sql) == after
    assert not form(after).refused


def test_a_dropped_default_weighs_most_where_the_column_must_have_a_value() -> None:
    found = form(
        "CREATE TABLE t (id BIGINT PRIMARY KEY, a TEXT DEFAULT 'x', b TEXT NOT NULL DEFAULT 'x', c TEXT UNIQUE)"
    )
    dropped = [(h.column, h.clause, h.severity) for h in found.hazards if isinstance(h, DroppedClause)]
    assert dropped == [
        ("a", "DEFAULT", Severity.INFO),
        ("b", "DEFAULT", Severity.ERROR),
        ("c", "UNIQUE", Severity.WARNING),
    ]


def test_types_that_are_stored_otherwise_are_named() -> None:
    found = form("CREATE TABLE t (id BIGINT PRIMARY KEY, a VARCHAR(20), b DECIMAL, c TIMESTAMP WITH TIME ZONE, d INT)")
    changed = [(h.declared, h.stored) for h in found.hazards if isinstance(h, ChangedType)]
    assert changed == [
        ("VARCHAR(20)", "TEXT"),
        ("DECIMAL", "DECIMAL(18,2)"),
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
    ]


def test_what_makes_an_update_wider_than_asked_is_named() -> None:
    found = form("UPDATE t AS x SET a = 'y' FROM u WHERE u.kind = 'b' AND x.id = 1 LIMIT 10")
    assert [msgspec.structs.astuple(h)[:-1] for h in found.hazards if isinstance(h, WiderThanAsked)] == [
        ("FROM", "u"),
        ("u",),
        (),
    ]


def test_a_name_in_quotes_is_another_name_in_set_and_index() -> None:
    assert any(isinstance(h, DoesNothing) for h in form('UPDATE t SET "a" = 1').hazards)
    assert any(isinstance(h, DoesNothing) for h in form('CREATE INDEX i ON t ("a")').hazards)


def test_what_kills_the_server_is_known_by_its_words() -> None:
    assert any(isinstance(h, Crashes) for h in form("UPDATE t SET a = -1.5").hazards)
    assert any(isinstance(h, Crashes) for h in form("SELECT id FROM t WHERE round(a, -1) = 7").hazards)
    assert ends_server("''")
    assert not ends_server("'PHI'")
    assert not any(isinstance(h, Crashes) for h in form("INSERT INTO t (a) VALUES (1.5)").hazards)


def test_a_classification_that_kills_the_server_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmblint.targets.kimberlite.forms_own.ends_server", lambda value: value == "'PHI'")
    for value, kills in (("'PHI'", True), ("'PII'", False)):
        found = form(f"ALTER TABLE t MODIFY COLUMN a SET CLASSIFICATION {value}")
        assert [type(hazard) for hazard in found.hazards] == [Crashes] * kills


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX IF NOT EXISTS i ON t (a)",
        "ALTER TABLE t DROP COLUMN IF EXISTS a",
        "INSERT OR IGNORE INTO t VALUES (1)",
    ],
)
def test_an_ignored_guard_is_named(sql: str) -> None:
    assert any(isinstance(h, IgnoredGuard) for h in form(sql).hazards)


@pytest.mark.parametrize("depth", [47, 48])
def test_the_parser_gives_up_at_the_same_depth(depth: int) -> None:
    condition = "(" * depth + "id = 1" + ")" * depth
    assert (not form("DELETE FROM t WHERE " + condition).refused) == (depth == 47)


@pytest.mark.parametrize(("parentheses", "length"), [(0, 100), (0, 101), (40, 60), (40, 61)])
def test_a_chain_of_conditions_nests_as_deep_as_it_is_long(parentheses: int, length: int) -> None:
    condition = "(" * parentheses + " OR ".join(["id = 1"] * length) + ")" * parentheses
    assert (not form("DELETE FROM t WHERE " + condition).refused) == (parentheses + length <= 100)


def test_how_deep_is_too_deep_is_said() -> None:
    assert "deeper than the engine's parser goes (49)" in refused(f"DELETE FROM t WHERE {'(' * 48}id = 1{')' * 48}")
    chain = "DELETE FROM t WHERE " + " OR ".join(["id = 1"] * 101)
    assert refused(chain) == (
        "WHERE nests deeper than 100: each AND and OR of a chain counts: write `column IN (…)`, or split the statement"
    )
    assert "more operators, than can be judged: split the statement" in refused(
        f"DELETE FROM t WHERE a = {'- ' * 9000}1"
    )


@pytest.mark.parametrize("end", ["- " * 9000 + "1", "a " + "|| 'x' " * 9000, "(" * 9000, "NOT " * 9000, "CASE " * 9000])
def test_no_expression_is_too_long_to_answer(end: str) -> None:
    assert form("DELETE FROM t WHERE a = " + end).refused


@pytest.mark.parametrize("who", ["x", '"an owner"', "'x'", "`an owner`", "CURRENT_USER"])
def test_who_grants_is_one_name_in_any_quotes(who: str) -> None:
    assert not form(f"GRANT SELECT ON t TO r AS {who} GRANTED BY {who}").refusals


@pytest.mark.parametrize("who", ["x y", "x.y", "5"])
def test_who_grants_is_no_more_than_a_name(who: str) -> None:
    assert form(f"GRANT SELECT ON t TO r AS {who}").refusals
    assert form(f"GRANT SELECT ON t TO r GRANTED BY {who}").refusals


@pytest.mark.parametrize(
    ("sql", "stumbles"),
    [
        (
            "CREATE TABLE t (id BIGINT PRIMARY KEY, total NUMERIC(10,2), currency CHAR(3) DEFAULT 'EUR', meta JSONB)",
            ["NUMERIC", "CHAR", "JSONB"],
        ),
        ("ALTER TABLE t ADD COLUMN a JSONB, RENAME TO u", ["JSONB", "one action", "RENAME"]),
        ("UPDATE t SET a = now(), b = b + 1 WHERE NOT c = 1 ORDER BY id", ["now", "`+`", "no NOT", "ORDER BY"]),
        ("DELETE FROM t WHERE lower(a) = b + 1 OR c OFFSET 3", ["arithmetic", "`c`", "OFFSET"]),
        ("INSERT INTO t AS x (id) SELECT 1 ON CONFLICT DO NOTHING", ["alias", "VALUES only", "needs its columns"]),
        ("GRANT SELECT ON a, b TO r, s", ["one table", "one role"]),
        ("SELECT t.*, 1 FROM t, u ORDER BY a + 1", ["t.*", "literal", "exactly one table", "ORDER BY"]),
    ],
)
def test_everything_that_the_words_show_is_said_at_once(sql: str, stumbles: list[str]) -> None:
    refusals = form(sql).refusals
    assert len(refusals) == len(stumbles)
    assert all(stumble in refusal.reason for stumble, refusal in zip(stumbles, refusals, strict=True)), refusals


@pytest.mark.parametrize(
    ("sql", "after"),
    [
        ("INSERT INTO t (id) VALUES (now()), (now()), (now())", None),
        (
            "CREATE TABLE t (id BIGINT PRIMARY KEY, a JSONB, b JSONB, c INT8)",
            "CREATE TABLE t (id BIGINT PRIMARY KEY, a JSON, b JSON, c BIGINT)",
        ),
        ("CREATE TABLE t AS SELECT 1", None),
        ("CREATE VIRTUAL TABLE t USING fts5(a)", None),
    ],
)
def test_one_cause_is_refused_once(sql: str, after: str | None) -> None:
    """And its edits mend every place."""
    refusals = form(sql).refusals
    assert len({refusal.reason for refusal in refusals}) == len(refusals) == (2 if after else 1)
    assert after is None or mended(sql) == after


def test_the_facts_are_those_of_the_release_that_is_passed_in() -> None:
    """A next release is a new value, and nothing else."""
    sql = "CREATE TABLE t (id BIGINT PRIMARY KEY, a JSONB) PARTITION BY (id)"
    source = Source("0001_a.sql", sql)
    (statement,) = statements(source)
    now = RELEASE_0_9_1
    later = msgspec.structs.replace(
        now,
        engine="0.10.0",
        stored_types={**now.stored_types, "JSONB": ("JSON", 0)},
        dropped_table_clauses={**now.dropped_table_clauses, "PARTITION BY": ("it changes nothing", Severity.INFO)},
    )
    assert len(Kimberlite(now).form(statement, source).refusals) == 2
    assert not Kimberlite(later).form(statement, source).refused


@pytest.mark.parametrize(
    "where",
    [
        "(1, 2)", "ARRAY[1]", "a::TEXT", "INTERVAL '1 day'", 'a COLLATE "C"', "-a", "DATE '2020-01-01'", "X'00'",
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused_by_its_shape(where: str) -> None:
    """The engine 0.9.1 was asked, and refused each."""
    assert refused(f"DELETE FROM t WHERE {where}").startswith("WHERE takes no condition of this shape (")


DEEP = "WHERE nests deeper than 100: each AND and OR of a chain counts"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (
            " OR ".join(["a = 1"] * 101),
            f"{DEEP}: write `column IN (…)`, or split the statement",
        ),
        (
            f"{' || '.join(['a'] * 1001)} = 'x'",
            "the statement nests deeper, or chains more operators, than can be judged: split the statement",
        ),
        ("a = §", "the character `§` stands here, and the engine takes it for a word: remove it"),
        ("a = 1 \u200b", "a zero-width space stands here, and the engine takes it for a word: remove it"),
    ],
)
def test_a_limit_or_an_odd_character_is_named(where: str, said: str) -> None:
    assert refused(f"DELETE FROM t WHERE {where}") == said
