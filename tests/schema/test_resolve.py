"""Which table a name means that the catalogue has under another spelling."""

from __future__ import annotations

from typing import Final

import pytest

from kmblint.schema.changes import AddTable, Change, CreateObject, DeleteRows, DropConstraint, DropIndex, UpdateRows
from kmblint.schema.conflicts import conflicts
from kmblint.schema.parts import PrimaryKey
from kmblint.schema.predicate import ColumnRef, Compare
from kmblint.schema.resolve import resolved, respelt
from tests.sql_catalog import catalog, changes


@pytest.mark.parametrize(
    ("schema", "written", "meant"),
    [
        ("CREATE TABLE wards (id INT)", "wards", "wards"),
        ("CREATE TABLE wards (id INT)", "WARDS", "wards"),
        ('CREATE TABLE "Wards" (id INT)', "wards", "Wards"),
        ("CREATE TABLE wards (id INT)", "public.wards", "wards"),
        ("CREATE TABLE wards (id INT)", "dbo.Wards", "wards"),
        ("CREATE TABLE wards (id INT)", "main.wards", "wards"),
        ("CREATE TABLE wards (id INT)", "other.wards", "other.wards"),
        ("CREATE TABLE wards (id INT)", "beds", "beds"),
        ('CREATE TABLE "Wards" (id INT); CREATE VIEW wards AS SELECT 1', "wards", "wards"),
    ],
)
def test_a_table_is_found_under_another_spelling(schema: str, written: str, meant: str) -> None:
    (change,) = changes(f"DELETE FROM {written}")
    found = resolved(catalog(schema), change)
    assert isinstance(found, DeleteRows)
    assert found.table.text == meant


LONG: Final = "a_name_that_is_longer_than_any_that_postgresql_keeps_whole_and_cuts"
SCHEMA: Final = f"""
    CREATE TABLE "Wards" (id INT, "Name" TEXT, CONSTRAINT "Named" CHECK (id > 0), CONSTRAINT {LONG} CHECK (id > 1));
    CREATE TABLE beds (id INT, CONSTRAINT named CHECK (id > 0));
    CREATE INDEX "By_Name" ON "Wards" (id);
"""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('UPDATE "Wards" SET NAME = 1 WHERE ID = 2', "UPDATE Wards SET Name WHERE id"),
        ('UPDATE "Wards" SET "Name" = 1 WHERE nothing = 2', "UPDATE Wards SET Name WHERE nothing"),
        ('ALTER TABLE "Wards" DROP CONSTRAINT named', "Wards Named"),
        (f'ALTER TABLE "Wards" DROP CONSTRAINT {LONG[:63]}', f"Wards {LONG}"),
        (f'ALTER TABLE "Wards" DROP CONSTRAINT {LONG[:62]}', f"Wards {LONG[:62]}"),
        ('DROP INDEX by_name ON "Wards"', "Wards By_Name"),
        ("DROP INDEX by_name ON beds", "beds by_name"),
        ("DROP INDEX public.by_name", "By_Name"),
        ("CREATE TABLE t (a INT, B INT, PRIMARY KEY (A, b))", "t a B"),
    ],
)
def test_a_part_is_found_under_another_spelling(written: str, meant: str) -> None:
    schema = catalog(SCHEMA)
    (change,) = changes(written)
    assert _told(respelt(schema, change, conflicts(schema, change))) == meant


def _told(change: Change) -> str:
    match change:
        case UpdateRows(table=table, assignments=(assignment,), where=Compare(left=ColumnRef(name=name))):
            return f"UPDATE {table} SET {assignment.column} WHERE {name}"
        case DropConstraint(table=table, constraint=name):
            return f"{table} {name}"
        case DropIndex():
            return " ".join(map(str, change.objects))
        case AddTable(table=table, constraints=(PrimaryKey(columns=columns),)):
            return " ".join(map(str, (table, *columns)))
    raise AssertionError(change)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("UPDATE beds SET id = (SELECT 1 FROM WARDS) WHERE WARDS.id IN (SELECT 1 FROM wards)", "beds Wards Wards"),
        ("DELETE FROM BEDS USING wards WHERE wards.id = 1", "beds Wards"),
        ("SELECT 1 FROM WARDS, public.beds, other.beds", "Wards beds other.beds"),
        ("INSERT INTO beds SELECT * FROM wards", "beds Wards"),
        ("ALTER TABLE Beds ADD FOREIGN KEY (id) REFERENCES wards (id)", "beds Wards"),
        ("ALTER TABLE wards RENAME TO WARDS", "Wards WARDS"),
        ("CREATE TABLE public.WARDS (id INT)", "WARDS"),
        ("CREATE TABLE wards (id INT REFERENCES BEDS)", "wards beds"),
        ("CREATE INDEX public.i ON wards (id)", "Wards"),
    ],
)
def test_every_table_that_a_statement_names(written: str, names: str) -> None:
    """A name that it makes stays as it is written."""
    (change,) = changes(written)
    found = resolved(catalog(SCHEMA), change)
    assert " ".join(name.text for name in (*found.touches(), *getattr(found, "reads", ()))) == names


def test_the_table_of_a_trigger_is_found() -> None:
    (change,) = changes("CREATE TRIGGER t BEFORE UPDATE ON public.wards EXECUTE FUNCTION f()")
    found = resolved(catalog(SCHEMA), change)
    assert isinstance(found, CreateObject)
    assert str(found.on) == "Wards"


def test_a_change_stays_the_same_where_all_is_spelt_so() -> None:
    (change,) = changes('UPDATE "Wards" SET id = 1')
    assert resolved(catalog(SCHEMA), change) is change
    assert respelt(catalog(SCHEMA), change, ()) is change
