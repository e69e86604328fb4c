"""What the engine keeps of a declared type, and what becomes of a literal in a column of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from kmblint import targets
from kmblint.schema.predicate import Boolean, Null, Number, Text, Value
from kmblint.schema.types import DataType
from kmblint.targets.kimberlite.facts import Kind
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1 as FACTS
from kmblint.targets.kimberlite.typed import Typed, as_json, of_literal, read, shown
from kmblint.targets.kimberlite.values import Fate, insert_fate, kept_digits, loses_sign, update_fate
from kmblint.text import Span
from tests.targets.judging import form

stored_type = targets.get("kimberlite").stored_type


@pytest.mark.parametrize(
    ("declared", "stored"),
    [
        ("INT", "INTEGER"),
        ("TIME WITH TIME ZONE", "TIME"),
        ("TIME WITHOUT TIME ZONE", "TIME"),
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
        ("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP"),
        ("VARCHAR", "TEXT"),
    ],
)
def test_a_type_is_stored_under_one_name(declared: str, stored: str) -> None:
    assert stored_type(DataType(declared)) == DataType(stored)


def test_a_decimal_has_its_digits() -> None:
    assert stored_type(DataType("DECIMAL", (8,))) == DataType("DECIMAL", (8, 0))
    assert stored_type(DataType("DECIMAL", (8, 3))) == DataType("DECIMAL", (8, 3))
    assert stored_type(DataType("DECIMAL")) == DataType("DECIMAL", (18, 2))


@pytest.mark.parametrize("declared", [DataType("INT", array=True), DataType("NUMERIC"), DataType("JSONB")])
def test_a_refused_type_is_not_stored(declared: DataType) -> None:
    assert stored_type(declared) is None


@pytest.mark.parametrize("declared", [DataType("INT", array=True), DataType("NUMERIC", (8, 2)), DataType("JSONB")])
def test_the_contract_of_the_guide_keeps_a_type_as_it_is_declared(declared: DataType) -> None:
    assert targets.get("guide").stored_type(declared) == declared


@pytest.mark.parametrize("target", targets.NAMES)
def test_what_becomes_of_a_column_of_each_type(target: str, snapshot: Snapshot) -> None:
    """What is stored, what is kept where the type is refused, how `=` finds its values, and what it is as a key."""
    asked = targets.get(target)
    lines: list[str] = []
    for name in (*sorted(FACTS.stored_types), "NUMERIC", "JSONB", "DOUBLE PRECISION", "INT[]"):
        for arguments in ((), (10, 0), (10, 2)) if name in {"DECIMAL", "NUMERIC"} else ((),):
            declared = DataType(name.removesuffix("[]"), arguments, array=name.endswith("[]"))
            knows = asked.capabilities
            stored, kept, found = asked.stored_type(declared), knows.kept_type(declared), knows.search(declared).value
            freezes = ", freezes the rows that it is the key of" * knows.freezes_rows(declared)
            lines.append(f"{declared}: stored as {stored}, kept as {kept}, searched {found}{freezes}\n")
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match("".join(lines), f"types-{target}.txt")


SPAN = Span(0, 0)
ZERO, MONEY, WIDE = DataType("DECIMAL", (10, 0)), DataType("DECIMAL", (10, 2)), DataType("DECIMAL", (38, 39))
HEXADECIMAL = "0123456789abcdef" * 2


def literal(sql: str) -> Value:
    """A number, a text in quotes, TRUE or NULL."""
    if sql.startswith("'"):
        return Text(sql[1:-1], SPAN)
    named: dict[str, Value] = {"TRUE": Boolean(True, SPAN), "NULL": Null(SPAN)}
    return named.get(sql) or Number(sql, SPAN)


@pytest.mark.parametrize(
    ("stored", "good", "poisons"),
    [
        (DataType("TINYINT"), "0 127 -128 NULL", "128 -129 1.0 '1' TRUE"),
        (DataType("SMALLINT"), "32767 -32768", "32768 -32769"),
        (DataType("INTEGER"), "2147483647 -2147483648", "2147483648 -2147483649 0.5"),
        (DataType("BIGINT"), "9223372036854775807 -9223372036854775808 9223372036854775808", "'1' TRUE 1.0"),
        (DataType("DATE"), "-1 19000 2147483647", "2147483648 '2026-01-31'"),
        (DataType("TIME"), "-1 0 9223372036854775807", "'12:00:00' TRUE"),
        (DataType("TIMESTAMP"), "0 9223372036854775807", "-1 '2026-01-31' TRUE"),
        (DataType("REAL"), "0 -1 9223372036854775807", "0.5 '0.5' TRUE"),
        (DataType("BOOLEAN"), "TRUE NULL", "1 0 'true'"),
        (DataType("TEXT"), "'' 'a' 1.5", "1 TRUE"),
        (DataType("JSON"), "1 1.5e3 'a' TRUE", ""),
        (DataType("UUID"), f"'{HEXADECIMAL}' '{HEXADECIMAL[:8]}-{HEXADECIMAL[8:]}'", f"1 '{HEXADECIMAL[1:]}' 'x'"),
        (DataType("BYTES"), "'' 'YQ=='", "'YQ=' 'YR==' '!' 1"),
        (ZERO, "'1' '+1' NULL", "1 1.0 5. '1.' '1.5' TRUE"),
        (MONEY, "1.5 -1.50 0.000 5. 1.5e3 '1' '1.' '-0.5' '+1.50'", "1 'x' '.5' '' TRUE"),
        (WIDE, "NULL", "1.5 '1.5'"),
    ],
    ids=str,
)  # fmt: skip
def test_what_can_be_read_back_where_nothing_looks_at_it(stored: DataType, good: str, poisons: str) -> None:
    fates = {sql: update_fate(stored, literal(sql), FACTS) for sql in (*good.split(), *poisons.split())}
    assert fates == {**dict.fromkeys(good.split(), Fate.FITS), **dict.fromkeys(poisons.split(), Fate.POISONS)}


@pytest.mark.parametrize(
    ("type_", "good", "refused"),
    [
        ("BIGINT", "1 -1 NULL", "1.0 '1' TRUE"),
        ("TEXT", "'a' NULL", "1 1.5 TRUE"),
        ("BOOLEAN", "TRUE NULL", "1 'true'"),
        ("TIMESTAMP", "NULL", "1 '2026-01-31' TRUE"),
        ("BYTES", "NULL", "1 'YQ==' TRUE"),
    ],
)
def test_what_insert_refuses(type_: str, good: str, refused: str) -> None:
    fates = {sql: insert_fate(DataType(type_), literal(sql), FACTS) for sql in (*good.split(), *refused.split())}
    assert fates == {**dict.fromkeys(good.split(), Fate.FITS), **dict.fromkeys(refused.split(), Fate.REFUSED)}


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("1.005", "1.00"),
        ("-1.239", "-1.23"),
        ("'1.239'", "1.23"),
        ("'-0.239'", "-0.23"),
        ("-0.5", "0.5"),
        ("-0.239", "0.23"),
        ("1.5e-3", "0.00"),
        ("-0.5e-0", "0.5"),
    ],
)
def test_what_a_decimal_keeps_of_what_it_cuts(sql: str, kept: str) -> None:
    assert insert_fate(MONEY, literal(sql), FACTS) is Fate.CUT
    assert kept_digits(MONEY, literal(sql)) == kept


def test_a_sign_is_lost_before_a_naked_fraction_alone() -> None:
    numbers = ("-0.5", "-0.05", "-0.0", "0.5", "-1.5", "'-0.5'", "-5", "-0.5e1")
    assert [sql for sql in numbers if loses_sign(literal(sql))] == ["-0.5", "-0.05"]


@pytest.mark.parametrize(
    ("number", "stored"),
    [
        ("1.5e3", "1500.0"), ("1.5E2", "150.0"), ("1.5e1", "15.0"), ("1.5e0", "1.5"), ("1.5e-3", "0.0015"),
        ("-0.5", "0.5"), ("-1.5", "-1.5"), ("1.0", "1.0"), ("5.", "5.0"),
        ("0.00000000000000000000000000005", "0.0000000000000000000000000001"),
        ("0.12345678901234567890123456785", "0.1234567890123456789012345679"),
        ("0.12345678901234567890123456784", "0.1234567890123456789012345678"),
        ("1234567890123456789012345678.25", "1234567890123456789012345678.3"),
        ("7922816251426433759354395033.55", "7922816251426433759354395034.0"),
        ("79228162514264337593543950335.4", "79228162514264337593543950335.0"),
    ],
)  # fmt: skip
def test_what_is_stored_of_a_number_with_a_point(number: str, stored: str) -> None:
    """As the engine 0.9.1 showed it, inserted into a JSON column."""
    value = of_literal(Number(number, SPAN))
    assert value is not None
    assert as_json(value) == stored


def test_bytes_are_shown_as_they_are_written() -> None:
    read_back = read("YQ==", DataType("BYTES"), FACTS)
    assert read_back is not None
    assert shown(read_back) == "YQ=="


@pytest.mark.parametrize(
    ("number", "taken"),
    [
        ("1.5e3", True), ("1.5e28", True), ("1.0e29", False), ("8.0e28", False), ("1.5e-28", True),
        ("1.5e-29", False), ("0.0e40", False), ("1e5", False), ("79228162514264337593543950335.0", True),
        ("79228162514264337593543950335.5", False), ("7922816251426433759354395033.6", True),
        ("9223372036854775807", True), ("9223372036854775808", False),
    ],
)  # fmt: skip
def test_how_great_a_number_the_parser_holds(number: str, taken: bool) -> None:
    assert (not form(f"INSERT INTO t (id, j) VALUES (1, {number});").refusals) is taken


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_a_whole_number_is_one_of_64_bits(number: int) -> None:
    beyond = number + (1 if number > 0 else -1)
    assert of_literal(Number(str(number), SPAN)) == Typed(Kind.BIGINT, number)
    assert of_literal(Number(str(beyond), SPAN)) is None
