"""What a catalogue holds against a change."""

from __future__ import annotations

import pytest

from kmblint.schema.conflicts import without_owner
from tests.sql_catalog import catalog, changes, held, said

CLINIC = """
CREATE TABLE patients (id BIGINT PRIMARY KEY, email TEXT, born DATE, CONSTRAINT born_check CHECK (born > 0));
CREATE TABLE visits (id BIGINT PRIMARY KEY, patient_id BIGINT UNIQUE, note TEXT CHECK (note <> ''));
CREATE INDEX visits_note_idx ON visits (note);
CREATE MASKING POLICY p STRATEGY HASH EXEMPT ROLES ('r');
CREATE MASK m ON patients.email USING HASH;
CREATE ROLE clerk;
CREATE USER ann WITH ROLE clerk;
CREATE TABLE notes (
    id BIGINT PRIMARY KEY, visit_id BIGINT REFERENCES visits (id), a INT, b INT, UNIQUE (a, b), CHECK (a < b)
);
CREATE VIEW open_visits AS SELECT id FROM visits;
"""


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DROP TABLE ghosts", ["UnknownTable ghosts"]),
        ("DROP TABLE IF EXISTS ghosts", ["UnknownTable ghosts?"]),
        ("DROP TABLE Patients", ["UnknownTable Patients"]),
        ("ALTER TABLE IF EXISTS ghosts ADD COLUMN a TEXT", ["UnknownTable ghosts?"]),
        ("UPDATE ghosts SET a = 1 WHERE b = 2", ["UnknownTable ghosts"]),
        ("INSERT INTO ghosts (a) VALUES (1)", ["UnknownTable ghosts"]),
        ("CREATE INDEX i ON ghosts (a)", ["UnknownTable ghosts"]),
        ("CREATE MASK n ON ghosts.a USING HASH", ["UnknownTable ghosts"]),
        ("SELECT id FROM ghosts g JOIN visits v ON v.id = g.id", ["UnknownTable ghosts"]),
        ("CREATE TABLE t (a BIGINT PRIMARY KEY, b BIGINT CHECK (b > c))", ["UnknownColumn t.c in CHECK"]),
        ("CREATE TABLE t (a BIGINT PRIMARY KEY, b BIGINT CHECK (b > a))", []),
        ("SELECT id FROM open_visits", []),
        ("WITH recent AS (SELECT id FROM visits) SELECT id FROM recent", []),
        ("INSERT INTO visits (id) SELECT id FROM ghosts", ["UnknownTable ghosts"]),
        ("UPDATE visits SET note = 'x' FROM ghosts WHERE ghosts.id = visits.id", ["UnknownTable ghosts"]),
        ("DELETE FROM visits USING patients WHERE patients.id = visits.patient_id AND born = 1", []),
        ("UPDATE visits v SET note = 'x' FROM v WHERE v.id = 1", []),
        ("DELETE FROM visits WHERE id IN (SELECT id FROM ghosts)", ["UnknownTable ghosts"]),
        ("INSERT INTO visits (id) VALUES ((SELECT max(id) FROM ghosts))", ["UnknownTable ghosts"]),
        (
            "SELECT 1 FROM ghosts a JOIN ghosts b ON a.id = b.id JOIN others ON true",
            ["UnknownTable ghosts", "UnknownTable others"],
        ),
        ("ALTER TABLE IF EXISTS ghosts DROP COLUMN a", ["UnknownTable ghosts?"]),
        ("ALTER TABLE ghosts DROP COLUMN IF EXISTS a", ["UnknownTable ghosts"]),
        ("ALTER TABLE ghosts RENAME COLUMN a TO b", ["UnknownTable ghosts"]),
        ("DROP INDEX IF EXISTS i ON ghosts", ["UnknownTable ghosts?"]),
        ("TRUNCATE ghosts", ["UnknownTable ghosts"]),
        ("INSERT INTO open_visits (id) VALUES (1)", []),
        ("COMMENT ON TABLE ghosts IS 'x'", []),
    ],
)
def test_tables(statement: str, expected: list[str]) -> None:
    assert [said(conflict) for conflict in held(CLINIC, statement)] == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE visits SET nots = 'x' WHERE ide = 1", ["visits.nots in SET", "visits.ide in WHERE"]),
        ("UPDATE visits v SET note = v.nots WHERE v.id = 1 AND other.x = 2", ["visits.nots in SET"]),
        ("UPDATE visits SET note = 'x' WHERE ide = 1 OR ide = 2", ["visits.ide in WHERE"]),
        ("DELETE FROM visits WHERE lower(nots) = 'x'", ["visits.nots in WHERE"]),
        ("INSERT INTO visits (id, nots) VALUES (1, 'x')", ["visits.nots in INSERT"]),
        (
            "INSERT INTO visits (id) VALUES (1) ON CONFLICT (ide) DO UPDATE SET nots = EXCLUDED.note",
            ["visits.ide in ON CONFLICT", "visits.nots in ON CONFLICT"],
        ),
        (
            "CREATE INDEX i ON visits (note, nots, lower(ide))",
            ["visits.nots in CREATE INDEX", "visits.ide in CREATE INDEX"],
        ),
        ("ALTER TABLE visits DROP COLUMN nots", ["visits.nots in DROP COLUMN"]),
        ("ALTER TABLE visits DROP COLUMN IF EXISTS nots", ["visits.nots in DROP COLUMN?"]),
        ("ALTER TABLE visits RENAME COLUMN nots TO n", ["visits.nots in RENAME COLUMN"]),
        ("ALTER TABLE visits ALTER COLUMN nots TYPE TEXT", ["visits.nots in ALTER COLUMN"]),
        ("ALTER TABLE visits ALTER COLUMN nots SET MASKING POLICY p", ["visits.nots in ALTER COLUMN"]),
        ("ALTER TABLE visits ALTER COLUMN nots DROP MASKING POLICY", ["visits.nots in ALTER COLUMN"]),
        ("ALTER TABLE visits ALTER COLUMN nots SET DEFAULT 1", ["visits.nots in ALTER COLUMN"]),
        ("ALTER TABLE visits ALTER COLUMN nots SET NOT NULL", ["visits.nots in ALTER COLUMN"]),
        ("ALTER TABLE visits MODIFY COLUMN nots SET CLASSIFICATION 'PHI'", ["visits.nots in SET CLASSIFICATION"]),
        ("ALTER TABLE visits ADD COLUMN a BIGINT CHECK (a > 0 AND b > 0)", ["visits.b in CHECK"]),
        ("ALTER TABLE visits ADD CONSTRAINT u UNIQUE (note, nots)", ["visits.nots in UNIQUE"]),
        ("CREATE MASK n ON visits.nots USING HASH", ["visits.nots in CREATE MASK"]),
        ("CREATE TABLE t (a BIGINT, PRIMARY KEY (a, b), CHECK (c > 0))", ["t.b in PRIMARY KEY", "t.c in CHECK"]),
        (
            "CREATE TABLE t (a BIGINT PRIMARY KEY, b BIGINT, FOREIGN KEY (c) REFERENCES ghosts (d))",
            ["t.c in FOREIGN KEY"],
        ),
        ("CREATE TABLE t (LIKE visits INCLUDING ALL, PRIMARY KEY (whatever))", []),
        ("ALTER TABLE visits ADD PRIMARY KEY (ide)", ["visits.ide in PRIMARY KEY"]),
        ("ALTER TABLE visits ADD FOREIGN KEY (nots) REFERENCES patients (id)", ["visits.nots in FOREIGN KEY"]),
        ("ALTER TABLE visits ADD CHECK (nots > note)", ["visits.nots in CHECK"]),
        ("CREATE INDEX i ON visits (note) WHERE nots > 1", ["visits.nots in WHERE"]),
        ("UPDATE visits SET note = nots", ["visits.nots in SET"]),
        ("UPDATE visits SET note = patients.nots, visits.nots = 1 FROM patients", ["visits.nots in SET"]),
        ("UPDATE visits SET visits.nots = 1, other.x = 2", ["visits.nots in SET", "visits.x in SET"]),
        ("UPDATE visits SET note.part = 'x', id.part = 1", []),
        ("DELETE FROM visits USING patients WHERE nots = 1 AND visits.ide = 2", ["visits.ide in WHERE"]),
        (
            "UPDATE visits JOIN (SELECT 1 AS m) s ON true SET id = 1 WHERE m = 1 AND visits.ide = 2",
            ["visits.ide in WHERE"],
        ),
        ("DELETE FROM visits WHERE nots IN (SELECT id FROM patients)", ["visits.nots in WHERE"]),
        ("INSERT INTO visits (nots, nots) VALUES (1, 2)", ["visits.nots in INSERT"]),
        ("INSERT INTO visits VALUES (1, 2, 'x')", []),
        ("ALTER TABLE visits ADD COLUMN a BIGINT UNIQUE REFERENCES patients (ide)", []),
        ("UPDATE visits SET \"note\" = 'x' WHERE visits.`id` = 1", []),
    ],
)
def test_columns(statement: str, expected: list[str]) -> None:
    assert [said(conflict) for conflict in held(CLINIC, statement)] == [f"UnknownColumn {each}" for each in expected]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE TABLE visits (a TEXT PRIMARY KEY, PRIMARY KEY (nothing))", ["TableExists visits"]),
        ("CREATE TABLE IF NOT EXISTS visits (a TEXT PRIMARY KEY)", ["TableExists visits?"]),
        ("ALTER TABLE visits RENAME TO patients", ["TableExists patients"]),
        ("ALTER TABLE visits ADD COLUMN note TEXT", ["ColumnExists visits.note"]),
        ("ALTER TABLE visits ADD COLUMN IF NOT EXISTS note TEXT", ["ColumnExists visits.note?"]),
        ("ALTER TABLE visits RENAME COLUMN id TO note", ["ColumnExists visits.note"]),
        ("CREATE INDEX visits_note_idx ON visits (id)", ["ObjectExists index visits_note_idx"]),
        ("CREATE INDEX IF NOT EXISTS visits_note_idx ON visits (id)", ["ObjectExists index visits_note_idx?"]),
        ("CREATE INDEX visits_note_idx ON patients (id)", []),
        ("CREATE ROLE clerk", ["ObjectExists role clerk"]),
        ("CREATE USER ann WITH ROLE clerk", []),
        ("CREATE MASK m ON patients.born USING HASH", []),
        ("CREATE MASKING POLICY p STRATEGY HASH EXEMPT ROLES ('r')", ["ObjectExists masking policy p"]),
        ("ALTER TABLE patients ADD CONSTRAINT born_check CHECK (born > 1)", ["ObjectExists constraint born_check"]),
        ("CREATE VIEW open_visits AS SELECT 1", ["ObjectExists view open_visits"]),
        ("CREATE OR REPLACE VIEW open_visits AS SELECT 1", []),
    ],
)
def test_what_exists(statement: str, expected: list[str]) -> None:
    assert [said(conflict) for conflict in held(CLINIC, statement)] == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DROP INDEX visits_notes_idx", ["index visits_notes_idx"]),
        ("DROP INDEX IF EXISTS visits_notes_idx", ["index visits_notes_idx?"]),
        ("DROP INDEX visits_note_idx", []),
        ("DROP MASK n", ["mask n"]),
        ("DROP MASKING POLICY q", ["masking policy q"]),
        ("ALTER TABLE patients ALTER COLUMN email SET MASKING POLICY q", ["masking policy q"]),
        ("CREATE USER bob WITH ROLE nurse", ["role nurse"]),
        ("GRANT SELECT ON patients TO clerk", []),
        ("GRANT SELECT ON ghosts TO nobody", ["table ghosts", "role nobody"]),
        ("GRANT SELECT ON open_visits TO ann", []),
        ("ALTER TABLE patients DROP CONSTRAINT no_check", ["constraint no_check"]),
        ("ALTER TABLE patients DROP CONSTRAINT IF EXISTS no_check", ["constraint no_check?"]),
        ("ALTER TABLE patients DROP CONSTRAINT patients_pkey", []),
        ("ALTER TABLE visits DROP CONSTRAINT visits_patient_id_key", []),
        ("ALTER TABLE visits DROP CONSTRAINT visits_note_check", []),
        ("ALTER TABLE visits DROP CONSTRAINT visits_born_check", ["constraint visits_born_check"]),
        ("ALTER TABLE visits RENAME CONSTRAINT visits_born_check TO c", ["constraint visits_born_check"]),
        ("ALTER TABLE visits DROP CONSTRAINT IF EXISTS nothing", ["constraint nothing?"]),
        ("ALTER TABLE visits DROP CONSTRAINT visits_note_not_null", []),
        ("DROP INDEX IF EXISTS nothing", ["index nothing?"]),
        ("DROP INDEX nothing ON visits", ["index nothing"]),
        ("DROP INDEX visits_note_idx ON visits", []),
        ("DROP ROLE IF EXISTS nobody", ["role nobody?"]),
        ("DROP USER nobody", []),
        ("DROP VIEW nothing", ["view nothing"]),
        ("GRANT SELECT ON open_visits TO ann, PUBLIC, public, clerk", []),
        ("ALTER TABLE notes DROP CONSTRAINT notes_visit_id_fkey", []),
        ("ALTER TABLE notes DROP CONSTRAINT notes_visit_id_fkey1", []),
        ("ALTER TABLE notes DROP CONSTRAINT notes_a_b_key", []),
        ("ALTER TABLE notes DROP CONSTRAINT notes_check", []),
        ("ALTER TABLE notes DROP CONSTRAINT notes_b_check", []),
        ("ALTER TABLE notes DROP CONSTRAINT notes_visit_id_key", ["constraint notes_visit_id_key"]),
        ("ALTER TABLE notes DROP CONSTRAINT notes_a_fkey", ["constraint notes_a_fkey"]),
    ],
)
def test_objects(statement: str, expected: list[str]) -> None:
    assert [said(conflict) for conflict in held(CLINIC, statement)] == [f"UnknownObject {each}" for each in expected]


@pytest.mark.parametrize(
    ("on", "unknown"),
    [
        ("visits", False), ("open_visits", False), ("ghosts", True), ("DATABASE", False), ("SCHEMA", False),
        ("ALL SERVER", False), ('"database"', True),
    ],
)  # fmt: skip
def test_the_table_of_a_trigger(on: str, unknown: bool) -> None:
    """Triggers of a database, a schema or a server are on none (SQL Server, Oracle)."""
    (change,) = changes(f"CREATE TRIGGER t ON {on} AFTER INSERT AS PRINT 'x'")
    found = without_owner(catalog(CLINIC), change)
    assert [said(conflict) for conflict in found] == [f"UnknownTable {on.strip(chr(34))}"] * unknown


REPEATED = ("CAST", "OPERATOR", "OPERATOR CLASS", "OPERATOR FAMILY", "TRANSFORM", "USER MAPPING", "USER", "OWNED")
"""Those that a name alone doesn't tell apart (PostgreSQL's CREATE CAST and the like), and users, whom Kimberlite takes
twice."""


@pytest.mark.parametrize("words", [*REPEATED, "VIEW", "ROLE", "SEQUENCE", "TYPE", "DATABASE", "SCHEMA", "EXTENSION"])
def test_which_object_can_be_made_twice(words: str) -> None:
    twice = held(f"CREATE {words} x", f"CREATE {words} x")
    assert [said(conflict) for conflict in twice] == [f"ObjectExists {words.lower()} x"] * (words not in REPEATED)
