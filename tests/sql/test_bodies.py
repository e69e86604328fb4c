"""What statements inside of bodies make, change or drop."""

from __future__ import annotations

import pytest

from kmblint.sql.bodies import names_made


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("BEGIN END", ()),
        ("BEGIN UPDATE wards SET floor = 1; INSERT INTO beds VALUES (1); END", ()),
        ("CREATE TABLE IF NOT EXISTS wards (id int)", ("wards",)),
        ('create unique index concurrently "By Floor" on wards (floor)', ("By Floor",)),
        ("CREATE OR REPLACE VIEW app.v AS SELECT 1", ("app.v", "v")),
        ("DROP TABLE IF EXISTS a, `b`", ("a", "b")),
        ('DROP VIEW "a~b"', ("a~b",)),
        ("ALTER TABLE wards ADD COLUMN IF NOT EXISTS wing TEXT", ("wing",)),
        ("ALTER TABLE wards ADD CONSTRAINT positive CHECK (floor > 0)", ("positive",)),
        ("ALTER TABLE wards RENAME COLUMN floor TO storey", ("floor", "storey")),
        ("ALTER TABLE wards RENAME TO units", ("units",)),
        ("RENAME TABLE wards TO units, beds TO places", ("wards", "units", "beds", "places")),
        ("-- add floor to wards\nBEGIN /* drop\nbeds */ END", ()),
        ("RAISE NOTICE 'moved to wards'; GRANT SELECT ON beds TO clerk", ()),
        ("EXECUTE 'CREATE TABLE archive (id int)'", ("archive",)),
        ("EXECUTE format('ALTER TABLE %I ADD COLUMN wing TEXT', name)", ("wing",)),
        ("BEFORE UPDATE ON wards FOR EACH ROW EXECUTE FUNCTION keep()", ()),
        ("GRANT EXECUTE ON FUNCTION keep() TO clerk", ()),
        ("PERFORM pg_notify('wards', 'x'); PERFORM count(*) FROM wards", ()),
    ],
)
def test_names_that_are_written_out(body: str, names: tuple[str, ...]) -> None:
    found = names_made(body)
    assert found is not None
    assert set(found) == set(names)


@pytest.mark.parametrize(
    "body",
    [
        "EXECUTE format('CREATE TABLE %I (id int)', name)",
        "EXECUTE 'DROP TABLE IF EXISTS ' || name",
        "EXECUTE 'create index ' || quote_ident(name)",
        "EXECUTE format('CREATE TABLE wards_%s (id int)', 2026)",
        "EXECUTE 'CREATE TABLE wards_' || year",
        "EXECUTE 'ALTER TABLE wards ADD COLUMN ' || name",
        "EXECUTE format('ALTER TABLE wards DROP CONSTRAINT %I', name)",
        "EXECUTE statement",
        "EXECUTE IMMEDIATE statement",
        "EXEC (@statement)",
        "PREPARE p FROM @statement",
        "PERFORM make_beds(3)",
    ],
)
def test_names_that_nobody_knows(body: str) -> None:
    assert names_made(body) is None
