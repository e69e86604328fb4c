"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import DeleteRows, InsertRows, UpdateRows
from kmblint.schema.predicate import And, Between, Compare, In, Null, Number, Query, Text
from tests.sql.conftest import Changes, cut_out


def insert(changes: Changes, sql: str) -> InsertRows:
    """The one INSERT of a text."""
    (change,) = changes(sql)
    assert isinstance(change, InsertRows)
    return change


def update(changes: Changes, sql: str) -> UpdateRows:
    """The one UPDATE of a text."""
    (change,) = changes(sql)
    assert isinstance(change, UpdateRows)
    return change


def delete(changes: Changes, sql: str) -> DeleteRows:
    """The one DELETE of a text."""
    (change,) = changes(sql)
    assert isinstance(change, DeleteRows)
    return change


def clauses(sql: str, node: InsertRows | UpdateRows | DeleteRows) -> dict[str, str]:
    """The clauses of a node by keyword, as they stand in the text."""
    return {clause.keyword: cut_out(sql, clause.span) for clause in node.clauses}


def test_rows_and_the_places_of_their_values(changes: Changes) -> None:
    """Numbers keep their sign, and each literal its place."""
    sql = "INSERT INTO t (a, b, c) VALUES (-1.5, 'it''s', NULL), (2, '', NULL)"
    made = insert(changes, sql)
    assert made.columns is not None
    assert [name.text for name in made.columns] == ["a", "b", "c"]
    first, second = made.rows
    assert cut_out(sql, second.span) == "(2, '', NULL)"
    number, text, null = first.values
    assert isinstance(number, Number)
    assert (number.text, cut_out(sql, number.span)) == ("-1.5", "-1.5")
    assert isinstance(text, Text)
    assert (text.value, cut_out(sql, text.span)) == ("it's", "'it''s'")
    assert isinstance(null, Null)


@pytest.mark.parametrize(
    ("sql", "ignore", "replace", "keyword"),
    [
        ("INSERT OR IGNORE INTO t (a) VALUES (1)", True, False, "OR IGNORE"),
        ("INSERT IGNORE INTO t (a) VALUES (1)", True, False, "IGNORE"),
        ("INSERT OR REPLACE INTO t (a) VALUES (1)", False, True, "OR REPLACE"),
        ("REPLACE INTO t (a) VALUES (1)", False, True, None),
        ("INSERT t (a) VALUES (1)", False, False, None),
    ],
)
def test_variants(changes: Changes, sql: str, ignore: bool, replace: bool, keyword: str | None) -> None:
    """Of SQLite and MySQL."""
    made = insert(changes, sql)
    assert (made.ignore, made.replace) == (ignore, replace)
    assert clauses(sql, made) == ({keyword: keyword} if keyword else {})


def test_sources_other_than_values(changes: Changes) -> None:
    """A query, the defaults, MySQL's SET."""
    sql = "INSERT INTO t (a) SELECT b FROM u WHERE c = 1 LIMIT 10 ON CONFLICT DO NOTHING"
    made = insert(changes, sql)
    assert made.query is not None
    assert (made.query.tables, made.query.limit, made.query.filtered) == (("u",), 10, True)
    assert made.on_conflict is not None
    assert insert(changes, "INSERT INTO t DEFAULT VALUES").default_values
    assert insert(changes, "INSERT INTO t VALUES (1)").columns is None
    assert insert(changes, "INSERT INTO t () VALUES ()").columns == ()
    set_columns = insert(changes, "INSERT INTO t SET a = 1, b = 2").columns
    assert set_columns is not None
    assert [name.text for name in set_columns] == ["a", "b"]


def test_on_conflict(changes: Changes) -> None:
    """Target, action and assignments."""
    sql = "INSERT INTO t (a) VALUES (1) ON CONFLICT (a, b) DO UPDATE SET c = EXCLUDED.c WHERE t.d > 1 RETURNING a"
    conflict = insert(changes, sql).on_conflict
    assert conflict is not None
    assert [name.text for name in conflict.columns] == ["a", "b"]
    assert (conflict.update, conflict.where) == (True, True)
    assert [cut_out(sql, each.span) for each in conflict.assignments] == ["c = EXCLUDED.c"]
    assert cut_out(sql, conflict.span).startswith("ON CONFLICT")
    assert clauses(sql, insert(changes, sql)) == {"RETURNING": "RETURNING a"}
    named = insert(changes, "INSERT INTO t (a) VALUES (1) ON CONFLICT ON CONSTRAINT k DO NOTHING").on_conflict
    assert named is not None
    assert named.constraint is not None


def test_update_with_all_its_clauses(changes: Changes) -> None:
    """Each with its place; the joined tables by name."""
    sql = (
        "UPDATE t AS x SET x.a = 1, b = b + 1 FROM u JOIN v ON u.id = v.id "
        "WHERE x.id BETWEEN 1 AND 9 AND c = 2 ORDER BY id LIMIT 5 RETURNING *"
    )
    made = update(changes, sql)
    assert (made.alias, made.limit, [name.text for name in made.joined]) == ("x", 5, ["u", "v"])
    first, second = made.assignments
    assert (first.qualifier, first.column.text, cut_out(sql, first.column.span)) == ("x", "a", "a")
    assert cut_out(sql, second.span) == "b = b + 1"
    assert isinstance(made.where, And)
    between, compare = made.where.parts
    assert isinstance(between, Between)
    assert isinstance(compare, Compare)
    assert cut_out(sql, made.where.span) == "x.id BETWEEN 1 AND 9 AND c = 2"
    assert clauses(sql, made) == {
        "FROM": "FROM u JOIN v ON u.id = v.id",
        "ORDER BY": "ORDER BY id",
        "LIMIT": "LIMIT 5",
        "RETURNING": "RETURNING *",
    }


def test_updates_of_other_databases(changes: Changes) -> None:
    """MySQL's joins, ONLY, WITH, lists of columns."""
    sql = "UPDATE t JOIN u ON t.id = u.id SET t.a = u.a WHERE u.b = 1"
    assert clauses(sql, update(changes, sql)) == {"JOIN": "JOIN u ON t.id = u.id"}
    assert clauses(sql, update(changes, "UPDATE ONLY t SET a = 1")) != {}
    sql = "WITH x AS (SELECT 1) UPDATE t SET a = 1"
    assert clauses(sql, update(changes, sql)) == {"WITH": "WITH x AS (SELECT 1)"}
    assert len(update(changes, "UPDATE t SET (a, b) = (SELECT 1, 2)").assignments) == 2


def test_delete_with_its_clauses(changes: Changes) -> None:
    """USING names the joined table."""
    sql = "DELETE FROM t x USING u WHERE x.id = u.id ORDER BY a LIMIT 3"
    made = delete(changes, sql)
    assert (made.alias, made.limit, [name.text for name in made.joined]) == ("x", 3, ["u"])
    assert clauses(sql, made) == {"USING": "USING u", "ORDER BY": "ORDER BY a", "LIMIT": "LIMIT 3"}
    assert delete(changes, "DELETE t WHERE id = 1").table.text == "t"
    assert delete(changes, "DELETE t FROM t JOIN u ON t.id = u.id").joined[0].text == "u"


def test_a_bounded_sub_query(changes: Changes) -> None:
    """Its LIMIT is what batches a change elsewhere."""
    where = delete(changes, "DELETE FROM t WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 1000)").where
    assert where is not None
    assert isinstance(where, In)
    (query,) = where.items
    assert isinstance(query, Query)
    assert (query.tables, query.limit, query.filtered) == (("t",), 1000, True)


@pytest.mark.parametrize(
    "word",
    [
        "order",
        "limit",
        "from",
        "where",
        "values",
        "set",
        "between",
        "and",
        "or",
        "case",
        "end",
        "group",
        "using",
        "returning",
    ],
)
def test_keywords_are_names(changes: Changes, word: str) -> None:
    """In SET, in WHERE and in a column list."""
    made = update(changes, f"UPDATE t SET {word} = 'c' WHERE {word} = 'b'")
    assert made.assignments[0].column.text == word
    assert isinstance(made.where, Compare)
    names = insert(changes, f"INSERT INTO {word} (id, {word}) VALUES (1, 'a')").columns
    assert names is not None
    assert names[1].text == word
    assert isinstance(delete(changes, f"DELETE FROM {word} WHERE {word} = 'x'").where, Compare)
