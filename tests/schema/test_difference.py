"""What stands between two schemas."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.schema.catalog import Catalog
from kmblint.schema.difference import Difference, PartDifference, Shown, difference
from kmblint.schema.kept import Kept
from kmblint.text import Place, Source
from tests.sql_catalog import FILE, catalog

WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\n"
BEDS = "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT REFERENCES wards(id));\n"


def shown(sql: str, made: Catalog | None = None) -> Shown:
    source = Source(FILE, sql)
    kept = Kept(lambda kind: kind, True, text=_hidden(source), written=lambda place: source.slice(place.span))
    return Shown(made or catalog(sql), kept)


def _hidden(source: Source) -> Callable[[Place], str]:
    """What stands at a place, with stars in the place of one word."""
    return lambda place: source.slice(place.span).replace("hidden", "******").replace("HIDDEN", "******")


def between(before: str, after: str) -> list[str]:
    """Each difference as a line; the two are histories of their own."""
    return told(difference(shown(before), shown(after)))


def then(before: str, change: str) -> list[str]:
    """Each difference that statements make of a schema, and that their history tells."""
    return told(difference(shown(before), shown(before + change)))


def test_what_isnt_shown_is_compared() -> None:
    """Stars stand in the place of secrets, and two secrets are two."""
    made = "CREATE TABLE t (id INT PRIMARY KEY, a TEXT, CONSTRAINT c CHECK (a <> '{}')); CREATE ROLE {};"
    assert between(made.format("hidden", "hidden"), made.format("HIDDEN", "HIDDEN")) != []
    [line] = [line for line in between(made.format("hidden", "x"), made.format("HIDDEN", "x")) if "constraint" in line]
    assert line == "  constraint: CONSTRAINT c CHECK (a <> '******') → CONSTRAINT c CHECK (a <> '******')"
    assert between(made.format("hidden", "x"), made.format("hidden", "x")) == []


def told(found: Difference) -> list[str]:
    lines: list[str] = []
    for table in found.tables:
        sign = "+" if table.before is None else "-" if table.after is None else "="
        lines.append(" ".join(filter(None, (sign, table.name, table.former and f"was {table.former}"))))
        lines += ["  remade"] * table.remade + ["  reordered"] * table.reordered
        lines += [f"  {line(part)}" for part in table.parts]
    return [*lines, *map(line, found.objects)]


def line(part: PartDifference) -> str:
    before, after = (side.definition if side else "" for side in (part.before, part.after))
    return f"{part.kind}: {before} → {after}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", []),
        ("DROP TABLE beds;", ["- beds", "  column: id BIGINT NOT NULL → ", "  column: ward_id BIGINT → ",
                              "  primary key: PRIMARY KEY (id) → ",
                              "  constraint: FOREIGN KEY (ward_id) REFERENCES wards(id) → "]),
        ("ALTER TABLE wards ADD COLUMN floor INT DEFAULT 0;", ["= wards", "  column:  → floor INT DEFAULT 0"]),
        ("ALTER TABLE wards DROP COLUMN name;", ["= wards", "  column: name TEXT → "]),
        ("ALTER TABLE wards ALTER COLUMN name SET NOT NULL;", ["= wards", "  column: name TEXT → name TEXT NOT NULL"]),
        ("CREATE INDEX i ON wards (name);", ["= wards", "  index:  → CREATE INDEX i ON wards (name)"]),
        ("ALTER TABLE wards ADD CONSTRAINT c CHECK (id > 0);",
         ["= wards", "  constraint:  → CONSTRAINT c CHECK (id > 0)"]),
        ("CREATE MASK m ON wards.name USING HASH;", ["= wards", "  mask:  → CREATE MASK m ON wards.name USING HASH"]),
        ("CREATE ROLE nurse;", ["role:  → CREATE ROLE nurse"]),
        ("CREATE USER ann WITH PASSWORD 'x' ROLE nurse;", ["user:  → CREATE USER ann"]),
        ("ALTER TABLE wards RENAME TO units;", ["= units was wards"]),
        ("ALTER TABLE wards RENAME COLUMN id TO ward_number;",
         ["= wards", "  column: id BIGINT NOT NULL → ward_number BIGINT NOT NULL"]),
        ("ALTER TABLE wards RENAME TO a; ALTER TABLE a RENAME TO b;", ["= b was wards"]),
        ("ALTER TABLE wards RENAME TO a; ALTER TABLE a RENAME TO wards;", []),
        ("DROP TABLE wards; CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);", ["= wards", "  remade"]),
        ("INSERT INTO wards (id) VALUES (1);", []),
    ],
)  # fmt: skip
def test_what_a_statement_makes_another(change: str, expected: list[str]) -> None:
    assert then(WARDS + BEDS, change) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", WARDS, ["+ wards", "  column:  → id BIGINT NOT NULL", "  column:  → name TEXT",
                     "  primary key:  → PRIMARY KEY (id)"]),
        (WARDS, "/* of another layout */ CREATE  TABLE wards (id INT8, name TEXT, PRIMARY KEY (id));", []),
        (WARDS, "CREATE TABLE wards (id BIGINT PRIMARY KEY, name VARCHAR(20));",
         ["= wards", "  column: name TEXT → name VARCHAR(20)"]),
        (WARDS, "CREATE TABLE wards (name TEXT, id BIGINT PRIMARY KEY);", ["= wards", "  reordered"]),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT AS (id + 1) STORED);",
         "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT AS (id + 2) STORED);",
         ["= t", "  column: n BIGINT AS (id + 1) STORED → n BIGINT AS (id + 2) STORED"]),
        ("CREATE TABLE t (a BIGINT, b BIGINT, PRIMARY KEY (a));",
         "CREATE TABLE t (a BIGINT NOT NULL, b BIGINT, PRIMARY KEY (b));",
         ["= t", "  column: b BIGINT → b BIGINT NOT NULL", "  primary key: PRIMARY KEY (a) → PRIMARY KEY (b)"]),
        ("CREATE TABLE t (id BIGINT PRIMARY KEY, token TEXT DEFAULT 'k4Fz9qWx2Lp8');",
         "CREATE TABLE t (id BIGINT PRIMARY KEY, token TEXT DEFAULT 't7Rm1vBn5Ks3');",
         ["= t", "  column: token TEXT → token TEXT"]),
        ("CREATE VIEW v AS SELECT 1;", "CREATE VIEW v AS\n  SELECT  1;", []),
        ("CREATE VIEW v AS SELECT 1; CREATE ROLE a; CREATE MASK m ON t.a USING HASH; CREATE ROLE b;",
         "CREATE ROLE c; CREATE MASK m ON t.a USING REDACT;",
         ["mask: CREATE MASK m ON t.a USING HASH → CREATE MASK m ON t.a USING REDACT", "role: CREATE ROLE a → ",
          "role: CREATE ROLE b → ", "role:  → CREATE ROLE c", "view: CREATE VIEW v AS SELECT 1 → "]),
        (f"{WARDS} ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY p;",
         f"{WARDS} ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY q;",
         ["= wards", ("  masking policy: ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY p → "
          "ALTER TABLE wards ALTER COLUMN name SET MASKING POLICY q")]),
        (f"{WARDS} ALTER TABLE wards MODIFY COLUMN name SET CLASSIFICATION 'PHI';",
         f"{WARDS} ALTER TABLE wards MODIFY COLUMN name SET CLASSIFICATION 'PII';",
         ["= wards", ("  classification: ALTER TABLE wards MODIFY COLUMN name SET CLASSIFICATION 'PHI' → "
          "ALTER TABLE wards MODIFY COLUMN name SET CLASSIFICATION 'PII'")]),
        (f"{WARDS} CREATE MASK m ON wards.name USING HASH;", f"{WARDS} CREATE MASK m ON wards.id USING HASH;",
         ["= wards", "  mask: CREATE MASK m ON wards.name USING HASH → CREATE MASK m ON wards.id USING HASH"]),
        ("CREATE TABLE t (a INT DEFAULT 1);", "CREATE  TABLE  t (a  INT  DEFAULT 1);", []),
        ("CREATE TABLE t (a INT DEFAULT 1, b SERIAL, c INT DEFAULT f(d));",
         "CREATE TABLE t (a INT DEFAULT 2, b INT, c INT);",
         ["= t", "  column: a INT DEFAULT 1 → a INT DEFAULT 2", "  column: b SERIAL → b INT",
          "  column: c INT → c INT"]),
        ("CREATE TABLE t (a INT UNIQUE, b INT, CHECK (a  > 1), CHECK (b > 1));",
         "CREATE TABLE t (a INT, b INT UNIQUE, CHECK (a > 1), CHECK (b > 2));",
         ["= t", "  constraint:  → UNIQUE (b)", "  constraint:  → CHECK (b > 2)", "  constraint: UNIQUE (a) → ",
          "  constraint: CHECK (b > 1) → "]),
        ("CREATE TABLE t (a INT CONSTRAINT c REFERENCES u (x) ON DELETE CASCADE);",
         "CREATE TABLE t (a INT CONSTRAINT c REFERENCES u (x) ON DELETE SET NULL);",
         ["= t", ("  constraint: CONSTRAINT c FOREIGN KEY (a) REFERENCES u(x) ON DELETE CASCADE → "
          "CONSTRAINT c FOREIGN KEY (a) REFERENCES u(x) ON DELETE SET NULL")]),
        ("CREATE TABLE t (a INT REFERENCES u);", "CREATE TABLE t (a INT REFERENCES v);",
         ["= t", "  constraint:  → FOREIGN KEY (a) REFERENCES v", "  constraint: FOREIGN KEY (a) REFERENCES u → "]),
        (f"{WARDS} CREATE INDEX i ON wards (name);",
         "CREATE TABLE wards (id BIGINT PRIMARY KEY); CREATE INDEX j ON wards (id);",
         ["= wards", "  column: name TEXT → ", "  index:  → CREATE INDEX j ON wards (id)",
          "  index: CREATE INDEX i ON wards (name) → "]),
        (f"{WARDS} CREATE INDEX i ON wards (name);", f"{WARDS} CREATE UNIQUE INDEX i ON wards (name);",
         ["= wards", "  index: CREATE INDEX i ON wards (name) → CREATE UNIQUE INDEX i ON wards (name)"]),
        (BEDS + WARDS, "", ["- beds", "  column: id BIGINT NOT NULL → ", "  column: ward_id BIGINT → ",
                            "  primary key: PRIMARY KEY (id) → ",
                            "  constraint: FOREIGN KEY (ward_id) REFERENCES wards(id) → ", "- wards",
                            "  column: id BIGINT NOT NULL → ", "  column: name TEXT → ",
                            "  primary key: PRIMARY KEY (id) → "]),
        (f"{WARDS} CREATE INDEX i ON wards (lower(name));", f"{WARDS} CREATE INDEX i ON wards (upper(name));",
         ["= wards",
          "  index: CREATE INDEX i ON wards (lower(name)) → CREATE INDEX i ON wards (upper(name))"]),
        (f"{WARDS} CREATE INDEX i ON wards (name) WHERE id > 1;", f"{WARDS} CREATE INDEX i ON wards (name);",
         ["= wards",
          "  index: CREATE INDEX i ON wards (name) WHERE id > 1 → CREATE INDEX i ON wards (name)"]),
    ],
)  # fmt: skip
def test_between_two_histories(before: str, after: str, expected: list[str]) -> None:
    assert between(before, after) == expected


def test_a_rename_is_found_backwards_too() -> None:
    one, two = shown(WARDS), shown(WARDS + "ALTER TABLE wards RENAME TO units; ALTER TABLE units RENAME name TO title;")
    assert told(difference(two, one)) == ["= wards was units", "  column: title TEXT → name TEXT"]


def test_what_refers_to_a_renamed_table_is_no_other() -> None:
    assert then(WARDS + BEDS + "CREATE INDEX i ON wards (name);", "ALTER TABLE wards RENAME TO units;") == [
        "= units was wards"
    ]


STATEMENTS = [
    "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);", "CREATE TABLE beds (id BIGINT PRIMARY KEY);",
    "ALTER TABLE wards ADD COLUMN floor INT;", "ALTER TABLE wards DROP COLUMN name;", "DROP TABLE wards;",
    "ALTER TABLE wards RENAME TO units;", "ALTER TABLE units RENAME TO wards;", "CREATE INDEX i ON wards (name);",
    "ALTER TABLE wards RENAME COLUMN name TO title;", "ALTER TABLE wards RENAME COLUMN title TO name;",
    "CREATE ROLE nurse;",
]  # fmt: skip


@given(st.lists(st.sampled_from(STATEMENTS)), st.lists(st.sampled_from(STATEMENTS)))
def test_one_way_mirrors_the_other(before: list[str], change: list[str]) -> None:
    """What one way adds, the other removes; a schema differs from itself in nothing."""
    one, two = shown("\n".join(before)), shown("\n".join([*before, *change]))
    there, back = difference(one, two), difference(two, one)
    assert sorted(parts_of(there)) == sorted((kind, new, old) for kind, old, new in parts_of(back))
    assert not difference(one, one)
    assert not difference(two, two)


def parts_of(found: Difference) -> list[tuple[str, str, str]]:
    parts = [part for table in found.tables for part in table.parts] + [*found.objects]
    sides = [
        (part.before.definition if part.before else "", part.after.definition if part.after else "") for part in parts
    ]
    return [(part.kind, *side) for part, side in zip(parts, sides, strict=True)]


def test_a_table_that_was_renamed_to_and_fro_may_be_lost() -> None:
    """Where a statement that can't be followed may have dropped it, no name of it leads to a table."""
    names = ["wards", "units", "rooms", "units"]
    renamed = WARDS + "".join(f"ALTER TABLE {old} RENAME TO {new};" for old, new in pairwise(names))
    there = shown(renamed)
    lost = there.catalog.without(there.catalog.tables["units"])
    assert told(difference(shown(WARDS), shown(renamed, lost)))[0] == "- wards"


def test_what_a_part_is_called_and_was_called() -> None:
    change = """
        ALTER TABLE wards RENAME COLUMN name TO title; CREATE INDEX i ON wards (title); CREATE ROLE nurse;
        ALTER TABLE wards ADD CONSTRAINT c UNIQUE (title), ADD UNIQUE (id);
        ALTER TABLE wards ALTER COLUMN title SET MASKING POLICY p; CREATE MASK m ON wards.title USING HASH;
        ALTER TABLE wards MODIFY COLUMN id SET CLASSIFICATION 'PHI';
    """
    (table,), objects = (found := difference(shown(WARDS), shown(WARDS + change))).tables, found.objects
    assert [(part.kind.value, part.name, part.former) for part in (*table.parts, *objects)] == [
        ("column", "title", "name"), ("constraint", "c", None), ("constraint", "", None), ("index", "i", None),
        ("masking policy", "title", None), ("mask", "m", None), ("classification", "id", None), ("role", "nurse", None),
    ]  # fmt: skip
