"""Statements of a text: each read alone, never an exception, every span inside the text."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kmblint.schema.changes import Change, Comment, CreateObject, DropObject, Opaque, Read, Transaction, Truncate
from kmblint.sql.parse import statements
from kmblint.sql.scanner import scan
from kmblint.text import Source, Span
from tests.sql.conftest import Changes, ProblemOf

SAMPLES = (
    "CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY, a VARCHAR(20) NOT NULL DEFAULT 'x' CHECK (a <> ''))",
    "CREATE TABLE t (b BIGINT REFERENCES u (id) ON DELETE CASCADE, CONSTRAINT k UNIQUE (a, b)) TABLESPACE x",
    "CREATE UNIQUE INDEX i ON t USING gin (a DESC NULLS LAST, lower(b)) INCLUDE (c) WHERE a IS NOT NULL",
    "ALTER TABLE t ADD COLUMN a INT DEFAULT -1, DROP COLUMN b CASCADE, RENAME c TO d, ALTER e TYPE TEXT USING e::TEXT",
    "INSERT INTO t (a, b) VALUES (1, 'x'), (-2.5, NULL) ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b RETURNING a",
    "UPDATE t AS x SET a = b + 1, c = CASE WHEN d THEN 1 ELSE 2 END WHERE x.id BETWEEN 1 AND 9 OR NOT (a IN (1, 2))",
    "DELETE FROM t USING u WHERE t.id = u.id AND a LIKE 'x%' AND b = ANY (SELECT c FROM v)",
    "CREATE MASKING POLICY p STRATEGY TRUNCATE 4 EXEMPT ROLES ('a')",
    "SELECT a, count(*) FROM t JOIN u ON t.id = u.id WHERE b > 1 GROUP BY a ORDER BY 2 LIMIT 3",
    "GRANT SELECT ON t TO r",
    "DROP TABLE IF EXISTS a, b CASCADE",
)
TOKENS = [token.text for sample in SAMPLES for token in scan(Source("s.sql", sample))]
BROKEN = st.lists(st.sampled_from([*TOKENS, ";", "\n", "'", "/*", "{{", "$1", ":x"]), max_size=25).map(" ".join)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A statement with some of its tokens left out, doubled or exchanged."""
    tokens = [token.text for token in scan(Source("s.sql", draw(st.sampled_from(SAMPLES))))]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(tokens) - 1))
        tokens[at : at + 1] = draw(st.sampled_from([[], [tokens[at]] * 2, [draw(st.sampled_from(TOKENS))]])) or [" "]
    return " ".join(tokens)


def spans(node: object) -> Iterator[Span]:
    """Every span inside a value of the model."""
    if isinstance(node, Span):
        yield node
    elif isinstance(node, msgspec.Struct):
        for field in node.__struct_fields__:
            yield from spans(getattr(node, field))
    elif isinstance(node, tuple):
        for part in node:
            yield from spans(part)


@given(st.one_of(st.text(), BROKEN, damaged()))
@example("UPDATE a SET b = CASE WHEN 0 THEN 0 ELSE 0 END END")
def test_any_text_gives_statements_with_every_span_inside(text: str) -> None:
    """Whatever is written: no exception, and either a meaning or a problem; both where a stray `END` ends it."""
    for statement in statements(Source("a.sql", text)):
        is_ended = statement.problem is not None and statement.problem.message == "`END` closes nothing here"
        assert is_ended or bool(statement.changes) != (statement.problem is not None)
        for change in statement.changes:
            assert not (isinstance(change, Opaque) and "the parser failed" in change.reason)
        for span in spans(statement.changes):
            assert statement.span.start <= span.start <= span.end <= statement.span.end
        if statement.problem is not None:
            assert statement.problem.span in statement.span
            assert statement.problem.span.start < statement.problem.span.end


@given(st.one_of(st.sampled_from(SAMPLES), damaged()))
def test_changes_round_trip_through_bytes(text: str) -> None:
    """A cache keeps them."""
    for statement in statements(Source("a.sql", text)):
        for change in statement.changes:
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(change), type=Change) == change


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples_have_a_meaning(changes: Changes, sample: str) -> None:
    """What the properties damage is whole to begin with."""
    assert not any(isinstance(change, Opaque) for change in changes(sample))


def test_a_broken_statement_hides_no_other() -> None:
    """Each is read alone, with the offsets of the whole text."""
    source = Source("a.sql", "DROP TABLE a;\nCREATE TABEL b (id BIGINT);\nINSERT INTO c VALUES ('x;\nDROP TABLE d;\n")
    first, second, third, last = statements(source)
    assert first.problem is None
    assert last.problem is None
    assert second.problem is not None
    assert source.slice(second.problem.span) == "TABEL"
    assert third.problem is not None
    assert third.problem.span.start == source.text.index("'x")
    assert source.slice(last.changes[0].span) == "DROP TABLE d"


def test_statements_of_the_same_words_at_the_same_place_are_the_same() -> None:
    """A comment is one of the words: it may hold a suppression."""
    first, again, other, remarked = (
        statements(Source("it", sql))[0]
        for sql in (*["DELETE FROM t -- a\nWHERE b"] * 2, "DELETE FROM t -- a\nWHERE c", "DELETE FROM t -- d\nWHERE b")
    )
    assert first == again
    assert hash(first.words) == hash(again.words)
    assert len({first.words, again.words, other.words, remarked.words}) == 3


def test_a_stretch_of_a_text_keeps_the_offsets_of_the_text() -> None:
    """Up and down are read apart."""
    source = Source("a.sql", "DROP TABLE a;\n-- Down Migration\nDROP TABLE b;\n")
    (statement,) = statements(source, Span(source.text.index("-- Down"), len(source.text)))
    assert source.slice(statement.span) == "DROP TABLE b"


@pytest.mark.parametrize(
    ("sql", "words", "meant"),
    [
        ("CREATE TABEL t (id BIGINT)", "TABEL", "TABLE"),
        ("CRATE TABLE t (id BIGINT)", "CRATE", "CREATE"),
        ("CREATE TABLE t (id BIGINT PRIMERY KEY)", "PRIMERY", "PRIMARY"),
        ("ALTER TABEL t ADD c INT", "TABEL", "TABLE"),
        ("ALTER TABLE t DROP COLUM c", "COLUM", "COLUMN"),
        ("INSERT INTO t (a) VALEUS (1)", "VALEUS", "VALUES"),
        ("INSERT INOT t (a) VALUES (1)", "INOT", "INTO"),
        ("UPDATE t SET a = 1 WEHRE id = 1", "WEHRE", "WHERE"),
        ("DELETE FORM t WHERE id = 1", "FORM", "FROM"),
        ("DELETE FROM t WERE id = 1", "WERE", "WHERE"),
        ("SELEC 1", "SELEC", "SELECT"),
    ],
)
def test_misspelt_keywords_are_pointed_at(problem: ProblemOf, sql: str, words: str, meant: str) -> None:
    """The word itself, and what it was meant to be."""
    found, shown = problem(sql)
    assert shown == words
    assert found.help == f"did you mean `{meant}`?"


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE TABLE t (id BIGINT PRIMARY KEY,)", ","),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY,, a TEXT)", ","),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY", "("),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY name TEXT)", "name"),
        ("INSERT INTO t (a) VALUES (1,)", ","),
        ("INSERT INTO t (a) VALUES (1),", ","),
        ("UPDATE t SET a = 1, WHERE id = 1", ","),
        ("UPDATE t SET a = WHERE id = 1", "WHERE"),
        ("UPDATE t SET a = 1 WHERE a = 1 AND", "AND"),
        ("DELETE FROM t WHERE", "WHERE"),
        ("DROP TABLE", "TABLE"),
        ("UPDATE t SET a =", "="),
        ("ALTER TABLE t ADD PRIMARY KEY ()", ")"),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY, a TEXT DEFAULT)", "DEFAULT"),
        ("hello world", "hello"),
        ("SELECT FROM WHERE", "WHERE"),
        ("DELETE FROM t WHERE id IN (SELECT a FROM WHERE b = 1)", "="),
    ],
)
def test_other_mistakes_are_pointed_at(problem: ProblemOf, sql: str, words: str) -> None:
    """The token that can't stand there."""
    assert problem(sql)[1] == words


def test_a_missing_semicolon_is_named(problem: ProblemOf) -> None:
    """The next statement's first word can't belong to the one before."""
    found, shown = problem("CREATE TABLE a (id BIGINT PRIMARY KEY)\nCREATE TABLE b (id BIGINT PRIMARY KEY)")
    assert shown == "CREATE"
    assert found.help is not None
    assert "`;`" in found.help


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE TABLE {{ schema }}_t (id BIGINT)", "{{ schema }}"),
        ("CREATE TABLE ${schema}.t (id BIGINT)", "${schema}"),
        ("INSERT INTO t (a) VALUES (%s)", "%s"),
        ("INSERT INTO t (a) VALUES (:a)", ":a"),
        ("UPDATE t SET a = 'x' WHERE id = $1", "$1"),
        ("UPDATE t SET a = 'x' WHERE id = ?", "?"),
        ("\\i other.sql", "\\i"),
    ],
)
def test_placeholders_are_pointed_at(problem: ProblemOf, sql: str, words: str) -> None:
    """A template that nobody filled in is said to be one."""
    found, shown = problem(sql)
    assert shown == words
    assert "placeholder" in found.message


@pytest.mark.parametrize(("sql", "opening"), [("SELECT 'x", "'"), ('SELECT "x', '"'), ("SELECT 1 /* x", "/*")])
def test_what_is_never_closed_is_pointed_at_where_it_opens(problem: ProblemOf, sql: str, opening: str) -> None:
    """Not at the end of the file."""
    assert problem(sql)[1] == opening


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("BEGIN", "BEGIN"),
        ("START TRANSACTION", "START"),
        ("COMMIT", "COMMIT"),
        ("ROLLBACK TO x", "ROLLBACK"),
        ("SAVEPOINT x", "SAVEPOINT"),
        ("END", "END"),
    ],
)
def test_transaction_words(changes: Changes, sql: str, word: str) -> None:
    """Control of transactions, by its first word."""
    (change,) = changes(sql)
    assert isinstance(change, Transaction)
    assert change.word == word


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM t JOIN public.u USING (id)", ["t", "public.u"]),
        ("WITH x AS (SELECT * FROM t) SELECT * FROM x", ["t"]),
        ("(SELECT 1 FROM a) UNION (SELECT 2 FROM b)", ["a", "b"]),
        ("SELECT * FROM order", ["order"]),
        ("SELECT case, between FROM `values`", ["values"]),
        ("SELECT 1 /* a /* b */ FROM t", ["t"]),
        ("EXPLAIN SELECT 1", []),
        ("VALUES (1)", []),
        ("DESCRIBE t", ["t"]),
    ],
)
def test_reads(changes: Changes, sql: str, tables: list[str]) -> None:
    """The tables that a query reads, in the order of the text."""
    (change,) = changes(sql)
    assert isinstance(change, Read)
    assert [table.text for table in change.tables] == tables
    for table in change.tables:
        assert sql[table.span.start : table.span.end].strip("`") == table.text


@pytest.mark.parametrize(
    ("sql", "keyword"),
    [
        ("CALL f()", "CALL"),
        ("DO $$ BEGIN END $$", "DO"),
        ("COPY t FROM STDIN", "COPY"),
        ("VACUUM t", "VACUUM"),
        ("SET x = 1", "SET"),
        ("LOCK TABLE t", "LOCK"),
        ("PRAGMA foreign_keys = ON", "PRAGMA"),
        ("ALTER INDEX i RENAME TO j", "ALTER INDEX"),
        ("ALTER TYPE mood ADD VALUE 'x'", "ALTER TYPE"),
        ("MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE", "MERGE"),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "WITH"),
    ],
)
def test_what_is_not_modelled_is_said(changes: Changes, sql: str, keyword: str) -> None:
    """SQL of others: opaque, by its first words."""
    (change,) = changes(sql)
    assert isinstance(change, Opaque)
    assert change.keyword == keyword


@pytest.mark.parametrize(
    ("sql", "kind", "name"),
    [
        ("CREATE OR REPLACE VIEW v AS SELECT 1", "VIEW", "v"),
        ("CREATE TYPE m AS ENUM ('a')", "TYPE", "m"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", "MATERIALIZED VIEW", "v"),
        ("CREATE SCHEMA AUTHORIZATION j", "SCHEMA", None),
        ('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"', "EXTENSION", "uuid-ossp"),
        ("CREATE SEQUENCE s", "SEQUENCE", "s"),
        ("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql", "FUNCTION", "f"),
        ("CREATE TRIGGER x BEFORE UPDATE ON t EXECUTE FUNCTION f()", "TRIGGER", "x"),
    ],
)
def test_objects_that_the_catalogue_does_not_keep(changes: Changes, sql: str, kind: str, name: str | None) -> None:
    """Their kind and name are known all the same."""
    (change,) = changes(sql)
    assert isinstance(change, CreateObject)
    assert (change.kind.upper(), change.name.text if change.name else None) == (kind, name)


def test_drops_comments_and_truncates(changes: Changes) -> None:
    """One change an object."""
    (view,) = changes("DROP VIEW IF EXISTS v CASCADE")
    assert isinstance(view, DropObject)
    assert (view.kind.upper(), view.if_exists, view.cascade) == ("VIEW", True, True)
    assert isinstance(changes("COMMENT ON COLUMN t.a IS 'x'")[0], Comment)
    truncated = changes("TRUNCATE TABLE a, b RESTART IDENTITY CASCADE")
    assert [change.table.text for change in truncated if isinstance(change, Truncate)] == ["a", "b"]


def test_deep_nesting_is_opaque(changes: Changes) -> None:
    """Beyond the stack of the parser, the statement is one that nobody understands."""
    (change,) = changes("UPDATE t SET a = 1 WHERE " + "(" * 5000 + "b = 1" + ")" * 5000)
    assert isinstance(change, Opaque)


def test_ordinary_statements_do_not_import_sqlglot() -> None:
    """Its import costs a fifth of a second; only queries and unmodelled expressions pay it."""
    script = (
        "import sys; from kmblint.sql.parse import statements; from kmblint.text import Source;"
        "statements(Source('a', 'CREATE TABLE t (id BIGINT PRIMARY KEY); UPDATE t SET a = 1 WHERE id = 2;'));"
        "sys.exit('sqlglot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("SELECT " + "(" * 101 + "1" + ")" * 101, "it nests more than 100 levels deep"),
        ("CREATE TABLE t " + "(" * 101 + ")" * 101, "it nests more than 100 levels deep"),
        ("SELECT 1" + "::bigint" * 101, "it nests more than 100 levels deep or chains too many operators"),
        ("SELECT 1" + " || 1" * 1000, "it nests more than 100 levels deep or chains too many operators"),
        ("SELECT " + "ARRAY[" * 9 + "1" + "]" * 9 + " one two", "it nests more than 100 levels deep"),
        ("SELECT a" + "[1]" * 101 + " one two", "it nests more than 100 levels deep"),
        ("SELECT CAST(a AS " + "STRUCT<" * 101 + ") one two", "it nests more than 100 levels deep"),
        ("SELECT " + "9" * 1001, "a number in it has 1,001 digits, and kmblint reads no more than 1,000"),
        ("CREATE TABLE t (a DECIMAL(" + "9" * 1001 + "))", "a number in it has 1,001 digits"),
    ],
)
def test_a_statement_past_a_limit_of_ours_names_it(changes: Changes, sql: str, limit: str) -> None:
    """Before anything recursive reads it, and before another parser does: neither ends the process nor takes long."""
    (change,) = changes(sql)
    assert isinstance(change, Opaque)
    assert change.reason.startswith(f"kmblint doesn't read this statement: {limit}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 40 + "1" + ")" * 40,
        "SELECT 1" + "::bigint" * 90,
        "SELECT " + "ARRAY[" * 6 + "1" + "]" * 6,
        "SELECT " + "9" * 1000,
        "SELECT a" + " || 'x'" * 999,
    ],
)
def test_what_stays_below_the_limits_is_read(changes: Changes, sql: str) -> None:
    (change,) = changes(sql)
    assert isinstance(change, Read)


def test_a_statement_of_invisible_characters_alone_is_no_sql(problem: ProblemOf) -> None:
    """There is no visible word that a message could be about."""
    assert problem("\u200b\u2060")[1] == "\u200b"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t FOR UPDATE SKIP LOCKED",
        "SELECT a FROM t FOR SHARE OF t NOWAIT",
        "SELECT a INTO TEMPORARY TABLE u FROM t",
        "SELECT a INTO TABLE u FROM t",
        "SELECT E'it\\'s', e'\\\\', 'plain\\' FROM t",
        "INSERT INTO t (a) VALUES (E'a\\';b')",
        "CREATE TABLE t (c circle, CONSTRAINT apart EXCLUDE USING gist (c WITH &&) WHERE (c IS NOT NULL))",
    ],
)
def test_what_postgresql_takes_is_sql(changes: Changes, sql: str) -> None:
    """Kimberlite takes the locks of rows as well (asked, 0.9.1), and of the others says what it refuses."""
    assert changes(sql)


def test_reading_leaves_nothing_that_only_the_collector_finds() -> None:
    """A run looks for no cycles: what refers to itself would hold the tokens of each statement until it ends."""
    text = ";\n".join((*SAMPLES, "UPDATE t SET a =", "CRAETE TABLE t", "DROP TABLE t )"))

    def read() -> int:
        return len(statements(Source("s.sql", text)))

    read()  # what is made once and stays
    gc.collect()
    gc.disable()
    try:
        assert read() == len(SAMPLES) + 3
        assert gc.collect() == 0
    finally:
        gc.enable()
