"""What a broken statement is told: what is missing or expected where it stops being SQL."""

from __future__ import annotations

import pytest

from kmblint.sql.parse import statements
from kmblint.text import Source


@pytest.mark.parametrize(
    ("sql", "message", "advice"),
    [
        ("SELECT CAST(a AS 5)", "this is not SQL near `5`", None),
        ("SELECT a::5", "this is not SQL near `5`", None),
        ("SELECT a.", "this is not SQL near `.`", None),
        ("ALTER TABLE 5", "a table name is expected, not `5`", None),
        ("ALTER TABLE t DROP CONSTRAINT 5", "`,` or `CASCADE` or `RESTRICT` is expected, not `5`", None),
        ("ALTER TABLE t RENAME TO 5", "a table name is expected, not `5`", None),
        ("ALTER TABLE t RENAME 5", "a table name is expected, not `5`", None),
        ("ALTER TABLE t ALTER COLUMN 5", "a column name is expected, not `5`", None),
        ("ALTER TABLE t ALTER a SET MASKING POLICY 5", "a policy name is expected, not `5`", None),
        ("ALTER TABLE t ALTER a TYPE TEXT COLLATE 5", "a collation is expected, not `5`", None),
        ("ALTER TABLE t MODIFY COLUMN 5", "a type is expected, not `5`", None),
        ("ALTER TABLE t CHANGE 5", "a column name is expected, not `5`", None),
        ("CREATE TABLE t (5 TEXT)", "a column name is expected, not `5`", None),
        ("CREATE TABLE t (a TEXT CONSTRAINT 5)", "a constraint name is expected, not `5`", None),
        ("CREATE TABLE t (a TEXT COLLATE 5)", "a collation is expected, not `5`", None),
        ("CREATE TABLE t (a TEXT CHARACTER SET 5)", "a character set is expected, not `5`", None),
        ("CREATE TABLE t (CONSTRAINT 5 CHECK (a))", "a constraint name is expected, not `5`", None),
        ("CREATE TABLE t (NOT NULL 5)", "a column option or `,` is expected, not `5`", None),
        ("CREATE TABLE t (PRIMARY KEY (a x.))", "an operator class is missing after `.`", None),
        ("CREATE INDEX i ON t (a x.)", "an operator class is missing after `.`", None),
        ("CREATE TABLE t (a INT REFERENCES 5)", "a table name is expected, not `5`", None),
        ("CREATE TABLE t (a INT REFERENCES u MATCH 5)", "`FULL` is expected, not `5`", None),
        ("CREATE TABLE t (a INT PRIMARY KEY ON CONFLICT 5)", "`ROLLBACK` is expected, not `5`", None),
        ("CREATE TABLE t (a INT UNIQUE ON CONFLICT 5)", "`ROLLBACK` is expected, not `5`", None),
        ("CREATE MASK m ON 5", "a table name is expected, not `5`", None),
        ("CREATE ROLE 5", "a role name is expected, not `5`", None),
        ("GRANT SELECT ON 5", "a table name is expected, not `5`", None),
        ("GRANT SELECT ON t TO 5", "a role name is expected, not `5`", None),
        ("GRANT r TO 5", "a role name is expected, not `5`", None),
        ("INSERT INTO 5", "a table name is expected, not `5`", None),
        ("INSERT INTO t AS 5", "an alias is expected, not `5`", None),
        ("INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT 5", "a constraint name is expected, not `5`", None),
        ("DELETE 5 FROM t", "`FROM` is expected, not `5`", None),
        ("DELETE FROM 5", "a table name is expected, not `5`", None),
        ("INSERT INTO t (5) VALUES (1)", "a column name is expected, not `5`", None),
        ("UPDATE t SET a[1].5 = 2", "`=` is expected, not `.5`", None),
        ("UPDATE t SET a[1]. = 2", "the name of a part is expected, not `=`", None),
        ("UPDATE t SET 5 = 2", "a column name is expected, not `5`", None),
        ("UPDATE 5", "a table name is expected, not `5`", None),
        ("CREATE TABLE 5", "a table name is expected, not `5`", None),
        ("CREATE INDEX i ON 5", "a table name is expected, not `5`", None),
        ("DROP TABLE 5", "a table name is expected, not `5`", None),
        ("DROP INDEX 5", "an index name is expected, not `5`", None),
        ("TRUNCATE 5", "a table name is expected, not `5`", None),
        ("CREATE TABLE t (a)(", "a table option is expected, not `(`", None),
        ("CREATE TABLE t (a INT", "this parenthesis is never closed", "close it with `)`"),
        ("DELETE FROM t WHERE a IN (1", "this parenthesis is never closed", "close it with `)`"),
        ("DELETE FROM t WHERE a)", "an operator is expected, not `)`", None),
        ("CREATE INDEX i ON t ()", "a column name is expected, not `)`", None),
        ("ALTER TABLE t RENAME COLUMN 5 TO b", "a column name is expected, not `5`", None),
        ("ALTER TABLE t RENAME COLUMN a TO 5", "a column name is expected, not `5`", None),
        ("ALTER TABLE t ADD 5", "a column name is expected, not `5`", None),
        ("SELECT a FROM 5", "this is not SQL near `5`", None),
        ("SELECT CASE WHEN a THEN b", "this is not SQL near `b`", None),
        ("DELETE FROM t WHERE a = 'x", "this text is never closed", "close it"),
        ('DELETE FROM t WHERE a = "x', "this quoted name is never closed", "close it"),
        ("DELETE FROM t WHERE a = `x", "this quoted name is never closed", "close it"),
        ("DELETE FROM t /* x", "this comment is never closed", "close it"),
        ("DELETE FROM t WHERE a = $$x", "this dollar-quoted text is never closed", "close it"),
        ("DELETE FROM t WHERE a = $b$x", "this dollar-quoted text is never closed", "close it"),
        (
            "SELECT a END WHERE b",
            "`END` closes nothing here",
            "leave it out: a parser that takes it drops whatever stands behind it, a WHERE too",
        ),
        (
            "SELECT 1\nGO\nSELECT 2",
            "`GO` is no SQL but a word of SQL Server's tools, and it ends no statement here",
            "leave it out, and end the statement before it with `;`",
        ),
    ],
)
def test_it_is_told_what_is_wrong_and_what_to_write(sql: str, message: str, advice: str | None) -> None:
    problem = statements(Source("0001_a.sql", sql))[0].problem
    assert problem is not None
    assert (problem.message, problem.help) == (message, advice)
