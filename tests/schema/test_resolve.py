"""Which table a name means that the catalogue has under another spelling."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import DeleteRows
from kmblint.schema.resolve import resolved
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
