"""Declared types: how they are written, which are one under two names, which hold which."""

from __future__ import annotations

import re

import pytest

from kmblint.schema.types import DataType, Family


def named(text: str) -> DataType:
    """A type as it is shown."""
    found = re.fullmatch(r"([A-Z0-9]+)(?:\(([\d,]+)\))?((?: \w+)*)(\[\])?", text)
    assert found is not None, text
    arguments = tuple(int(each) for each in found[2].split(",")) if found[2] else ()
    return DataType(found[1] + found[3], arguments, found[4] is not None)


@pytest.mark.parametrize(
    "text",
    [
        "BIGINT", "VARCHAR(20)", "DECIMAL(10,2)", "TEXT[]", "VARCHAR(20)[]", "DOUBLE PRECISION",
        "TIMESTAMP(3) WITH TIME ZONE", "TIME(6) WITHOUT TIME ZONE", "TIMESTAMP(3) WITH TIME ZONE[]",
    ],
)  # fmt: skip
def test_a_type_is_shown_as_it_is_written(text: str) -> None:
    assert str(named(text)) == text


def test_only_times_take_their_digits_inside() -> None:
    assert str(DataType("CHARACTER VARYING", (20,))) == "CHARACTER VARYING(20)"


@pytest.mark.parametrize(
    ("family", "names"),
    [
        (Family.INTEGER, "TINYINT SMALLINT INT2 MEDIUMINT INT INTEGER INT4 BIGINT INT8 SERIAL SMALLSERIAL BIGSERIAL"),
        (Family.DECIMAL, "DECIMAL NUMERIC DEC MONEY"),
        (Family.FLOAT, "REAL FLOAT FLOAT4 DOUBLE FLOAT8"),
        (Family.TEXT, "TEXT VARCHAR CHAR CHARACTER STRING BPCHAR NVARCHAR CITEXT LONGTEXT"),
        (Family.BOOLEAN, "BOOLEAN BOOL"),
        (Family.DATE, "DATE"),
        (Family.TIME, "TIME TIMETZ"),
        (Family.TIMESTAMP, "TIMESTAMP TIMESTAMPTZ DATETIME"),
        (Family.BYTES, "BYTEA BYTES BLOB VARBINARY BINARY LONGBLOB"),
        (Family.JSON, "JSON JSONB"),
        (Family.UUID, "UUID"),
        (Family.OTHER, "INET POINT GEOMETRY"),
    ],
)
def test_what_kind_of_value_a_type_holds(family: Family, names: str) -> None:
    assert {name: DataType(name).family for name in names.split()} == dict.fromkeys(names.split(), family)
    assert {DataType(name, array=True).family for name in names.split()} == {Family.OTHER}


@pytest.mark.parametrize(
    ("usual", "names"),
    [
        ("BIGINT", ["INT8", "BIGSERIAL"]),
        ("INTEGER", ["INT", "INT4", "SERIAL"]),
        ("SMALLINT", ["INT2", "SMALLSERIAL"]),
        ("BOOLEAN", ["BOOL"]),
        ("DECIMAL(8,2)", ["NUMERIC(8,2)", "DEC(8,2)"]),
        ("VARCHAR(9)", ["CHARACTER(9) VARYING", "CHAR(9) VARYING"]),
        ("TEXT", ["STRING"]),
        ("CHAR(3)", ["CHARACTER(3)", "BPCHAR(3)"]),
        ("DOUBLE", ["FLOAT8", "DOUBLE PRECISION"]),
        ("REAL", ["FLOAT4"]),
        ("TIMESTAMPTZ", ["TIMESTAMP WITH TIME ZONE"]),
        ("TIMESTAMP", ["TIMESTAMP WITHOUT TIME ZONE"]),
        ("TIMETZ", ["TIME WITH TIME ZONE"]),
        ("TIME", ["TIME WITHOUT TIME ZONE"]),
    ],
)
def test_one_type_of_several_names(usual: str, names: list[str]) -> None:
    for name in names:
        assert named(name).canonical == named(usual)
        assert named(name).same_as(named(usual))
    assert named(usual).canonical == named(usual)
    assert not named(usual).same_as(named("INET"))


@pytest.mark.parametrize(
    ("name", "bits"),
    [("TINYINT", 8), ("SMALLINT", 16), ("MEDIUMINT", 24), ("INTEGER", 32), ("INT", 32), ("BIGINT", 64), ("INT8", 64)],
)
def test_what_a_whole_number_reaches(name: str, bits: int) -> None:
    assert DataType(name).integer_range == (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    assert DataType(name, array=True).integer_range is None
    assert DataType("TEXT").integer_range is None


@pytest.mark.parametrize(
    ("column", "key", "fits"),
    [
        ("BIGINT", "INT8", True),
        ("INTEGER", "BIGINT", False),
        ("BIGINT", "INTEGER", False),
        ("TEXT", "VARCHAR(20)", True),
        ("UUID", "TEXT", False),
        ("INET", "INET", True),
        ("INET", "POINT", False),
        ("INET", "TEXT", False),
        ("TEXT", "INET", False),
        ("BIGINT[]", "BIGINT", False),
    ],
)
def test_which_type_refers_to_which_key(column: str, key: str, fits: bool) -> None:
    assert named(column).matches(named(key)) is fits


WIDER = [
    ("BIGINT", "INTEGER"), ("INTEGER", "SMALLINT"), ("INT8", "BIGINT"), ("TEXT", "VARCHAR(20)"), ("TEXT", "UUID"),
    ("VARCHAR", "TEXT"), ("VARCHAR(20)", "VARCHAR(19)"), ("VARCHAR(20)", "CHAR(20)"), ("DECIMAL", "DECIMAL(10,2)"),
    ("DECIMAL", "BIGINT"), ("DECIMAL(10,2)", "DECIMAL(9,2)"), ("DECIMAL(10,2)", "DECIMAL(9,1)"),
    ("DECIMAL(5)", "SMALLINT"), ("DECIMAL(21,2)", "BIGINT"), ("DECIMAL(10,2)", "NUMERIC(10,2)"), ("DOUBLE", "REAL"),
    ("FLOAT8", "FLOAT4"), ("DOUBLE", "FLOAT"), ("FLOAT", "REAL"),
    ("BYTEA", "VARBINARY(20)"), ("VARBINARY(20)", "VARBINARY(19)"), ("TIMESTAMP", "DATE"),
    ("TIMESTAMPTZ", "TIMESTAMP"), ("TIME", "TIMETZ"), ("JSONB", "JSON"), ("INET", "INET"),
]  # fmt: skip
NARROWER = [
    ("INTEGER", "BIGINT"), ("SMALLINT", "INTEGER"), ("VARCHAR(20)", "TEXT"), ("VARCHAR(20)", "VARCHAR(21)"),
    ("VARCHAR(20)", "VARCHAR"), ("VARCHAR(20)", "BIGINT"), ("CHAR", "CHAR(2)"), ("DECIMAL(10,2)", "DECIMAL"),
    ("DECIMAL(10,2)", "DECIMAL(11,2)"), ("DECIMAL(10,2)", "DECIMAL(10,3)"), ("DECIMAL(10,2)", "DECIMAL(10,1)"),
    ("DECIMAL(4)", "SMALLINT"), ("DECIMAL(20,2)", "BIGINT"), ("DECIMAL", "TEXT"), ("REAL", "DOUBLE"), ("REAL", "FLOAT"),
    ("DOUBLE", "BIGINT"), ("VARBINARY(20)", "VARBINARY(21)"), ("VARBINARY(20)", "BYTEA"), ("DATE", "TIMESTAMP"),
    ("TIME", "TIMESTAMP"), ("TIMESTAMP", "TIME"), ("UUID", "TEXT"), ("BOOLEAN", "BIGINT"), ("INET", "POINT"),
    ("BIGINT", "TEXT"), ("BYTEA", "TEXT"), ("DECIMAL(10,2)", "TEXT"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("new", "old", "every"), [(*pair, True) for pair in WIDER] + [(*pair, False) for pair in NARROWER]
)
def test_which_type_holds_every_value_of_which(new: str, old: str, every: bool) -> None:
    assert named(new).holds_every(named(old)) is every
