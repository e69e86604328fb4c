"""Literals and the types that can or can't hold them."""

from __future__ import annotations

import pytest

from kmblint.schema.literals import misfit
from kmblint.schema.predicate import Boolean, Number, Text, Value
from kmblint.schema.types import DataType
from kmblint.text import Span

AT = Span(0, 0)


def literal(written: object) -> Value:
    if isinstance(written, bool):
        return Boolean(written, AT)
    return Text(written, AT) if isinstance(written, str) else Number(str(written), AT)


@pytest.mark.parametrize(
    ("kind", "written", "reason"),
    [
        (DataType("SMALLINT"), 32768, "outside of -32768 to 32767"),
        (DataType("INTEGER"), 1.5, "no whole number"),
        (DataType("BIGINT"), "ten", "no number"),
        (DataType("BIGINT"), True, "no number"),
        (DataType("REAL"), "fast", "no number"),
        (DataType("DECIMAL", (5, 2)), 1.555, "3 digits behind the point"),
        (DataType("DECIMAL", (5, 2)), "-1234.5", "4 digits before the point"),
        (DataType("BOOLEAN"), 2, "neither true nor false"),
        (DataType("BOOLEAN"), "maybe", "neither true nor false"),
        (DataType("DATE"), "2026-02-30", "no such day"),
        (DataType("DATE"), "soon", "no date"),
        (DataType("TIMESTAMP"), 17, "no date"),
        (DataType("UUID"), "1234", "no UUID"),
        (DataType("JSON"), "{a: 1}", "no JSON"),
        (DataType("VARCHAR", (3,)), "four", "4 characters"),
    ],
)
def test_it_can_not(kind: DataType, written: object, reason: str) -> None:
    said = misfit(kind, literal(written))
    assert said is not None
    assert reason in said


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (DataType("SMALLINT"), -32768),
        (DataType("INTEGER"), " 12 "),
        (DataType("INTEGER"), "2.0"),
        (DataType("DECIMAL", (5, 2)), "999.990"),
        (DataType("DECIMAL"), "123456789.123456789"),
        (DataType("DECIMAL", (2, 2)), 0.25),
        (DataType("BOOLEAN"), "Yes"),
        (DataType("DATE"), "Jan 8, 1999"),
        *(
            (DataType("DATE"), name)
            for name in ("today", "Tomorrow", "yesterday", "now", "infinity", "-infinity", "epoch")
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
