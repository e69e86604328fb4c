"""Conditions that the engine leaves out; every expectation is what engine 0.9.1 found when asked with SELECT."""

from __future__ import annotations

import pytest

from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import DeleteRows
from kmblint.sql.parse import statements
from kmblint.targets.kimberlite.planner.advice import MOST_TRIED
from kmblint.targets.kimberlite.planner.hazards import Statement, judge
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.verdict import IgnoredCondition
from kmblint.text import Place, Source
from tests.targets.judging import last

VISITS = "CREATE TABLE v (id BIGINT PRIMARY KEY, room TEXT, n BIGINT);"
BY_ROOM_AND_N = VISITS + "CREATE INDEX i ON v(room, n);"
LINES = "CREATE TABLE v (a BIGINT, b BIGINT, n BIGINT, PRIMARY KEY (a, b));"


def ignored(schema: str, where: str) -> list[str]:
    """The conditions of DELETE … WHERE that are left out on this schema, as written."""
    source = Source("0001_v.sql", f"{schema} DELETE FROM v WHERE {where};")
    catalog = Catalog()
    for statement in statements(source):
        (change,) = statement.changes
        if isinstance(change, DeleteRows):
            table = catalog.table("v")
            assert table is not None
            assert change.where is not None
            judged = judge(Statement(table, change.where, table.indexes, RELEASE_0_9_1))
            left_out = [hazard for hazard in judged.hazards if isinstance(hazard, IgnoredCondition)]
            return [source.slice(hazard.span) for hazard in left_out]
        catalog = apply(catalog, change, lambda span: Place(source.name, span))
    raise AssertionError(where)


@pytest.mark.parametrize(
    ("schema", "where", "left_out"),
    [
        (VISITS, "id = 2 AND n = 9", ["n = 9"]),
        (VISITS, "n = 9 AND id = 2", ["n = 9"]),
        (VISITS, "id = 2 AND room IS NULL AND n = 9", ["room IS NULL", "n = 9"]),
        (LINES, "a = 1 AND b = 2 AND n = 9", ["n = 9"]),
        (BY_ROOM_AND_N, "room = 'b' AND n = 7", ["n = 7"]),
        (BY_ROOM_AND_N, "n = 7 AND room = 'b'", ["n = 7"]),
        (BY_ROOM_AND_N, "room >= 'b' AND n = 7", ["n = 7"]),
        (BY_ROOM_AND_N, "room BETWEEN 'a' AND 'c' AND n = 7", ["n = 7"]),
        (BY_ROOM_AND_N, "room = 'b' AND n IN (7)", ["n IN (7)"]),
        (BY_ROOM_AND_N, "room = 'b' AND n IS NULL", ["n IS NULL"]),
        (BY_ROOM_AND_N, "id = 2 AND n = 9", ["n = 9"]),
    ],
)
def test_conditions_that_are_left_out(schema: str, where: str, left_out: list[str]) -> None:
    assert ignored(schema, where) == left_out


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        (VISITS, "id = 2"),
        (VISITS, "1 = 1 AND id = 2"),
        (VISITS, "2 = id AND n = 9"),
        (VISITS, "id IN (2) AND n = 9"),
        (VISITS, "id BETWEEN 2 AND 2 AND n = 9"),
        (VISITS, "id = 2 OR n = 9"),
        (VISITS, "room = 'b' AND n = 7"),
        (LINES, "a = 1 AND n = 6"),
        (LINES, "a = 1 AND b IN (2) AND n = 9"),
        (BY_ROOM_AND_N, "room = 'b' AND n <> 7"),
        (BY_ROOM_AND_N, "room = 'b' AND 7 = n"),
        (BY_ROOM_AND_N, "'b' = room AND n = 7"),
        (BY_ROOM_AND_N, "room IN ('b') AND n = 7"),
        (BY_ROOM_AND_N, "room = 'b' AND (n = 7 OR n = 99)"),
        (BY_ROOM_AND_N, "room = 'b' AND id BETWEEN 1 AND 9 AND n = 7"),
    ],
)
def test_conditions_that_are_heeded(schema: str, where: str) -> None:
    assert ignored(schema, where) == []


@pytest.mark.parametrize(
    ("count", "help_"), [(MOST_TRIED - 2, "compare the key by IN"), (MOST_TRIED - 1, "read the rows first")]
)
def test_of_many_conditions_no_other_words_are_tried(count: int, help_: str) -> None:
    """The key and the AND count too."""
    more = "".join(f" AND n <> {number}" for number in range(count))
    outcome = last("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)", f"DELETE FROM t WHERE id = 1{more}")
    found = [hazard for hazard in outcome.hazards if isinstance(hazard, IgnoredCondition)]
    assert found
    assert found[0].help is not None
    assert found[0].help.startswith(help_)


BLIND = "the engine compares INTEGER columns only through an index that begins with them: `=` finds no row"
BY_PROGRAM = "let a program read the rows, and change by their key those that meet it"


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("q = 5", ("BlindComparison", BLIND, "name the rows by their key")),
        ("room > 5", ("OpenBound", None, "name the rows by their key")),
        ("room = 'b' AND n = 7", ("IgnoredCondition", None, BY_PROGRAM)),
        ("room > 'b' AND room > 'a'", ("OverwrittenCondition", None, BY_PROGRAM)),
        (
            "id = 1 AND n = 7",
            ("IgnoredCondition", None, "read the rows first, and change by a program those that meet it"),
        ),
        ("n < 7", ("NullRows", None, None)),
    ],
)
def test_what_holds_of_any_is_said_beside_many_conditions(where: str, says: tuple[str, str | None, str | None]) -> None:
    more = "".join(f" AND id <> {number}" for number in range(MOST_TRIED))
    schema = "CREATE TABLE t (id BIGINT PRIMARY KEY, room TEXT, n BIGINT, q INTEGER)", "CREATE INDEX i ON t (room, n)"
    first = last(*schema, f"DELETE FROM t WHERE {where}{more}").hazards[0]
    assert (type(first).__name__, getattr(first, "reason", None), getattr(first, "help", None)) == says
