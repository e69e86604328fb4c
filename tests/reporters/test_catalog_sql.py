"""The schema as SQL: kmblint reads what it wrote as the same schema."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint import targets
from kmblint.replay.keeping import kept_by
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay
from kmblint.reporters.catalog import as_json
from kmblint.reporters.catalog_sql import as_sql
from kmblint.schema.kept import Kept
from kmblint.schema.write import quoted
from kmblint.sql.parse import statements
from kmblint.targets.verdict import Verdict
from kmblint.text import Source
from tests.rules_at_hand import history

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
TYPES: Final = (
    "BIGINT", "INTEGER", "VARCHAR(20)", "TEXT", "DECIMAL", "DECIMAL(9,2)", "DOUBLE", "BLOB", "VARBINARY(8)", "BOOLEAN",
    "DATE", "TIME", "TIMESTAMP", "UUID", "JSON",
)  # fmt: skip
NAMES: Final = st.sampled_from(["a", "Ward", "order", "values", "check", "primary", "first name", 'say "so"', "über"])
OPTIONS: Final = ("", " NOT NULL", " UNIQUE", " DEFAULT 'it''s'", " DEFAULT -1", " CHECK (id > 0)", " REFERENCES w(id)")
CREATE: Final = "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\n"


def replayed(root: Path, sql: str, target: str, *, actual: bool = False) -> Replay:
    return replay(history(root, {"0001_a.sql": sql}), targets.get(target), actual=actual)


def kept(done: Replay, target: str, *, actual: bool = False) -> Kept:
    return kept_by(targets.get(target), done, actual=actual)


def twice(root: Path, sql: str, target: str, *, actual: bool = False) -> tuple[str, Replay]:
    """The schema as SQL, and the replay of that SQL, every statement of which is taken."""
    done = replayed(root, sql, target, actual=actual)
    written = as_sql(done.end, kept(done, target, actual=actual))
    again = replayed(root, written, target, actual=actual)
    assert {step.outcome.verdict for step in again.steps} <= {Verdict.TAKEN}
    return written, again


@st.composite
def schemas(draw: st.DrawFn) -> str:
    """Two tables with a key, columns of any name and an index each."""
    lines = []
    for table in ("patients", "Big Table"):
        names = draw(st.lists(NAMES, unique=True, min_size=1, max_size=4))
        columns = [
            f'"{name.replace(chr(34), chr(34) * 2)}" {draw(st.sampled_from(TYPES))}{draw(st.sampled_from(OPTIONS))}'
            for name in names
        ]
        lines.append(f'CREATE TABLE "{table}" (id BIGINT PRIMARY KEY, {", ".join(columns)});')
        lines.append(f'CREATE {draw(st.sampled_from(["", "UNIQUE "]))}INDEX i ON "{table}" (id);')
    return "\n".join(lines)


@given(sql=schemas(), actual=st.booleans())
def test_what_is_written_makes_the_same_schema(
    tmp_path_factory: pytest.TempPathFactory, sql: str, actual: bool
) -> None:
    target = "kimberlite" if actual else "guide"
    root = tmp_path_factory.mktemp("schema")
    written, again = twice(root, sql, target, actual=actual)
    known = kept(again, target, actual=actual)
    assert as_sql(again.end, known) == written
    first = replayed(root, sql, target, actual=actual)
    assert first.end.tables.keys() == again.end.tables.keys() == {"patients", "Big Table"}
    told = as_json(first.end, kept(first, target, actual=actual))
    assert _with_declared(as_json(again.end, known), told) == told


def _with_declared(second: str, first: str) -> str:
    """The second document with the declared types of the first: what is stored is all that the SQL can say."""
    declared = iter([line for line in first.splitlines() if '"declared_type"' in line])
    return "\n".join(next(declared) if '"declared_type"' in line else line for line in second.splitlines()) + "\n"


@pytest.mark.parametrize("case", sorted(path.parent.name for path in FIXTURES.glob("*/migrations")))
def test_the_schema_of_every_fixture_can_be_run_again(case: str, tmp_path: Path) -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in (FIXTURES / case / "migrations").glob("*.sql")}
    done = replay(history(tmp_path / "first", files), targets.get("kimberlite"), actual=True)
    written = as_sql(done.end, kept(done, "kimberlite", actual=True))
    again = replayed(tmp_path / "second", written, "kimberlite", actual=True)
    assert [step.outcome.refusals for step in again.steps if step.outcome.refusals] == []
    assert as_sql(again.end, kept(again, "kimberlite", actual=True)) == written


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("n BIGINT DEFAULT 1 + 2", "n BIGINT DEFAULT (1 + 2)"),
        ("at TIMESTAMP DEFAULT CURRENT_TIMESTAMP", "at TIMESTAMP DEFAULT CURRENT_TIMESTAMP"),
        ("at TIMESTAMP DEFAULT now()", "at TIMESTAMP DEFAULT now()"),
        ("day DATE DEFAULT DATE '2026-01-01'", "day DATE DEFAULT CAST('2026-01-01' AS DATE)"),
        ("open BOOLEAN DEFAULT TRUE", "open BOOLEAN DEFAULT TRUE"),
        ("note TEXT DEFAULT NULL", "note TEXT DEFAULT NULL"),
        ("n BIGINT GENERATED ALWAYS AS IDENTITY", "n BIGINT GENERATED BY DEFAULT AS IDENTITY"),
        ("n SERIAL", "n SERIAL"),
        ("age BIGINT CHECK (age > 0 AND age < 150)", "CHECK (age > 0 AND age < 150)"),
        ("w BIGINT REFERENCES wards(id) ON DELETE CASCADE", "(w) REFERENCES wards(id) ON DELETE CASCADE"),
        ("w BIGINT, CONSTRAINT one UNIQUE (id, w)", "CONSTRAINT one UNIQUE (id, w)"),
    ],
)
def test_what_was_declared_is_written(declared: str, written: str, tmp_path: Path) -> None:
    text, _ = twice(tmp_path, f"CREATE TABLE a (id BIGINT PRIMARY KEY, {declared});", "guide")
    assert written in text


def test_what_kimberlite_throws_away_is_not_written_as_actual(tmp_path: Path) -> None:
    sql = """CREATE TABLE a (id BIGINT PRIMARY KEY, n VARCHAR(9) DEFAULT 'x' UNIQUE, b BLOB REFERENCES a(id));
    CREATE UNIQUE INDEX i ON a (n DESC);"""
    text, _ = twice(tmp_path, sql, "kimberlite", actual=True)
    assert text == (
        "CREATE TABLE a (\n    id BIGINT NOT NULL,\n    n TEXT,\n    b BLOB,\n    PRIMARY KEY (id)\n);\n"
        "CREATE INDEX i ON a (n);\n"
    )


def test_what_the_model_has_no_words_for_is_taken_from_the_file(tmp_path: Path) -> None:
    odd = ["CREATE INDEX i ON wards (lower(name)) WHERE id > 3;", "CREATE TABLE copy AS SELECT * FROM wards;"]
    text, _ = twice(tmp_path, "\n".join([CREATE, *odd]), "guide")
    assert [statement in text for statement in odd] == [True, True]


def test_masks_policies_classifications_and_roles_are_written_behind_the_tables(tmp_path: Path) -> None:
    guards = [
        "CREATE ROLE nurse;",
        "CREATE MASKING POLICY hide STRATEGY HASH EXEMPT ROLES ('nurse');",
        "ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY hide;",
        "ALTER TABLE wards MODIFY COLUMN name SET CLASSIFICATION 'PHI';",
        "CREATE MASK m ON wards.name USING HASH;",
    ]
    text, _ = twice(tmp_path, CREATE + "\n".join(guards), "kimberlite", actual=True)
    assert text.endswith("\n\n" + "\n".join(guards) + "\n")


def test_what_stays_attached_to_a_dropped_column_is_not_written(tmp_path: Path) -> None:
    policy = "CREATE MASKING POLICY hide STRATEGY HASH EXEMPT ROLES ('nurse');\n"
    attached = "ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY hide;\nALTER TABLE wards DROP COLUMN name;\n"
    text, _ = twice(tmp_path, CREATE + policy + attached, "kimberlite", actual=True)
    assert text.endswith(f"\n\n{policy}")


@given(name=st.text(min_size=1, max_size=8).filter(lambda name: "\x00" not in name and name.isprintable()))
def test_a_quoted_name_is_read_as_the_same_name(name: str) -> None:
    (statement,) = statements(Source("0001_a.sql", f"DROP TABLE {quoted(name)}"))
    assert [str(getattr(change, "table", None)) for change in statement.changes] == [name]
