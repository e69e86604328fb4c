"""What the engine keeps of a declared type."""

from __future__ import annotations

import pytest

from kmblint import targets
from kmblint.schema.types import DataType

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
