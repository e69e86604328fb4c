"""Each change in a few plain words."""

from __future__ import annotations

from typing import get_args

import pytest

from kmblint.replay.describe import describe
from kmblint.schema.changes import Change
from kmblint.sql.parse import statements
from kmblint.text import Source

SAID = {
    "CREATE TABLE a (id BIGINT PRIMARY KEY)": "adds table `a` with 1 column",
    "DROP TABLE a": "drops table `a`",
    "ALTER TABLE a RENAME TO b": "renames table `a` to `b`",
    "TRUNCATE a": "empties table `a`",
    "ALTER TABLE a ADD COLUMN b TEXT": "adds column `b` to `a`",
    "ALTER TABLE a DROP COLUMN b": "drops column `b` of `a`",
    "ALTER TABLE a RENAME COLUMN b TO c": "renames column `a.b` to `c`",
    "ALTER TABLE a ALTER COLUMN b TYPE BIGINT": "makes `a.b` a BIGINT",
    "ALTER TABLE a ALTER COLUMN b SET NOT NULL": "forbids NULL in `a.b`",
    "ALTER TABLE a ALTER COLUMN b DROP NOT NULL": "lets NULL in `a.b`",
    "ALTER TABLE a ALTER COLUMN b SET DEFAULT 1": "changes the default of `a.b`",
    "ALTER TABLE a ADD CONSTRAINT c UNIQUE (b)": "adds a constraint `c` to `a`",
    "ALTER TABLE a DROP CONSTRAINT c": "drops constraint `c` of `a`",
    "ALTER TABLE a RENAME CONSTRAINT c TO d": "renames constraint `c` of `a` to `d`",
    "CREATE INDEX i ON a (b, lower(c))": "adds index `i` on `a` (b, an expression)",
    "DROP INDEX i": "drops index `i`",
    "INSERT INTO a VALUES (1), (2)": "inserts 2 rows into `a`",
    "INSERT INTO a SELECT 1": "inserts the rows of a query into `a`",
    "UPDATE a SET b = 1, c = 2": "sets `b`, `c` in rows of `a`",
    "DELETE FROM a": "deletes rows of `a`",
    "CREATE MASKING POLICY p STRATEGY HASH EXEMPT ROLES ('r')": "adds masking policy `p`",
    "DROP MASKING POLICY p": "drops masking policy `p`",
    "ALTER TABLE a ALTER COLUMN b SET MASKING POLICY p": "masks `a.b` by `p`",
    "ALTER TABLE a ALTER COLUMN b DROP MASKING POLICY": "unmasks `a.b`",
    "CREATE MASK m ON a.b USING HASH": "adds mask `m` on `a.b`",
    "DROP MASK m": "drops mask `m`",
    "ALTER TABLE a MODIFY COLUMN b SET CLASSIFICATION 'PHI'": "classifies `a.b` as 'PHI'",
    "CREATE ROLE r": "adds role `r`",
    "DROP ROLE r": "drops role `r`",
    "CREATE USER u WITH ROLE r": "adds user `u`",
    "GRANT SELECT ON a TO r": "grants SELECT to `r`",
    "REVOKE SELECT ON a FROM r": "revokes SELECT from `r`",
    "BEGIN": "BEGIN: controls a transaction",
    "SELECT 1": "SELECT: only reads",
    "CREATE VIEW v AS SELECT 1": "adds view `v`",
    "DROP VIEW v": "drops view `v`",
    "COMMENT ON TABLE a IS 'x'": "comments on a table",
}


@pytest.mark.parametrize("sql", [*SAID, "VACUUM"])
def test_a_change_is_said_in_words(sql: str) -> None:
    (statement,) = statements(Source("0001_a.sql", sql))
    (said,) = map(describe, statement.changes)
    assert said == SAID.get(sql, said)
    assert sql in SAID or said.startswith("not modelled: ")


def test_every_change_is_among_them() -> None:
    shown = {
        type(change)
        for sql in [*SAID, "VACUUM"]
        for statement in statements(Source("0001_a.sql", sql))
        for change in statement.changes
    }
    assert shown == set(get_args(Change))
