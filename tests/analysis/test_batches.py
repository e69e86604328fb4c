"""The bounded statements that findings propose."""

from __future__ import annotations

import pytest

from kmblint.analysis.batches import first_batch
from kmblint.analysis.proposals import create_index
from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog, Index, Table
from kmblint.schema.changes import AddTable, DeleteRows, UpdateRows
from kmblint.schema.domains import Semantics
from kmblint.schema.reach import sql_reach
from kmblint.sql.parse import statements
from kmblint.text import Place, Source, Span


def table_of(sql: str) -> Table:
    """The table that a CREATE TABLE makes."""
    source = Source("0001_a.sql", sql)
    (statement,) = statements(source, source.everything)
    (change,) = statement.changes
    assert isinstance(change, AddTable)
    made = apply(Catalog(), change, lambda span: Place(source.name, span)).table(change.table.text)
    assert made is not None
    return made


def batch_of(table_sql: str, sql: str, refused: str = "") -> str | None:
    """The first batch of 100 rows that is proposed for a data change; `refused` is the part that the target refuses."""
    table, source = table_of(table_sql), Source("0002_b.sql", sql)
    (statement,) = statements(source, source.everything)
    (change,) = statement.changes
    assert isinstance(change, UpdateRows | DeleteRows)
    spans = [Span(sql.index(refused), sql.index(refused) + len(refused))] if refused else []
    reach = sql_reach(change, table, Semantics())
    return first_batch(change, table, reach, text=source.slice, refused=spans, size=100)


PATIENTS = "CREATE TABLE patients (id BIGINT PRIMARY KEY, phone TEXT, age BIGINT, paid BOOLEAN)"


@pytest.mark.parametrize(
    ("table", "sql", "batch"),
    [
        pytest.param(
            PATIENTS,
            "UPDATE patients\n   SET age = 3,\n       paid = TRUE\n WHERE age = 2\n    OR age = 1",
            "UPDATE patients SET age = 3, paid = TRUE WHERE (age = 2 OR age = 1) AND id BETWEEN 1 AND 100;",
            id="on one line, the condition in parentheses",
        ),
        pytest.param(
            PATIENTS, "UPDATE patients SET age = 3", "UPDATE patients SET age = 3 WHERE id BETWEEN 1 AND 100;", id="all"
        ),
        pytest.param(
            PATIENTS,
            "DELETE FROM patients p WHERE p.id >= 5000",
            "DELETE FROM patients p WHERE (p.id >= 5000) AND p.id BETWEEN 5000 AND 5099;",
            id="from where the condition begins, under the alias",
        ),
        pytest.param(
            'CREATE TABLE "odd names" ("the key" BIGINT PRIMARY KEY)',
            'DELETE FROM "odd names"',
            'DELETE FROM "odd names" WHERE "the key" BETWEEN 1 AND 100;',
            id="names that need quotes",
        ),
        pytest.param(
            "CREATE TABLE lines (invoice INTEGER, no INTEGER, note TEXT, PRIMARY KEY (invoice, no))",
            "DELETE FROM lines WHERE note = ''",
            "DELETE FROM lines WHERE (note = '') AND invoice IN (1) AND no IN (1, 2, 3);",
            id="narrow numbers compare in lists where no index begins with them",
        ),
        pytest.param(
            "CREATE TABLE lines (invoice BIGINT, no BIGINT, PRIMARY KEY (invoice, no))",
            "DELETE FROM lines",
            "DELETE FROM lines WHERE invoice IN (1) AND no BETWEEN 1 AND 100;",
            id="a key of two",
        ),
        pytest.param(
            "CREATE TABLE codes (code TEXT PRIMARY KEY)",
            "DELETE FROM codes",
            "DELETE FROM codes WHERE code IN ('…', '…');",
            id="a text",
        ),
        pytest.param(
            "CREATE TABLE devices (id UUID PRIMARY KEY)",
            "DELETE FROM devices",
            "DELETE FROM devices WHERE id = '00000000-0000-0000-0000-000000000000';",
            id="a uuid, whose lists Kimberlite can't compare",
        ),
        pytest.param("CREATE TABLE logs (note TEXT)", "DELETE FROM logs", None, id="no key"),
        pytest.param(
            PATIENTS, "UPDATE patients SET age = 3 FROM visits v WHERE v.kind = 'x'", None, id="rows of another table"
        ),
    ],
)
def test_the_first_batch(table: str, sql: str, batch: str | None) -> None:
    assert batch_of(table, sql) == batch


def test_a_refused_value_is_left_to_the_reader() -> None:
    sql = "UPDATE patients SET phone = REPLACE(phone, '-', '') WHERE phone IS NOT NULL"
    assert batch_of(PATIENTS, sql, "REPLACE(phone, '-', '')") == (
        "UPDATE patients SET phone = '…' WHERE (phone IS NOT NULL) AND id BETWEEN 1 AND 100;"
    )


@pytest.mark.parametrize("assigned", ["at = NOW()", "fee = fee * 1.021"])
def test_no_number_or_day_is_made_up_for_a_refused_value(assigned: str) -> None:
    table = "CREATE TABLE visits (id BIGINT PRIMARY KEY, at TIMESTAMP, fee DECIMAL(10,2))"
    assert batch_of(table, f"UPDATE visits SET {assigned}", assigned.partition(" = ")[2]) is None


@pytest.mark.parametrize(
    ("where", "bound"),
    [
        ("tenant = 12", "(tenant = 12) AND no BETWEEN 1 AND 100"),
        ("tenant IN (12, 13) AND text = 'a'", "(tenant IN (12, 13) AND text = 'a') AND no BETWEEN 1 AND 100"),
        ("tenant > 12", "(tenant > 12) AND tenant IN (1) AND no BETWEEN 1 AND 100"),
        ("tenant NOT IN (1, 2)", "(tenant NOT IN (1, 2)) AND tenant IN (1) AND no BETWEEN 1 AND 100"),
    ],
)
def test_a_part_of_the_key_that_the_condition_names_is_not_named_again(where: str, bound: str) -> None:
    table = "CREATE TABLE lines (tenant BIGINT, no BIGINT, text TEXT, PRIMARY KEY (tenant, no))"
    assert batch_of(table, f"DELETE FROM lines WHERE {where}") == f"DELETE FROM lines WHERE {bound};"


def test_rows_that_a_refused_condition_means_are_in_no_batch() -> None:
    sql = "DELETE FROM patients WHERE id IN (SELECT patient_id FROM old)"
    assert batch_of(PATIENTS, sql, "(SELECT patient_id FROM old)") is None


def test_an_index_gets_the_name_of_the_convention_or_the_next_free_one() -> None:
    table = table_of(PATIENTS)
    assert create_index(table, ("phone", "age")) == "CREATE INDEX patients_phone_age_idx ON patients (phone, age);"
    taken = Table(
        table.name,
        table.columns,
        table.made,
        opaque=None,
        indexes=(
            Index("patients_phone_idx", ("age",), table.made, unique=False, partial=False, declared=(), descending=()),
        ),
    )
    assert create_index(taken, ("phone",)) == "CREATE INDEX patients_phone_2_idx ON patients (phone);"
