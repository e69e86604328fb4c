"""What isn't followed: the parts of a table behind a limit, and the places between the first change and the last."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.replay.replayer import Replayer
from kmblint.schema import unread
from kmblint.schema.catalog import noted
from kmblint.schema.changes import Opaque
from kmblint.schema.unread import accounted_for
from kmblint.text import Place, Span
from tests.rules_at_hand import history
from tests.sql_catalog import catalog, held


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
