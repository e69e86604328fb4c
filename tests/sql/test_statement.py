"""What a statement says of itself, and what of it is left when it is read again."""

from __future__ import annotations

import pytest

from kmblint.sql.parse import statements
from kmblint.sql.reread import Meaning, reread
from kmblint.sql.statement import Statement
from kmblint.text import Source

TEXT = "-- the wards\nCREATE TABLE wards (id BIGINT PRIMARY KEY);\nDROP TABLE beds /* all of\nthem */"


def only(sql: str) -> Statement:
    """The one statement of a text."""
    (statement,) = statements(Source("it", sql))
    return statement


@pytest.mark.parametrize(
    ("sql", "title"),
    [
        ("CREATE TABLE IF NOT EXISTS app.wards (id BIGINT)", "CREATE TABLE IF NOT EXISTS app.wards"),
        ("CREATE UNIQUE INDEX i ON t (a)", "CREATE UNIQUE INDEX i"),
        ("ALTER TABLE patients ADD COLUMN a INT", "ALTER TABLE patients"),
        ("ALTER TABLE t ALTER a DROP DEFAULT", "ALTER TABLE t"),
        ("ALTER TABLE t DROP a", "ALTER TABLE t"),
        ("ALTER TABLE t RENAME TO u", "ALTER TABLE t"),
        ("UPDATE t SET a = 1", "UPDATE t"),
        ("DELETE FROM t WHERE a = 1", "DELETE FROM t"),
        ("INSERT INTO t VALUES (1)", "INSERT INTO t"),
        ("SELECT a, b FROM t", "SELECT a"),
        ("PRAGMA x = 1", "PRAGMA x"),
        ("CREATE VIEW v AS SELECT 1", "CREATE VIEW v"),
        ("GRANT a b c d e f g h", "GRANT a b c d e f g"),
        ("DROP", "DROP"),
    ],
)
def test_its_title_goes_up_to_what_it_is_about(sql: str, title: str) -> None:
    assert only(sql).title == title


@pytest.mark.parametrize(
    ("sql", "own"),
    [
        ("CREATE MASKING POLICY p STRATEGY HASH", True),
        ("ALTER TABLE t ALTER COLUMN a SET MASKING POLICY p", True),
        ("CREATE MASK m ON t.a USING HASH", True),
        ("ALTER TABLE t MODIFY COLUMN a SET CLASSIFICATION 'PHI'", True),
        ("CREATE USER u WITH PASSWORD 'x'", True),
        ("DROP USER u", False),
        ("CREATE ROLE r", False),
        ("CREATE TABLE t (id BIGINT)", False),
    ],
)
def test_a_comment_before_them_breaks_statements_of_kimberlites_own(sql: str, own: bool) -> None:
    """Kimberlite finds these by how their text begins (engine 0.9.1)."""
    assert only(sql).is_own == own


def test_the_first_change_of_each_table_is_known() -> None:
    dropped = only("DROP TABLE a, b, a")
    assert [dropped.first_of_table(name) for name in ("a", "b", "c")] == [0, 1, 3]
    assert only("BEGIN").first_of_table("a") == 1


@pytest.mark.parametrize("text", [TEXT, f"{TEXT};", f"DROP TABLE {'a, ' * 9}b; {TEXT}"])
def test_what_was_let_go_is_read_again(text: str) -> None:
    """A history is held by its meanings alone; each statement still knows its words."""
    source = Source("it", text)
    read = statements(source)
    before = [(each.tokens, each.comments, each.tree, each.keyword, each.title) for each in read]
    meanings = [meaning for each in read if (meaning := Meaning.of(each)) is not None]
    again = reread(source, source.everything, meanings)
    for each in (*read, *again):
        each.words.let_go()
    for statements_ in (read, again):
        assert [(each.tokens, each.comments, each.tree, each.keyword, each.title) for each in statements_] == before
    assert [(each.span, each.changes, each.semicolon) for each in again] == [
        (each.span, each.changes, each.semicolon) for each in read
    ]
    assert not any(each.problem or each.failure or each.conflict for each in again)


@pytest.mark.parametrize("sql", ["SELECT 1 END WHERE a", "CREATE TABEL t", "<<<<<<< ours\nDROP TABLE a"])
def test_what_is_no_sql_has_no_meaning_to_keep(sql: str) -> None:
    """Also where a part of it is read, and where a merge isn't done."""
    assert [Meaning.of(statement) for statement in statements(Source("it", sql))] == [None]


def test_our_side_of_a_conflict_is_read_and_kept() -> None:
    """What stands between the two sides belongs to neither: the words can't be read from the text again."""
    text = "DROP TABLE\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\nCASCADE"
    (statement,) = statements(Source("it", text))
    assert statement.conflict
    before = [token.text for token in statement.tokens]
    assert before == ["DROP", "TABLE", "a", "CASCADE"]
    statement.words.let_go()
    assert [token.text for token in statement.tokens] == before
    assert statement.tree is not None
