"""What every change answers: what it is about, what it introduces, declares and touches."""

from __future__ import annotations

from typing import get_args

import pytest

from kmblint.schema.changes import Change
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
