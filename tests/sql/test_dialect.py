"""What we rely on in sqlglot: an upgrade must not change a meaning silently."""

from __future__ import annotations

import logging

import pytest
from sqlglot import exp, parse_one

from kmblint.sql import dialect
from kmblint.sql.reader import NotSqlError
from kmblint.sql.scanner import scan
from kmblint.text import Source

COMMANDS = (
    "ALTER TABLE t OWNER TO x",
    "ALTER TABLE t RENAME CONSTRAINT a TO b",
    "ALTER TABLE t VALIDATE CONSTRAINT c",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t SET SCHEMA s",
    "CREATE ROLE r",
    "CREATE DOMAIN d AS INT",
    "CREATE POLICY p ON t USING (true)",
    "DO $$ BEGIN END $$",
    "LOCK TABLE t",
    "CALL f()",
    "EXPLAIN SELECT 1",
    "VACUUM t",
    "ALTER TYPE mood ADD VALUE 'x'",
    "CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT",
)
"""Statements of which sqlglot keeps the text alone: a reason why their heads are read from our own tokens."""
QUERIES = (
    "SELECT 1", "SELECT a FROM t WHERE b ~ 'x'", "WITH x AS (SELECT 1) SELECT * FROM x",
    "(SELECT 1) UNION (SELECT 2)", "SELECT a FROM t ORDER BY a LIMIT 3 FOR UPDATE",
)  # fmt: skip


@pytest.mark.parametrize("sql", COMMANDS)
def test_statements_that_sqlglot_does_not_read(sql: str) -> None:
    """Should one of these get a tree, nothing of ours changes; should this list fail, read the release notes."""
    logging.getLogger("sqlglot").addHandler(logging.NullHandler())
    assert isinstance(parse_one(sql, read="postgres"), exp.Command)


@pytest.mark.parametrize("sql", QUERIES)
def test_queries_are_trees(sql: str) -> None:
    """What we hand over never comes back as a command."""
    assert isinstance(parse_one(sql, read="postgres"), exp.Query)


def test_offsets_are_those_of_the_whole_text() -> None:
    """Also behind other statements, comments and wide characters."""
    text = "-- ☃\nSELECT a; SELECT b FROM `order` /* c */ JOIN x.y ON z"
    tokens = scan(Source("a.sql", text))
    inside = [token for token in tokens if token.start >= text.rindex("SELECT") and not token.text.startswith("/*")]
    tables = [node.parts[0] for node in dialect.query(inside, text).all("table")]
    assert [(name.text, text[name.span.start : name.span.end]) for name in tables] == [
        ("order", "`order`"),
        ("x.y", "x.y"),
    ]


def test_what_is_no_sql_is_refused() -> None:
    """With the place, never with an exception of sqlglot's."""
    text = "SELECT a FROM t WHERE (b"
    with pytest.raises(NotSqlError):
        dialect.query(scan(Source("a.sql", text)), text)


def test_what_sqlglot_logs_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """It warns of statements that it keeps as text, which we say in our own words."""
    text = "SELECT a FROM t"
    assert dialect.query(scan(Source("a.sql", text)), text).has("table")
    shown: list[logging.LogRecord] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", shown.append)
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    logging.getLogger("sqlglot").warning("contains unsupported syntax")
    assert not shown
