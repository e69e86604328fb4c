"""What isn't followed: the parts of a table behind a limit, and the places between the first change and the last."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kmblint import targets
from kmblint.replay.replayer import Replayer
from kmblint.schema import unread
from kmblint.schema.catalog import noted
from kmblint.schema.changes import Opaque
from kmblint.schema.unread import accounted_for, bounded, left_unread, made_anew
from kmblint.text import Place, Span
from tests.rules_at_hand import history
from tests.sql_catalog import catalog, changes, held


def _place(at: int) -> Place:
    return Place("0001_a.sql", Span(at, at + 1))


def test_of_places_the_first_and_the_last_are_kept() -> None:
    places: tuple[Place, ...] = ()
    for at in range(5):
        places = noted(places, _place(at))
    assert places == (_place(0), _place(4))


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("ALTER TABLE t ADD COLUMN c{n} TEXT;\n", "`t` has 5 columns, and kmblint follows no more of one table"),
        ("CREATE INDEX t_{n}_idx ON t (id);\n", "`t` has 5 indexes, and kmblint follows no more of one table"),
    ],
)
def test_parts_behind_the_limit_leave_the_table_less_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str, reason: str
) -> None:
    """Each step holds its table, so that more parts than any engine takes would cost the square of their number."""
    monkeypatch.setattr(unread, "MAX_PARTS", 5)
    text = "CREATE TABLE t (id BIGINT PRIMARY KEY);\n" + "".join(sql.format(n=n) for n in range(7))
    replay = Replayer(targets.get("guide")).replay(history(tmp_path / "h", {"0001_a.sql": text}))
    table = replay.end.table("t")
    assert table is not None
    assert not table.complete
    assert max(len(table.columns), len(table.indexes)) == 5
    opaque = [step.change for step in replay.steps if isinstance(step.change, Opaque)]
    assert {change.reason for change in opaque} == {reason}
    assert {(change.keyword, change.tables[0].text, change.makes_nothing) for change in opaque} == {
        (sql.split(maxsplit=1)[0], "t", False)
    }


def test_renames_that_many_follow_are_followed_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each writes anew what refers to the table, so that renames by the thousand would cost the product."""
    monkeypatch.setattr(unread, "MAX_FOLLOWING", 6)
    schema = "CREATE TABLE t (id INT PRIMARY KEY); CREATE MASK m ON t.id USING HASH;" + "".join(
        f"CREATE TABLE u{n} (id INT REFERENCES t (id));" for n in range(2)
    )
    (change,) = changes("ALTER TABLE t RENAME TO v")
    assert bounded(catalog(schema), change) is change
    gone = "".join(f"CREATE TABLE g{n} (id INT); DROP TABLE g{n};" for n in range(3))
    beyond = bounded(catalog(schema + gone), change)
    assert isinstance(beyond, Opaque)
    assert beyond.reason == "3 foreign keys and masks went with tables to other names too often to be followed"
    assert ([each.text for each in beyond.tables], beyond.names) == (["t"], ("v",))
    assert bounded(catalog("CREATE TABLE t (id INT PRIMARY KEY);" + gone), change) is change


@pytest.mark.parametrize(
    "name",
    [
        "alembic_version", "diesel_schema_migrations", "flyway_schema_history", "goose_db_version", "gorp_migrations",
        "knex_migrations", "_prisma_migrations", "schema_migration", "schema_migrations", "_sqlx_migrations",
        "SCHEMA_MIGRATIONS", "pg_class", "sqlite_master",
    ],
)  # fmt: skip
def test_tables_of_the_database_and_of_migration_tools_may_be_there(name: str) -> None:
    """Each is made by the tool of its name, or by the database, and by no migration."""
    (conflict,) = held("CREATE TABLE t (id INT)", f"DELETE FROM {name}")
    assert accounted_for(catalog("CREATE TABLE t (id INT)"), conflict, closed_world=False)
    (other,) = held("CREATE TABLE t (id INT)", f"DELETE FROM our_{name}")
    assert not accounted_for(catalog("CREATE TABLE t (id INT)"), other, closed_world=False)


UNREAD = """
    CREATE TABLE t (id INT, KEY noted (id)); CREATE TABLE part (LIKE t); CREATE SCHEMA lab; CREATE ROLE clerk;
    DO $$ BEGIN CREATE TABLE gone (a INT); DROP TABLE there; CREATE VIEW v AS SELECT 1; END $$;
    CREATE TABLE there (id INT, CONSTRAINT c CHECK (id > 0)); CREATE INDEX i ON there (id);
"""


@pytest.mark.parametrize(
    ("statement", "may", "closed"),
    [
        ("DELETE FROM nothing", False, False),
        ("DELETE FROM gone", True, True),
        ("DELETE FROM T", True, False),
        ("DELETE FROM lab.nothing", False, False),
        ("DELETE FROM other.nothing", True, False),
        ("CREATE TABLE there (id INT)", True, True),
        ("CREATE TABLE t (id INT)", False, False),
        ("DELETE FROM t WHERE nothing = 1", False, False),
        ("DELETE FROM part WHERE nothing = 1", True, False),
        ("DELETE FROM there WHERE nothing = 1", True, True),
        ("ALTER TABLE there ADD COLUMN id INT", True, True),
        ("ALTER TABLE t ADD COLUMN id INT", False, False),
        ("ALTER TABLE there DROP CONSTRAINT nothing", True, True),
        ("ALTER TABLE t DROP CONSTRAINT nothing", False, False),
        ("ALTER TABLE part DROP CONSTRAINT nothing", True, False),
        ("ALTER TABLE there ADD CONSTRAINT c CHECK (id > 1)", True, True),
        ("CREATE INDEX i ON there (id)", True, True),
        ("DROP INDEX noted", True, False),
        ("DROP INDEX noted ON t", True, False),
        ("DROP INDEX noted ON part", True, False),
        ("DROP INDEX t_id_excl", True, False),
        ("DROP INDEX nothing", False, False),
        ("DROP ROLE CLERK", False, False),
        ("DROP ROLE nobody", True, False),
        ("DROP MASKING POLICY nothing", False, False),
        ("DROP MASK nothing", False, False),
        ("CREATE TABLE new (id INT, PRIMARY KEY (nothing))", False, False),
    ],
)
def test_what_may_be_there_after_all_or_be_gone(statement: str, may: bool, closed: bool) -> None:
    """`closed` says so where the history tells all that there is; a file that can't be read may have made anything."""
    schema = catalog(UNREAD)
    (conflict,) = held(UNREAD, statement)
    assert accounted_for(schema, conflict, closed_world=False) is may
    assert accounted_for(schema, conflict, closed_world=True) is closed
    exists = type(conflict).__name__.endswith("Exists")
    assert accounted_for(replace(schema, lost=True), conflict, closed_world=True) is (closed or not exists)


@pytest.mark.parametrize(
    ("statement", "doubted"),
    [
        ("DELETE FROM nothing", True), ("DELETE FROM t WHERE nothing = 1", True), ("DROP INDEX nothing", True),
        ("DELETE FROM settled WHERE nothing = 1", False), ("DELETE FROM t WHERE id = 1", False),
        ("CREATE TABLE new (id INT, PRIMARY KEY (nothing))", False), ("DROP INDEX nothing ON settled", False),
    ],
)  # fmt: skip
def test_behind_a_statement_that_is_not_followed_all_may_be_there_but_in_tables_made_since(
    statement: str, doubted: bool
) -> None:
    sql = "CREATE TABLE t (id INT); CALL install(); CREATE TABLE settled (id INT);"
    doubts = [accounted_for(catalog(sql), conflict, closed_world=False) for conflict in held(sql, statement)]
    assert any(doubts) is doubted


@pytest.mark.parametrize(
    ("name", "closed_world", "columns"),
    [("there", False, None), ("there", True, 1), ("t", False, 1), ("part", True, None)],
)
def test_a_table_is_made_anew_that_may_be_gone(name: str, closed_world: bool, columns: int | None) -> None:
    (change,) = changes(f"CREATE TABLE {name} (a INT)")
    schema = made_anew(left_unread(catalog(UNREAD), ("part",), (), _place(0)), change, closed_world=closed_world)
    table = schema.table(name)
    assert (table and len(table.columns)) == columns
    assert name not in schema.unread


def test_what_a_statement_was_to_make_counts_as_there() -> None:
    left = left_unread(catalog("CREATE TABLE t (id INT)"), ("t", "u"), ("v", "w"), _place(0))
    assert list(left.unread) == ["t", "u", "v", "w"]
    assert [(table.name, table.opaque, table.column_names) for table in left.tables.values()] == [
        ("t", _place(0), ("id",)), ("u", _place(0), ()),
    ]  # fmt: skip
