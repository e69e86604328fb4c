"""Changes applied to a catalogue: what is there afterwards, and what remembers that it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import AddTable, Change
from kmblint.schema.conflict import ColumnExists, TableExists, UnknownTable
from kmblint.schema.conflicts import conflicts
from kmblint.schema.parts import ForeignKey, named_in
from tests.sql_catalog import catalog, changes, place

CLINIC = """
CREATE TABLE patients (id BIGINT PRIMARY KEY, email TEXT NOT NULL, born DATE);
CREATE TABLE visits (id BIGINT, patient_id BIGINT, note TEXT DEFAULT '-', PRIMARY KEY (id),
  CONSTRAINT visits_patient_fk FOREIGN KEY (patient_id) REFERENCES patients (id));
CREATE INDEX visits_patient_id_idx ON visits (patient_id, id);
"""


def table(sql: str, name: str = "patients") -> Table:
    found = catalog(CLINIC + sql).table(name)
    assert found is not None
    return found


def test_a_table_knows_its_parts_and_where_they_come_from() -> None:
    made = table("", "visits")
    assert made.column_names == ("id", "patient_id", "note")
    assert made.primary_key == ("id",)
    assert [column.nullable for column in made.columns] == [False, True, True]
    assert [index.name for index in made.indexes] == ["visits_patient_id_idx"]
    assert made.constraint("visits_patient_fk") is not None
    note = made.column("note")
    assert note is not None
    assert CLINIC[note.made.span.start : note.made.span.end] == "note TEXT DEFAULT '-'"


def test_a_second_primary_key_makes_no_key() -> None:
    made = table("CREATE TABLE t (id BIGINT PRIMARY KEY, code TEXT PRIMARY KEY)", "t")
    assert made.primary_key == ("id",)
    assert [column.nullable for column in made.columns] == [False, True]


def test_a_second_create_changes_nothing() -> None:
    before = catalog(CLINIC)
    assert catalog("CREATE TABLE patients (other TEXT PRIMARY KEY)", before) == before


def test_of_a_repeated_column_the_first_counts() -> None:
    made = catalog("CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT, b BIGINT)").table("t")
    assert made is not None
    assert [str(column.type) for column in made.columns] == ["TEXT", "TEXT"]


@pytest.mark.parametrize(
    "borrowing", ["AS SELECT id FROM patients", "(LIKE patients)", "(id BIGINT) INHERITS (patients)"]
)
def test_a_borrowed_shape_is_incomplete(borrowing: str) -> None:
    made = catalog(f"{CLINIC} CREATE TABLE copies {borrowing}").table("copies")
    assert made is not None
    assert not made.complete


def test_a_dropped_table_is_remembered() -> None:
    after = catalog(CLINIC + "DROP TABLE visits;")
    assert after.table("visits") is None
    assert after.dropped["visits"].renamed_to is None
    assert "visits" in catalog(CLINIC + "DROP TABLE visits; CREATE TABLE visits (id BIGINT PRIMARY KEY);").tables


def test_a_dropped_column_takes_its_indexes_constraints_and_key_along() -> None:
    visits = table("ALTER TABLE visits DROP COLUMN patient_id;", "visits")
    assert visits.column_names == ("id", "note")
    assert not visits.indexes
    assert not visits.foreign_keys
    assert str(visits.dropped["patient_id"].type) == "BIGINT"
    assert table("ALTER TABLE visits DROP COLUMN id;", "visits").primary_key == ()


def test_a_dropped_column_takes_the_checks_along_that_name_it() -> None:
    sql = (
        "CREATE TABLE t (id BIGINT PRIMARY KEY, age BIGINT CHECK (age >= 0), n BIGINT, CHECK (n < age), CHECK (n > 0));"
    )
    left = table(f"{sql} ALTER TABLE t DROP COLUMN age;", "t").constraints
    assert [named_in(each.constraint) for each in left] == [("id",), ("n",)]


def test_a_column_that_comes_back_is_no_longer_dropped() -> None:
    sql = "ALTER TABLE patients DROP COLUMN born; ALTER TABLE patients ADD COLUMN born BIGINT;"
    assert "born" not in table(sql).dropped
    assert table(sql).column_names == ("id", "email", "born")


def test_a_key_added_with_its_column_or_alone() -> None:
    plain = "CREATE TABLE t (a BIGINT);"
    for sql in ("ALTER TABLE t ADD COLUMN id BIGINT PRIMARY KEY", "ALTER TABLE t ADD PRIMARY KEY (id)"):
        made = catalog(plain + sql).table("t")
        assert made is not None
        assert made.primary_key == ("id",)
    added = catalog(plain + "ALTER TABLE t ADD COLUMN id BIGINT PRIMARY KEY, ADD COLUMN b INT NULL").table("t")
    assert added is not None
    assert [column.nullable for column in added.columns] == [True, False, True]


def test_dropping_the_keys_constraint_drops_the_key() -> None:
    sql = "CREATE TABLE t (id BIGINT, CONSTRAINT t_pkey PRIMARY KEY (id)); ALTER TABLE t DROP CONSTRAINT t_pkey;"
    made = catalog(sql).table("t")
    assert made is not None
    assert made.primary_key == ()


def test_references_and_masks_follow_a_renamed_table() -> None:
    after = catalog(CLINIC + "CREATE MASK m ON patients.email USING HASH; ALTER TABLE patients RENAME TO people;")
    visits = after.table("visits")
    assert visits is not None
    assert [key.table.text for key, _ in visits.foreign_keys] == ["people"]
    assert after.masks["m"].table == "people"
    assert after.dropped["patients"].renamed_to == "people"


def test_a_rename_onto_a_table_changes_nothing() -> None:
    before = catalog(CLINIC)
    assert catalog("ALTER TABLE visits RENAME TO patients", before) == before


def test_all_that_names_a_column_follows_its_new_name() -> None:
    after = catalog(
        CLINIC
        + """
        CREATE MASKING POLICY p STRATEGY HASH EXEMPT ROLES ('r');
        ALTER TABLE patients ALTER COLUMN id SET MASKING POLICY p;
        ALTER TABLE patients MODIFY COLUMN id SET CLASSIFICATION 'PHI';
        CREATE MASK m ON patients.id USING HASH;
        ALTER TABLE patients RENAME COLUMN id TO number;
        ALTER TABLE visits RENAME COLUMN patient_id TO patient_number;
        """
    )
    patients, visits = after.table("patients"), after.table("visits")
    assert patients is not None
    assert visits is not None
    assert patients.primary_key == ("number",)
    assert set(patients.policies) == set(patients.classifications) == {"number"}
    assert after.masks["m"].column == "number"
    assert visits.indexes[0].columns == ("patient_number", "id")
    key = next(declared.constraint for declared in visits.constraints if isinstance(declared.constraint, ForeignKey))
    assert [name.text for name in (*key.columns, *key.targets)] == ["patient_number", "number"]


def test_what_alter_column_changes() -> None:
    born = table(
        "ALTER TABLE patients ALTER COLUMN born TYPE TEXT; ALTER TABLE patients ALTER COLUMN born SET NOT NULL;"
        "ALTER TABLE patients ALTER COLUMN born SET DEFAULT 'x';"
    ).column("born")
    assert born is not None
    assert (str(born.type), born.nullable, born.default is not None, len(born.changed)) == ("TEXT", False, True, 2)


@pytest.mark.parametrize(
    ("column", "generated"),
    [
        ("a SERIAL", True), ("a BIGINT GENERATED ALWAYS AS IDENTITY", True), ("a BIGINT AUTO_INCREMENT", True),
        ("a BIGINT AUTOINCREMENT", True), ("a BIGINT GENERATED ALWAYS AS (b + 1) STORED", True),
        ("a BIGINT AS (b + 1)", True), ("a BIGINT NOT NULL DEFAULT 1 UNIQUE", False),
    ],
)  # fmt: skip
def test_whose_values_the_database_makes(column: str, generated: bool) -> None:
    made = catalog(f"CREATE TABLE t ({column}, b BIGINT)").table("t")
    assert made is not None
    assert [each.generated for each in made.columns] == [generated, False]


def test_an_opaque_statement_that_names_a_table_makes_that_one_incomplete() -> None:
    after = catalog(CLINIC + "ALTER TABLE patients SET (fillfactor = 70);")
    patients, visits = after.table("patients"), after.table("visits")
    assert patients is not None
    assert visits is not None
    assert (patients.complete, visits.complete) == (False, True)
    assert after.opaque is None


@pytest.mark.parametrize(("sql", "may"), [("CALL make_archive()", True), ("VACUUM", False), ("SET jit = off", False)])
def test_an_opaque_statement_that_may_make_tables_is_remembered(sql: str, may: bool) -> None:
    assert (catalog(CLINIC + sql).opaque is not None) is may


MORE = """
DROP TABLE visits; DROP TABLE IF EXISTS patients; ALTER TABLE patients RENAME TO people;
ALTER TABLE people RENAME TO patients; ALTER TABLE patients ADD COLUMN phone TEXT;
ALTER TABLE patients DROP COLUMN email; ALTER TABLE patients RENAME COLUMN email TO mail;
ALTER TABLE visits ADD CONSTRAINT c CHECK (note <> ''); ALTER TABLE visits DROP CONSTRAINT c;
CREATE INDEX patients_email_idx ON patients (email); DROP INDEX patients_email_idx;
INSERT INTO patients (id) VALUES (1), (2); DELETE FROM patients WHERE id = 1; UPDATE visits SET note = 'x';
"""
POOL = (*changes(CLINIC), *changes(MORE))


@given(st.lists(st.sampled_from(POOL), max_size=25))
def test_a_catalogue_stays_sound_and_what_conflicts_changes_no_table(sequence: list[Change]) -> None:
    """Whatever is applied: keys, indexes and names are of what is there, and every table stands under its name."""
    after = Catalog()
    for change in sequence:
        before = after
        after = apply(before, change, place)
        against = conflicts(before, change)
        if any(isinstance(conflict, TableExists | ColumnExists | UnknownTable) for conflict in against):
            assert after.tables == before.tables
        for name, made in after.tables.items():
            assert made.name == name
            assert set(made.primary_key) <= set(made.column_names)
            assert len(set(made.column_names)) == len(made.columns)
            assert not set(made.column_names) & set(made.dropped)


@given(st.sampled_from([change for change in POOL if isinstance(change, AddTable)]))
def test_applying_twice_is_applying_once(change: AddTable) -> None:
    once = apply(Catalog(), change, place)
    assert apply(once, change, place) is once
