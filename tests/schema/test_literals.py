"""Literals and the types that can or can't hold them."""

from __future__ import annotations

import pytest

from kmblint.schema.literals import misfit
from kmblint.schema.predicate import Boolean, Null, Number, Text, Value
from kmblint.schema.types import DataType, Family
from kmblint.text import Span

AT = Span(0, 0)


def literal(written: object) -> Value:
    if isinstance(written, bool):
        return Boolean(written, AT)
    return Text(written, AT) if isinstance(written, str) else Number(str(written), AT)


@pytest.mark.parametrize(
    ("kind", "written", "reason"),
    [
        (DataType("SMALLINT"), 32768, "it is outside of -32768 to 32767"),
        (DataType("SMALLINT"), -32769, "it is outside of -32768 to 32767"),
        (DataType("INTEGER"), 1.5, "it is no whole number"),
        (DataType("INTEGER"), "nan", "it is no number"),
        (DataType("DECIMAL", (5,)), 1.5, "it has 1 digits behind the point, and 0 are kept"),
        (DataType("DECIMAL", (5, 2)), 1000, "it has 4 digits before the point, and 3 fit"),
        (DataType("DECIMAL", (2, 2)), 1, "it has 1 digits before the point, and 0 fit"),
        (DataType("DECIMAL", (5, 2)), "many", "it is no number"),
        (DataType("FLOAT"), False, "it is no number"),
        (DataType("BOOLEAN"), "2", "it is neither true nor false"),
        (DataType("DATE"), " 2026-13-01", "there is no such day"),
        (DataType("TIMESTAMP"), "2026-02-30 10:00", "there is no such day"),
        (DataType("UUID"), "0190a9c2-7d5e-7c31-9f4e-0a1b2c3d4e5", "it is no UUID"),
        (DataType("CHAR", (1,)), "no", "it has 2 characters"),
        (DataType("BIGINT"), "ten", "it is no number"),
        (DataType("BIGINT"), True, "it is no number"),
        (DataType("REAL"), "fast", "it is no number"),
        (DataType("DECIMAL", (5, 2)), 1.555, "it has 3 digits behind the point, and 2 are kept"),
        (DataType("DECIMAL", (5, 2)), "-1234.5", "it has 4 digits before the point, and 3 fit"),
        (DataType("BOOLEAN"), 2, "it is neither true nor false"),
        (DataType("BOOLEAN"), "maybe", "it is neither true nor false"),
        (DataType("DATE"), "2026-02-30", "there is no such day"),
        (DataType("DATE"), "soon", "it is no date"),
        (DataType("TIMESTAMP"), 17, "it is no date"),
        (DataType("DATE"), True, "it is no date"),
        (DataType("UUID"), 5, "it is no UUID"),
        (DataType("UUID"), True, "it is no UUID"),
        (DataType("UUID"), "1234", "it is no UUID"),
        (DataType("JSON"), "{a: 1}", "it is no JSON"),
        (DataType("VARCHAR", (3,)), "four", "it has 4 characters"),
    ],
)
def test_it_can_not(kind: DataType, written: object, reason: str) -> None:
    assert misfit(kind, literal(written)) == reason


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (DataType("SMALLINT"), -32768),
        (DataType("SMALLINT"), 32767),
        (DataType("INTEGER"), " 12 "),
        (DataType("DECIMAL", (5, 2)), 999),
        (DataType("DECIMAL", (5, 2)), "1e2"),
        (DataType("DECIMAL", (5, 2)), 0),
        (DataType("DECIMAL"), "-5"),
        (DataType("REAL"), "1e300"),
        (DataType("REAL"), 5),
        *(
            (DataType("BOOLEAN"), word)
            for word in (
                True,
                0,
                1,
                "t",
                "TRUE",
                "y",
                "on",
                "1",
                "f",
                "false",
                "n",
                " no ",
                "off",
                "0",
            )
        ),
        (DataType("DATE"), "2026-1-5"),
        (DataType("UUID"), " {0190A9C27D5E7C319F4E0A1B2C3D4E5F} "),
        (DataType("JSON"), 5),
        (DataType("VARCHAR", (4,)), 12345),
        (DataType("BYTEA"), "x"),
        (DataType("TIME"), "x"),
        (DataType("INTEGER"), "2.0"),
        (DataType("DECIMAL", (5, 2)), "999.990"),
        (DataType("DECIMAL"), "123456789.123456789"),
        (DataType("DECIMAL", (2, 2)), 0.25),
        (DataType("BOOLEAN"), "Yes"),
        (DataType("DATE"), "Jan 8, 1999"),
        *(
            (DataType("DATE"), name)
            for name in ("today", "Tomorrow", "yesterday", "now", "infinity", "-infinity", "epoch", "allballs")
        ),
        (DataType("TIMESTAMP"), "2026-02-28T10:00:00Z"),
        (DataType("UUID"), "0190a9c2-7d5e-7c31-9f4e-0a1b2c3d4e5f"),
        (DataType("JSON"), '{"a": [1, null]}'),
        (DataType("VARCHAR", (4,)), "four"),
        (DataType("TEXT"), 5),
        (DataType("GEOMETRY"), "anything"),
    ],
)
def test_it_can(kind: DataType, written: object) -> None:
    assert misfit(kind, literal(written)) is None


@pytest.mark.parametrize("family", [family for family in Family if family is not Family.OTHER])
def test_null_is_in_every_type(family: Family) -> None:
    assert misfit(DataType(family.value.upper()), Null(AT)) is None
