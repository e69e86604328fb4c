"""Declared types: how they are written, which are one under two names, which hold which."""

from __future__ import annotations

import re
from typing import Final

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


ALIKE: Final = """
    BOOLEAN BOOL | BIGINT INT8 BIGSERIAL SERIAL8 | INTEGER INT INT4 SERIAL SERIAL4 | SMALLINT INT2 SMALLSERIAL SERIAL2
    DECIMAL NUMERIC DEC FIXED | REAL FLOAT4 | DOUBLE FLOAT8 DOUBLE_PRECISION
    CHAR CHARACTER BPCHAR NCHAR | VARCHAR CHARACTER_VARYING CHAR_VARYING NVARCHAR | TEXT STRING
    TIME TIME_WITHOUT_TIME_ZONE | TIMETZ TIME_WITH_TIME_ZONE
    TIMESTAMP TIMESTAMP_WITHOUT_TIME_ZONE | TIMESTAMPTZ TIMESTAMP_WITH_TIME_ZONE
"""
"""The names of one type: PostgreSQL's table 8.1 and its CREATE TABLE for the serial ones, MySQL's manual for FIXED, DEC
and the national ones. The first is the usual one.
"""
BYTES: Final = {"TINYINT": 1, "SMALLINT": 2, "MEDIUMINT": 3, "INTEGER": 4, "BIGINT": 8}
"""How many bytes a whole number takes: MySQL's manual, table 13.1; PostgreSQL has three of them, as wide."""
KINDS: Final = {
    Family.INTEGER: "TINYINT MEDIUMINT BIGINT INTEGER SMALLINT",
    Family.DECIMAL: "DECIMAL MONEY",
    Family.FLOAT: "REAL DOUBLE FLOAT",
    Family.TEXT: "CHAR VARCHAR TEXT CLOB CITEXT TINYTEXT MEDIUMTEXT LONGTEXT",
    Family.BYTES: "BYTEA BYTES BLOB BINARY VARBINARY TINYBLOB MEDIUMBLOB LONGBLOB",
    Family.BOOLEAN: "BOOLEAN",
    Family.DATE: "DATE",
    Family.TIME: "TIME TIMETZ",
    Family.TIMESTAMP: "TIMESTAMP TIMESTAMPTZ DATETIME",
    Family.UUID: "UUID",
    Family.JSON: "JSON JSONB",
    Family.OTHER: "INET POINT GEOMETRY",
}
"""The chapters of those manuals that describe each type by its usual name."""


def groups() -> list[list[str]]:
    """The names of each type that has several, the usual one first."""
    lines = (line.split("|") for line in ALIKE.strip().splitlines())
    return [[name.replace("_", " ") for name in group.split()] for line in lines for group in line]


def test_one_type_of_several_names() -> None:
    named_alike = {usual: others for usual, *others in groups()}
    assert {
        usual: [other for other in others if DataType(other, (4,)).canonical == DataType(usual, (4,))]
        for usual, others in named_alike.items()
    } == named_alike
    assert [usual for usual in named_alike if DataType(usual).canonical != DataType(usual)] == []
    assert [usual for usual in named_alike if DataType(usual).same_as(DataType("INET"))] == []


def test_what_kind_of_value_a_type_holds() -> None:
    """Under each of its names; an array of it holds no single value."""
    names = {usual: [usual, *others] for usual, *others in groups()}
    expected = {
        name: family
        for family, usuals in KINDS.items()
        for usual in usuals.split()
        for name in names.get(usual, [usual])
    }
    assert {name: DataType(name).family for name in expected} == expected
    assert {DataType(name, array=True).family for name in expected} == {Family.OTHER}


def test_what_a_whole_number_reaches() -> None:
    names = {usual: [usual, *others] for usual, *others in groups()}
    ranges = {
        name: (-(2 ** (8 * width - 1)), 2 ** (8 * width - 1) - 1)
        for usual, width in BYTES.items()
        for name in names.get(usual, [usual])
    }
    assert {name: DataType(name).integer_range for name in ranges} == ranges
    assert [name for name in ranges if DataType(name, array=True).integer_range] == []
    assert [name for name in ("TEXT", "REAL", "DECIMAL", "UUID") if DataType(name).integer_range] == []


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
