"""What every change answers: what it is about, what it introduces, declares and touches."""

from __future__ import annotations

from typing import get_args

import pytest

from kmblint.schema.changes import AddTable, Change, CreateObject, Opaque
from kmblint.sql.parse import statements
from kmblint.text import Source

ANSWERS = {
    "CREATE TABLE t (id BIGINT PRIMARY KEY, u BIGINT REFERENCES u (id), CONSTRAINT k FOREIGN KEY (id) REFERENCES w)": (
        "t", "table t, column t.id, column t.u, constraint k", "PrimaryKey, ForeignKey, ForeignKey", "t, u, w",
    ),
    "DROP TABLE t": ("t", "", "", "t"),
    "ALTER TABLE t RENAME TO u": ("t", "table u", "", "t, u"),
    "TRUNCATE t": ("t", "", "", "t"),
    "ALTER TABLE t ADD COLUMN c BIGINT CONSTRAINT k REFERENCES u": (
        "t", "column t.c, constraint k", "ForeignKey", "t, u",
    ),
    "ALTER TABLE t DROP COLUMN c": ("t", "", "", "t"),
    "ALTER TABLE t RENAME COLUMN c TO d": ("t", "column t.d", "", "t"),
    "ALTER TABLE t ALTER COLUMN c TYPE TEXT": ("t", "", "", "t"),
    "ALTER TABLE t ALTER COLUMN c SET NOT NULL": ("t", "", "", "t"),
    "ALTER TABLE t ALTER COLUMN c DROP DEFAULT": ("t", "", "", "t"),
    "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES u": ("t", "constraint k", "ForeignKey", "t, u"),
    "ALTER TABLE t DROP CONSTRAINT k": ("t", "", "", "t"),
    "ALTER TABLE t RENAME CONSTRAINT k TO l": ("t", "constraint l", "", "t"),
    "CREATE INDEX i ON t (c)": ("t, i", "index i", "", "t"),
    "CREATE INDEX ON t (c)": ("t", "", "", "t"),
    "DROP INDEX i": ("i", "", "", ""),
    "DROP INDEX i ON t": ("t, i", "", "", "t"),
    "INSERT INTO t (c) SELECT c FROM u": ("t", "", "", "t, u"),
    "UPDATE t SET c = 1 FROM u": ("t", "", "", "t, u"),
    "DELETE FROM t USING u WHERE t.c = u.c": ("t", "", "", "t, u"),
    "CREATE MASKING POLICY p STRATEGY HASH EXEMPT ROLES ('r')": ("p", "masking policy p", "", ""),
    "DROP ROLE r": ("r", "", "", ""),
    "CREATE MASK m ON t.c USING HASH": ("t, m", "mask m", "", "t"),
    "ALTER TABLE t ALTER COLUMN c SET MASKING POLICY p": ("t", "", "", "t"),
    "ALTER TABLE t ALTER COLUMN c DROP MASKING POLICY": ("t", "", "", "t"),
    "ALTER TABLE t MODIFY COLUMN c SET CLASSIFICATION 'PHI'": ("t", "", "", "t"),
    "GRANT SELECT ON t, u TO r": ("", "", "", "t, u"),
    "COMMIT": ("", "", "", ""),
    "SELECT * FROM t": ("", "", "", "t"),
    "COMMENT ON TABLE t IS 'x'": ("", "", "", ""),
    "VACUUM t": ("", "", "", ""),
}  # fmt: skip


def change_of(sql: str) -> Change:
    """The one change of a statement."""
    (statement,) = statements(Source("0001_a.sql", sql))
    (change,) = statement.changes
    return change


@pytest.mark.parametrize(("sql", "answers"), ANSWERS.items())
def test_each_kind_of_change_answers(sql: str, answers: tuple[str, str, str, str]) -> None:
    change = change_of(sql)
    told = (
        [name.text for name in change.objects],
        [f"{new.kind} {new.subject}" for new in change.introduces()],
        [type(constraint).__name__ for constraint in change.declares()],
        [name.text for name in change.touches()],
    )
    assert tuple(map(", ".join, told)) == answers
    assert [str(change.about)] == [name.text for name in change.objects[:1]] or not change.objects
    assert change.table is None or change.about == change.table


def test_no_kind_is_left_out() -> None:
    assert {type(change_of(sql)) for sql in ANSWERS} == set(get_args(Change))


READ_ONLY = (
    "ANALYZE", "CHECKPOINT", "CLOSE", "CLUSTER", "DEALLOCATE", "FETCH", "FLUSH", "KILL", "LISTEN", "LOCK", "NOTIFY",
    "OPTIMIZE", "REINDEX", "UNLISTEN", "UNLOCK", "VACUUM",
)  # fmt: skip
"""Statements that neither change the schema nor a row (PostgreSQL's and MySQL's manuals, part "SQL commands")."""
ROWS_OR_SETTINGS = (
    "COPY", "DISCARD", "HANDLER", "MERGE", "PRAGMA", "PREPARE", "REASSIGN", "REFRESH", "REPAIR", "RESET", "SECURITY",
    "SET", "UPSERT", "USE",
)  # fmt: skip


@pytest.mark.parametrize("word", [*READ_ONLY, *ROWS_OR_SETTINGS, "CALL", "IMPORT", "EXECUTE"])
def test_what_a_statement_that_is_not_followed_may_change(word: str) -> None:
    change = change_of(f"{word} x")
    assert isinstance(change, Opaque)
    assert change.changes_nothing is (word in READ_ONLY)
    assert change.makes_nothing is (word in {*READ_ONLY, *ROWS_OR_SETTINGS})


def test_what_a_statement_behind_common_tables_may_change() -> None:
    change = change_of("WITH x AS (SELECT 1) MERGE INTO t USING x ON true WHEN MATCHED THEN DELETE")
    assert isinstance(change, Opaque)
    assert (change.makes_nothing, change.changes_nothing) == (True, False)


@pytest.mark.parametrize(
    ("rest", "borrows"),
    [
        ("AS SELECT 1", True), ("(LIKE u)", True), ("(a INT) INHERITS (u)", True), ("PARTITION OF u DEFAULT", True),
        ("OF u", True), ("CLONE u", True), ("(a INT) PARTITION BY HASH (a)", False),
        ("(a INT) WITH (fillfactor = 9)", False),
    ],
)  # fmt: skip
def test_which_table_has_columns_of_another(rest: str, borrows: bool) -> None:
    change = change_of(f"CREATE TABLE t {rest}")
    assert isinstance(change, AddTable)
    assert change.borrows is borrows


def test_a_virtual_table_has_the_columns_of_its_module() -> None:
    change = change_of("CREATE VIRTUAL TABLE t USING fts5(a)")
    assert isinstance(change, AddTable)
    assert change.borrows


def test_every_constraint_stands_in_its_place() -> None:
    """The inline ones, which stand for their whole column, before those of the table."""
    sql = "CREATE TABLE t (CHECK (a > 0), a INT UNIQUE, b INT PRIMARY KEY REFERENCES u)"
    change = change_of(sql)
    assert isinstance(change, AddTable)
    assert [
        (type(constraint).__name__, sql[span.start : span.end]) for constraint, span in change.constraints_with_places
    ] == [
        ("Unique", "a INT UNIQUE"),
        ("PrimaryKey", "b INT PRIMARY KEY REFERENCES u"),
        ("ForeignKey", "b INT PRIMARY KEY REFERENCES u"),
        ("Check", "CHECK (a > 0)"),
    ]


def test_an_object_is_known_by_its_name_its_table_or_its_arguments() -> None:
    keys = {
        "CREATE VIEW v AS SELECT 1": "v",
        "CREATE TRIGGER t BEFORE UPDATE ON u EXECUTE FUNCTION f()": "t ON u",
        "CREATE FUNCTION f(a INT, b TEXT) RETURNS INT AS 'x' LANGUAGE sql": "f(a int , b text)",
        "CREATE CAST (INT AS TEXT) WITHOUT FUNCTION": "(int as text)",
    }
    made = {sql: change_of(sql) for sql in keys}
    assert {sql: change.key for sql, change in made.items() if isinstance(change, CreateObject)} == keys
