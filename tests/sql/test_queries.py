"""Queries and what they read: tables at their places, common table expressions, and what another database takes."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import DeleteRows, InsertRows, Read, UpdateRows
from tests.sql.conftest import Changes, cut_out


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT a FROM t", ["t"]),
        ("SELECT a, count(*) FROM t JOIN u ON t.id = u.id GROUP BY a HAVING count(*) > 1 LIMIT 3", ["t", "u"]),
        ("WITH x AS (SELECT * FROM t) SELECT * FROM x, u", ["t", "u"]),
        ("SELECT a FROM (SELECT a FROM t) AS x WHERE b IN (SELECT b FROM u)", ["t", "u"]),
        ("SELECT a FROM t UNION ALL SELECT a FROM u ORDER BY a", ["t", "u"]),
        ("SELECT a::int[], b AT TIME ZONE 'UTC' FROM t WINDOW w AS (ORDER BY a)", ["t"]),
        ("(SELECT a FROM t) UNION (SELECT a FROM s.u)", ["t", "s.u"]),
    ],
)
def test_what_a_query_reads(changes: Changes, sql: str, tables: list[str]) -> None:
    (change,) = changes(sql)
    assert isinstance(change, Read)
    assert [name.text for name in change.tables] == tables
    assert [cut_out(sql, name.span) for name in change.tables] == tables


@pytest.mark.parametrize(
    ("sql", "beside", "reads"),
    [
        ("WITH b AS (SELECT id FROM u) UPDATE t SET a = 1 FROM b WHERE t.id = b.id", [], ["u"]),
        ("WITH b AS (SELECT id FROM u) DELETE FROM t USING b, v WHERE t.id = b.id", ["v"], ["u"]),
        ("UPDATE t SET a = (SELECT max(a) FROM u) WHERE id IN (SELECT id FROM t)", [], ["u"]),
        ("DELETE FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)", [], ["u"]),
    ],
)
def test_what_a_change_of_rows_reads(changes: Changes, sql: str, beside: list[str], reads: list[str]) -> None:
    (change,) = changes(sql)
    assert isinstance(change, UpdateRows | DeleteRows)
    assert [name.text for name in change.joined] == beside
    assert [name.text for name in change.reads] == reads


def test_a_common_table_expression_is_no_table(changes: Changes) -> None:
    (change,) = changes("WITH b AS (SELECT id FROM u) INSERT INTO t (id) SELECT id FROM b")
    assert isinstance(change, InsertRows)
    assert change.query is not None
    assert change.query.tables == ()
    assert [name.text for name in change.reads] == ["u"]
