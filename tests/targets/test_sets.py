"""What SQL means by a comparison, as a set of values: held against what it means row by row."""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest

from kmblint.schema.changes import DeleteRows, InsertRows
from kmblint.schema.meaning import Meaning, UnknownMeaningError, plain
from kmblint.schema.types import DataType
from kmblint.targets.kimberlite.planner.sets import meant
from kmblint.targets.kimberlite.typed import Typed, of_literal
from tests.sql_catalog import changes

HELD: Final = {
    DataType("BIGINT"): ("-3", "0", "5", "6", "NULL"),
    DataType("TEXT"): ("'-3'", "'5'", "'five'", "''", "NULL"),
    DataType("BOOLEAN"): ("TRUE", "FALSE", "NULL"),
    DataType("DECIMAL", (5, 2)): ("-3.00", "4.99", "5.00", "5.50", "NULL"),
}
LITERALS: Final = ("5", "-3", "'5'", "'five'", "5.5", "TRUE", "NULL")
CONDITIONS: Final = (
    *((operator, (one,)) for operator, one in product(("=", "<>", "<", "<=", ">", ">="), LITERALS)),
    *((operator, (one, "6")) for operator, one in product(("IN", "NOT IN"), LITERALS)),
    *((operator, (one, "6")) for operator, one in product(("BETWEEN", "NOT BETWEEN"), LITERALS[:-1])),
    *((operator, (one,)) for operator, one in product(("IN", "NOT IN"), LITERALS)),
    ("IS NULL", ()), ("IS NOT NULL", ()),
)  # fmt: skip
"""Of BETWEEN with a NULL the set says nothing."""


def _where(operator: str, literals: tuple[str, ...]) -> str:
    if "BETWEEN" in operator:
        return f"c {operator} {' AND '.join(literals)}"
    return f"c {operator} ({', '.join(literals)})" if "IN" in operator else f"c {operator} {''.join(literals)}"


@pytest.mark.parametrize("kind", HELD, ids=str)
def test_a_set_holds_the_values_whose_rows_are_meant(kind: DataType) -> None:
    wrong: list[str] = []
    for operator, literals in CONDITIONS:
        written = [f"INSERT INTO t VALUES ({value})" for value in (*HELD[kind], *literals)]
        *inserts, delete = changes(f"{'; '.join(written)}; DELETE FROM t WHERE {_where(operator, literals)}")
        assert isinstance(delete, DeleteRows)
        values = [insert.rows[0].values[0] for insert in inserts if isinstance(insert, InsertRows)]
        typed = [each for each in map(of_literal, values[len(HELD[kind]) :]) if isinstance(each, Typed)]
        found = meant(operator, tuple(typed), kind)
        for text, value in zip(HELD[kind], values, strict=False):
            try:
                expected = Meaning({"c": kind}).holds(delete.where, {"c": value})
            except UnknownMeaningError:
                expected = None
            held = plain(value, kind)
            told = None if found is None else found.null if held is None else found.holds(held)
            if told != expected:
                wrong.append(f"{text} in {_where(operator, literals)}: {told}, and row by row {expected}")
    assert wrong == []
