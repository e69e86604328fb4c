"""What a catalogue and its tables answer about what they hold."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kmblint.schema.catalog import Poison, Table
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.ordered import OrderedMap
from kmblint.text import Span
from tests.sql_catalog import catalog, place

CLINIC = """
CREATE TABLE tenants (id BIGINT PRIMARY KEY, name TEXT);
CREATE TABLE people (id BIGINT, tenant_id BIGINT, code TEXT UNIQUE, PRIMARY KEY (tenant_id, id));
CREATE TABLE visits (
    id BIGINT PRIMARY KEY, tenant_id BIGINT, person_id BIGINT, place TEXT, day DATE, at TIME, room TEXT,
    UNIQUE (day, at), FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX by_person ON visits (tenant_id, person_id);
CREATE INDEX by_place ON visits (place) WHERE place <> '';
CREATE UNIQUE INDEX by_room ON visits (room, at DESC);
CREATE UNIQUE INDEX by_length ON visits (length(room), day);
CREATE UNIQUE INDEX by_first_room ON visits (room) WHERE id = 1;
"""


def table(name: str = "visits", sql: str = "") -> Table:
    found = catalog(CLINIC + sql).table(name)
    assert found is not None
    return found


def test_what_is_unique_in_a_table() -> None:
    """Its key, what UNIQUE is declared of, and unique indexes of all rows over columns alone."""
    assert table().unique_keys == (("id",), ("day", "at"), ("room", "at"))
    assert table("people").unique_keys == (("tenant_id", "id"), ("code",))
    assert replace(table("tenants"), primary_key=()).unique_keys == ()


@pytest.mark.parametrize(
    ("columns", "by"),
    [
        ("id", "key"), ("tenant_id", "index"), ("person_id tenant_id", "index"), ("person_id", ""), ("room", "index"),
        ("at room", "index"), ("place", "partial"), ("day", "unique"), ("at day", "unique"), ("at", ""),
    ],
)  # fmt: skip
def test_what_finds_rows_by_columns(columns: str, by: str) -> None:
    """The key or an index that begins with them in any order; where it counts, a UNIQUE or an index of some rows."""
    found, asked = table(), tuple(columns.split())
    assert found.searchable_by(asked) is (by in {"key", "index", "partial"})
    assert found.searchable_by(asked, partial=False) is (by in {"key", "index"})
    assert found.searchable_by(asked, unique=True) is (by != "")


@pytest.mark.parametrize(
    ("column", "found"), [("id", True), ("tenant_id", True), ("person_id", False), ("place", True), ("day", False)]
)
def test_which_column_an_index_begins_with(column: str, found: bool) -> None:
    assert table().has_index_on(column) is found


def test_the_key_is_an_index_on_its_first_column() -> None:
    assert [column for column in ("tenant_id", "id", "code") if table("people").has_index_on(column)] == ["tenant_id"]


@pytest.mark.parametrize(
    ("of", "column", "to", "found"),
    [
        ("visits", "person_id", "people", True),
        ("visits", "person_id", "tenants", False),
        ("visits", "tenant_id", "tenants", True),
        ("visits", "id", "tenants", True),
        ("people", "id", "tenants", False),
        ("people", "id", "people", True),
    ],
)
def test_what_finds_the_rows_that_refer_to_one(of: str, column: str, to: str, found: bool) -> None:
    """An index that begins with the column, or with others of the key that is referred to."""
    assert table(of).finds_references(column, table(to), partial=True) is found


def test_an_index_of_some_rows_finds_no_references_where_all_count() -> None:
    assert table().finds_references("place", table("tenants"), partial=True)
    assert not table().finds_references("place", table("tenants"), partial=False)


def test_which_index_begins_another() -> None:
    person, place_, room, length, first = table().indexes
    assert first.begins(room)
    assert room.begins(room)
    assert not room.begins(first)
    assert not person.begins(place_)
    assert not length.begins(length), "nobody knows whether two expressions are one"
    assert person.covers(("person_id", "tenant_id"))
    assert person.covers(("tenant_id",))
    assert not person.covers(("person_id",))


def test_an_index_runs_in_both_directions() -> None:
    def order(parts: str) -> tuple[bool, ...]:
        return table(sql=f"CREATE INDEX i ON visits ({parts})").indexes[-1].order

    assert order("day, at DESC") == order("day DESC, at ASC") == (False, True)
    assert order("day, at") == order("day DESC, at DESC") == (False, False)


def test_where_the_target_makes_other_columns_of_an_index_its_author_is_heard() -> None:
    index = replace(table().indexes[0], columns=("tenant_id", None), declared=("tenant_id", "person_id"))
    assert index.meant == ("tenant_id", "person_id")
    assert replace(index, declared=()).meant == ("tenant_id", None)


def test_a_value_keeps_a_table_from_being_read_while_its_column_is_there() -> None:
    poisons = tuple(Poison(column, "'x'", place(Span(0, 1)), None) for column in ("name", "gone"))
    assert [poison.column for poison in replace(table("tenants"), poisons=poisons).unreadable_for] == ["name"]


def test_a_key_is_known_where_it_is_seen_or_all_is() -> None:
    assert table("tenants").key_is_known
    assert table("t", "CREATE TABLE t (a BIGINT)").key_is_known
    assert table("t", "CREATE TABLE t (a BIGINT); ALTER TABLE tenants ATTACH x").key_is_known
    assert not table("t", "CREATE TABLE t (LIKE tenants)").key_is_known
    assert table("t", "CREATE TABLE t (LIKE tenants, PRIMARY KEY (id))").key_is_known


@pytest.mark.parametrize(
    ("column", "named"),
    [
        ("tenant_id BIGINT", "tenants"),
        ("TENANTS_ID BIGINT", "tenants"),
        ("tenant_id TEXT", "tenants"),
        ("reported_by_tenant_id BIGINT", "tenants"),
        ("home_tenant_id TEXT", None),
        ("legacy_tenant_id BIGINT", None),
        ("home_legacy_tenant_id BIGINT", None),
        *((f"{role}_tenant_id BIGINT", None) for role in ("external", "foreign", "remote", "source", "upstream")),
        ("tenant BIGINT", None),
        ("_id BIGINT", None),
        ("ward_id BIGINT", None),
        ("person_id BIGINT", "people"),
        ("box_id BIGINT", "lab.Boxes"),
        ("note_id BIGINT", None),
        ("some_note_id BIGINT", None),
    ],
)
def test_which_table_a_column_names(column: str, named: str | None) -> None:
    """A table without a key has nothing that a column could hold; one that is named outright is meant all the same."""
    sql = f'{CLINIC} CREATE TABLE lab."Boxes" (id BIGINT PRIMARY KEY); CREATE TABLE t ({column});'
    schema = catalog(sql)
    of = schema.table("t")
    assert of is not None
    found = schema.named_by(of.columns[0])
    assert (found and found.name) == named


def test_what_is_called_alike() -> None:
    schema = catalog('CREATE TABLE wards (a INT); CREATE TABLE "Wards" (a INT); CREATE TABLE lab.WARDS (a INT);')
    assert list(schema.alike("WARDS")) == ["wards", "Wards", "lab.WARDS"]
    assert list(catalog("DROP TABLE wards", schema).alike("other.wards")) == ["Wards", "lab.WARDS"]
    assert list(schema.alike("ward")) == []


def test_objects_that_are_spelt_alike() -> None:
    schema = catalog('CREATE ROLE nurse; CREATE ROLE "Nurse"; CREATE VIEW NURSE AS SELECT 1; CREATE ROLE clerk;')
    assert [made.name for made in schema.spelt_alike(ObjectKind.ROLE, "NURSE")] == ["nurse", "Nurse"]
    without = catalog("DROP ROLE nurse", schema)
    assert [made.name for made in without.spelt_alike(ObjectKind.ROLE, "nurse")] == ["Nurse"]
    assert without.has_had(ObjectKind.ROLE, "NURSE")
    masked = catalog("CREATE MASK Hidden ON t.a USING HASH")
    assert [made.name for made in masked.spelt_alike(ObjectKind.MASK, "hidden")] == ["Hidden"]
    assert not masked.has_had(ObjectKind.ROLE, "hidden")


def test_a_schema_is_known_once_a_table_was_made_in_it() -> None:
    assert catalog("CREATE TABLE lab.t (a INT); DROP TABLE lab.t;").has_had(ObjectKind.SCHEMA, "LAB")
    assert not catalog("CREATE TABLE t (a INT)").has_had(ObjectKind.SCHEMA, "")


def test_what_refers_to_a_table() -> None:
    schema = catalog(
        CLINIC + "CREATE TABLE b (id BIGINT, one BIGINT REFERENCES people (id), two BIGINT REFERENCES b (id));"
        "CREATE TABLE a (id BIGINT REFERENCES people (id));"
    )
    assert [(made.name, key.columns[0].text) for made, key, _ in schema.referring("people")] == [
        ("a", "id"), ("b", "one"), ("visits", "tenant_id"),
    ]  # fmt: skip
    later = catalog("ALTER TABLE b DROP COLUMN one; DROP TABLE visits;", schema)
    assert [made.name for made, _, _ in later.referring("people")] == ["a"]
    assert [made.name for made, _, _ in later.referring("b")] == ["b"]


def test_tables_stand_by_name() -> None:
    assert [each.name for each in catalog("CREATE TABLE b (a INT); CREATE TABLE a (a INT);").in_order] == ["a", "b"]


def test_a_query_reads_tables_and_views() -> None:
    schema = catalog("CREATE TABLE t (a INT); CREATE VIEW v AS SELECT 1; CREATE ROLE r;")
    assert [name for name in ("t", "v", "r", "x") if schema.is_readable(name)] == ["t", "v"]


def test_an_index_is_stale_that_its_table_no_longer_has() -> None:
    """What is registered by the name of a table and isn't among its own; all of it where the table is gone."""
    indexes = OrderedMap((index.name, index) for index in table().indexes)
    schema = replace(catalog(CLINIC), registered=OrderedMap([("visits", indexes)]))
    assert schema.stale_indexes("visits") == schema.stale_indexes("people") == ()
    dropped = catalog("DROP INDEX by_room ON visits; DROP INDEX by_place ON visits;", schema)
    assert [index.name for index in dropped.stale_indexes("visits")] == ["by_place", "by_room"]
    other = catalog("CREATE INDEX one ON visits (day); CREATE INDEX two ON visits (at);", dropped)
    assert [index.name for index in other.stale_indexes("visits")] == ["by_place", "by_room"]
    gone = catalog("DROP TABLE visits", schema)
    assert [index.name for index in gone.stale_indexes("visits")] == sorted(indexes)


def test_a_wide_table_has_its_columns_in_order() -> None:
    wide = table("t", f"CREATE TABLE t ({', '.join(f'c{number} INT' for number in range(99))}, c5 TEXT)")
    assert wide.column_names == tuple(f"c{number}" for number in range(99))
    found = wide.column("c98"), wide.column("c5"), wide.column("c99")
    assert [column and (column.name, str(column.type)) for column in found] == [("c98", "INT"), ("c5", "INT"), None]


def test_which_tables_have_an_index_of_a_name() -> None:
    sql = "CREATE INDEX i ON b (x); CREATE INDEX i ON a (x); CREATE INDEX j ON a (x); ALTER TABLE a RENAME TO c;"
    schema = catalog(f"CREATE TABLE b (x INT); CREATE TABLE a (x INT); {sql}")
    assert [each.name for each in schema.with_index("i")] == ["b", "c"]
    assert sorted(schema.index_names) == ["i", "i", "j"]
    assert [each.name for each in catalog("DROP INDEX i ON b; DROP INDEX j ON c;", schema).with_index("i")] == ["c"]
    assert list(schema.with_index("k")) == []


def test_which_tables_may_name_another_by_a_column() -> None:
    schema = catalog("""
        CREATE TABLE policies (id BIGINT PRIMARY KEY); CREATE TABLE d (policy_id BIGINT); CREATE TABLE b (x INT);
        ALTER TABLE b ADD COLUMN old_policy_id BIGINT; CREATE TABLE c (x_id INT, y_id INT);
        ALTER TABLE c RENAME COLUMN y_id TO Policies_ID; CREATE TABLE a (policy INT, ward_id INT);
        CREATE TABLE later (x INT); ALTER TABLE later ADD COLUMN y INT, ADD COLUMN policy_id INT;
    """)
    assert [each.name for each in schema.may_name("policies")] == ["b", "c", "d", "later"]
    assert [each.name for each in schema.may_name("lab.Policies")] == ["b", "c", "d", "later"]
    assert [each.name for each in catalog("DROP TABLE d", schema).may_name("policies")] == ["b", "c", "later"]
    assert [each.name for each in schema.may_name("wards")] == ["a"]
    replaced = catalog("ALTER TABLE d DROP COLUMN policy_id; ALTER TABLE d ADD COLUMN ward_id INT;", schema)
    assert [each.name for each in replaced.may_name("wards")] == ["a", "d"]
