"""What a condition reaches, checked against a plain evaluation row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kmblint.schema.catalog import Column, Declared, Table
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.domains import Semantics
from kmblint.schema.parts import Name, Unique
from kmblint.schema.predicate import (
    And,
    Between,
    Boolean,
    ColumnRef,
    Compare,
    Constant,
    In,
    IsNull,
    Like,
    Not,
    Null,
    Number,
    Or,
    Predicate,
    Query,
    Text,
    Value,
)
from kmblint.schema.reach import Reach, sql_reach
from kmblint.schema.types import DataType
from kmblint.targets.kimberlite.planner.hazards import Statement, judge
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.text import Place, Span
from tests.sql_catalog import catalog, changes

SPAN = Span(0, 1)
MADE = Place("0001_patients.sql", SPAN)


def _column(name: str, type_: str, *, nullable: bool = False) -> Column:
    return Column(name, DataType(type_), MADE, nullable, default=None, changed=(), generated=False, computed=None)


TABLE = Table(
    "patients",
    (
        _column("id", "BIGINT"),
        _column("ward", "BIGINT", nullable=True),
        _column("weight", "REAL"),
        _column("active", "BOOLEAN"),
        _column("name", "TEXT"),
    ),
    MADE,
    opaque=None,
    primary_key=("id",),
)


def sql(where: Predicate | None, table: Table = TABLE, *, limit: int | None = None, **heeded: bool) -> Reach:
    """What a condition reaches as SQL means it."""
    change = DeleteRows(Name("patients", SPAN, quoted=False), where, SPAN, None, limit, joined=(), clauses=(), reads=())
    return sql_reach(change, table, Semantics(**heeded))


def engine(where: Predicate | None, table: Table = TABLE) -> Reach:
    """What Kimberlite reaches by it."""
    return judge(Statement(table, where, table.indexes, RELEASE_0_9_1)).reach


def column(name: str) -> ColumnRef:
    return ColumnRef(name, SPAN)


def number(value: int) -> Number:
    return Number(str(value), SPAN)


def compare(name: str, operator: str, value: Value | int) -> Compare:
    return Compare(operator, column(name), number(value) if isinstance(value, int) else value, SPAN)


def like(name: str, pattern: str) -> Like:
    return Like(column(name), Text(pattern, SPAN), SPAN, negated=False, case_sensitive=True)


def both(*parts: Predicate) -> And:
    return And(parts, SPAN)


def either(*parts: Predicate) -> Or:
    return Or(parts, SPAN)


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(Compare("=", number(1), number(1), SPAN), id="one is one"),
        pytest.param(IsNull(column("id"), SPAN, negated=True), id="a key is never null"),
        pytest.param(either(compare("id", "<", 5), compare("id", ">=", 5)), id="complementary ranges"),
        pytest.param(either(compare("id", "<=", 4), compare("id", ">=", 5)), id="whole numbers leave no gap"),
    ],
)
def test_conditions_that_reach_every_row(where: Predicate) -> None:
    assert sql(where).every_row
    assert engine(where).every_row


@pytest.mark.parametrize(
    "where",
    [
        *(pytest.param(compare("id", operator, 5), id=operator) for operator in ("=", "<>", "<", "<=", ">", ">=")),
        pytest.param(In(column("id"), (number(1), number(2)), SPAN), id="IN"),
        pytest.param(In(column("id"), (number(1), number(2)), SPAN, negated=True), id="NOT IN"),
        pytest.param(Between(column("id"), number(1), number(5), SPAN), id="BETWEEN"),
        pytest.param(Between(column("id"), number(1), number(5), SPAN, negated=True), id="NOT BETWEEN"),
        pytest.param(IsNull(column("id"), SPAN), id="IS NULL"),
        pytest.param(both(compare("id", ">", 1), compare("id", "<", 5)), id="AND"),
        pytest.param(either(compare("id", "<", 1), compare("id", ">", 5)), id="OR"),
        pytest.param(Not(compare("id", "<", 1), SPAN), id="NOT"),
        pytest.param(Constant(value=True, span=SPAN), id="TRUE"),
    ],
)
def test_a_condition_on_a_key_or_its_opposite_holds_of_every_row(where: Predicate) -> None:
    assert sql(either(where, Not(where, SPAN))).every_row
    assert sql(both(where, Not(where, SPAN))).no_row


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(
            either(
                compare("active", "=", Boolean(value=True, span=SPAN)),
                compare("active", "=", Boolean(value=False, span=SPAN)),
            ),
            id="both truths",
        ),
        pytest.param(IsNull(column("weight"), SPAN, negated=True), id="a column declared NOT NULL"),
        pytest.param(like("name", "%"), id="any text"),
        *(
            pytest.param(
                either(*(compare("weight", operator, 5) for operator in operators.split())),
                id=f"an end that one of them holds: {operators}",
            )
            for operators in ("< <= >", "<= < >", "> >= <", ">= > <")
        ),
    ],
)
def test_not_null_is_believed_where_the_target_keeps_it(where: Predicate) -> None:
    assert sql(where).every_row
    assert not engine(where).every_row


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(either(compare("weight", "<=", 4), compare("weight", ">=", 5)), id="fractions lie between"),
        pytest.param(IsNull(column("ward"), SPAN, negated=True), id="a nullable column may be null"),
        pytest.param(both(compare("id", "=", 1), compare("id", "=", column("id"))), id="a key beside a tautology"),
        pytest.param(compare("nosuch", "=", column("nosuch")), id="an unknown column"),
        pytest.param(like("id", "%"), id="a number that is to look like a text"),
        pytest.param(like("nosuch", "%"), id="any text of an unknown column"),
        pytest.param(like("name", "a%"), id="some texts"),
    ],
)
def test_conditions_that_do_not(where: Predicate) -> None:
    assert not sql(where).every_row
    assert not engine(where).every_row


def test_null_decides_whether_complementary_ranges_cover_a_nullable_column() -> None:
    where = either(compare("ward", "<", 5), compare("ward", ">=", 5))
    assert not sql(where).every_row
    assert engine(where).every_row


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(both(compare("id", ">", 5), compare("id", "<", 6)), id="nothing lies between"),
        pytest.param(Between(column("id"), number(9), number(3), SPAN), id="ends swapped"),
        pytest.param(both(compare("ward", "=", 1), compare("ward", "=", 2)), id="two values at once"),
        pytest.param(compare("ward", "<>", Null(SPAN)), id="unequal to null"),
        pytest.param(IsNull(column("id"), SPAN), id="a key that is null"),
        *(
            pytest.param(
                both(*(compare("weight", operator, 5) for operator in operators.split())),
                id=f"an end that is out: {operators}",
            )
            for operators in ("< <= >=", "<= < >=", "> >= <=", ">= > <=")
        ),
    ],
)
def test_conditions_that_reach_no_row(where: Predicate) -> None:
    assert sql(where).no_row
    assert engine(where).no_row


def test_equal_to_null_finds_rows_under_kimberlite_only() -> None:
    where = compare("ward", "=", Null(SPAN))
    assert sql(where).no_row
    assert not engine(where).no_row


@pytest.mark.parametrize(
    ("where", "most"),
    [
        (compare("id", "=", 7), 1),
        (Compare("=", number(7), column("id"), SPAN), 1),
        (In(column("id"), (number(1), number(2), number(2)), SPAN), 2),
        (Between(column("id"), number(1), number(1000), SPAN), 1000),
        (both(compare("id", ">", 0), compare("id", "<=", 1000), compare("ward", "=", 3)), 1000),
        (either(compare("id", "=", 1), compare("id", "=", 9)), 2),
        (compare("id", "<", 1000), None),
        (compare("ward", "=", 3), None),
        (either(compare("id", "=", 1), compare("ward", "=", 3)), None),
        (Not(compare("id", "=", 1), SPAN), None),
    ],
)
def test_how_many_rows_a_key_bounds(where: Predicate, most: int | None) -> None:
    assert sql(where).most_rows == most


def test_a_limit_in_a_sub_query_bounds_where_the_target_takes_one() -> None:
    where = In(column("id"), (Query(("patients",), SPAN, 500, filtered=False, calls=()),), SPAN)
    assert sql(where).most_rows == 500
    assert engine(where).most_rows is None


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(compare("ward", "=", Text("5", SPAN)), id="a text against a number"),
        pytest.param(compare("ward", "=", Number("5.0", SPAN)), id="a fraction against a whole number"),
        pytest.param(In(column("ward"), (Text("5", SPAN), Text("6", SPAN)), SPAN), id="a list of texts"),
        pytest.param(Between(column("id"), Text("1", SPAN), Text("9", SPAN), SPAN), id="a range of texts"),
        pytest.param(compare("active", "=", 1), id="a number against a truth"),
    ],
)
def test_a_literal_of_another_type_finds_nothing_where_the_target_is_strict(where: Predicate) -> None:
    assert engine(where).no_row
    assert not sql(where).no_row


def test_unequal_to_a_literal_of_another_type_finds_every_row_with_a_value() -> None:
    assert engine(compare("id", "<>", Text("5", SPAN))).every_row
    assert not engine(compare("ward", "<>", Text("5", SPAN))).every_row


@pytest.mark.parametrize(
    ("where", "first"),
    [
        (None, 1),
        (compare("ward", "=", 3), 1),
        (compare("id", "<", 900), 1),
        (compare("id", ">", 40), 41),
        (both(compare("ward", "=", 3), Between(column("id"), number(500), number(900), SPAN)), 500),
    ],
)
def test_batches_begin_where_the_condition_does(where: Predicate | None, first: int) -> None:
    assert sql(where).first_number("id") == first


@pytest.mark.parametrize(
    ("where", "value", "demanded"),
    [
        (compare("ward", "=", 3), number(3), True),
        (both(compare("id", "<", 9), In(column("ward"), (number(3),), SPAN)), number(3), True),
        (IsNull(column("ward"), SPAN), Null(SPAN), True),
        (compare("ward", "=", 3), number(4), False),
        (either(compare("ward", "=", 3), compare("ward", "=", 4)), number(3), False),
        (compare("id", "=", 3), number(3), False),
    ],
)
def test_what_a_condition_demands_of_a_column(where: Predicate, value: Value, demanded: bool) -> None:
    assert sql(where).demands("ward", value) is demanded


@pytest.mark.parametrize(
    ("where", "limit", "most"),
    [(None, None, None), (None, 500, 500), (compare("id", "=", 1), 500, 1), (compare("ward", "=", 1), 500, 500)],
)
def test_a_limit_of_the_change_bounds_where_the_target_heeds_it(
    where: Predicate | None, limit: int | None, most: int | None
) -> None:
    assert sql(where, limit=limit).most_rows == most
    assert engine(where).most_rows == (1 if most == 1 else None)


def test_a_unique_key_bounds_where_the_target_keeps_it() -> None:
    table = replace(TABLE, constraints=(Declared(Unique((Name("ward", SPAN, quoted=False),), SPAN, None), MADE),))
    assert sql(compare("ward", "=", 3), table).most_rows == 1
    assert sql(compare("ward", "=", 3), table, keeps_unique=False).most_rows is None
    assert sql(compare("ward", "=", 3), replace(TABLE, primary_key=()), keeps_unique=False).most_rows is None


def test_a_unique_column_may_be_null_in_any_number_of_rows() -> None:
    assert sql(IsNull(column("ward"), SPAN), replace(TABLE, primary_key=("ward",))).most_rows is None


def test_every_column_of_a_composite_key_counts() -> None:
    where = both(In(column("id"), (number(1), number(2)), SPAN), compare("ward", "=", 3))
    table = replace(TABLE, primary_key=("id", "ward"))
    assert sql(where, table).most_rows == 2
    assert sql(compare("id", "=", 1), table).most_rows is None


atoms: st.SearchStrategy[Predicate] = st.one_of(
    st.builds(
        compare, st.sampled_from(["id", "ward"]), st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), st.integers(0, 4)
    ),
    st.builds(
        lambda name, items, negated: In(column(name), tuple(map(number, items)), SPAN, negated=negated),
        st.sampled_from(["id", "ward"]),
        st.lists(st.integers(0, 4), min_size=1, max_size=3),
        st.booleans(),
    ),
    st.builds(lambda negated: IsNull(column("ward"), SPAN, negated=negated), st.booleans()),
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts), SPAN)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts), SPAN)),
        inner.map(lambda part: Not(part, SPAN)),
    ),
    max_leaves=6,
)


def evaluate(where: Predicate, row: dict[str, int | None]) -> bool | None:
    """SQL's three-valued truth of a condition on one row."""
    match where:
        case And(parts=parts):
            truths = [evaluate(part, row) for part in parts]
            return False if False in truths else None if None in truths else True
        case Or(parts=parts):
            truths = [evaluate(part, row) for part in parts]
            return True if True in truths else None if None in truths else False
        case Not(part=part):
            truth = evaluate(part, row)
            return None if truth is None else not truth
        case IsNull(value=ColumnRef(name=name), negated=negated):
            return (row[name] is None) is not negated
        case In(value=ColumnRef(name=name), items=items, negated=negated):
            value = row[name]
            if value is None:
                return None
            return (value in [int(item.text) for item in items if isinstance(item, Number)]) is not negated
        case Compare(operator=operator, left=ColumnRef(name=name), right=Number(text=text)):
            value, other = row[name], int(text)
            if value is None:
                return None
            order = (value > other) - (value < other)
            return {
                "=": order == 0,
                "<>": order != 0,
                "<": order < 0,
                "<=": order <= 0,
                ">": order > 0,
                ">=": order >= 0,
            }[operator]
    raise AssertionError(where)


ROWS = [{"id": key, "ward": ward} for key in range(-2, 8) for ward in (None, *range(-2, 8))]


@given(conditions)
def test_what_is_said_of_every_row_and_of_none_holds_on_every_row(where: Predicate) -> None:
    truths = {evaluate(where, row) for row in ROWS}
    if sql(where).every_row:
        assert truths == {True}
    if sql(where).no_row:
        assert True not in truths


@given(conditions)
def test_no_more_keys_are_reached_than_said(where: Predicate) -> None:
    most = sql(where).most_rows
    if most is not None:
        assert len({row["id"] for row in ROWS if evaluate(where, row)}) <= most


KIMBERLITE_FINDS = [
    # (condition, the keys of the rows that engine 0.9.1 finds among ward 1, 2, NULL and NULL)
    (compare("ward", "<", 2), {1, 3, 4}),
    (compare("ward", "<>", 1), {2}),
    (compare("ward", "=", Null(SPAN)), {3, 4}),
    (compare("ward", "<>", Null(SPAN)), set()),
    (compare("ward", "<", Null(SPAN)), set()),
    (compare("ward", "<=", Null(SPAN)), {3, 4}),
    (compare("ward", ">", Null(SPAN)), {1, 2}),
    (compare("ward", ">=", Null(SPAN)), {1, 2, 3, 4}),
    (In(column("ward"), (number(1), Null(SPAN)), SPAN), {1, 3, 4}),
    (In(column("ward"), (number(1), Null(SPAN)), SPAN, negated=True), {2}),
    (Between(column("ward"), number(9), number(3), SPAN, negated=True), {1, 2}),
    (Between(column("ward"), number(2), number(3), SPAN, negated=True), {1}),
    (either(compare("ward", "<", 2), compare("ward", ">=", 2)), {1, 2, 3, 4}),
    (either(compare("ward", "=", 1), compare("ward", "<>", 1)), {1, 2}),
]


@pytest.mark.parametrize(("where", "found"), KIMBERLITE_FINDS)
def test_what_the_engine_finds_is_not_denied(where: Predicate, found: set[int]) -> None:
    assert engine(where).every_row <= (found == {1, 2, 3, 4})
    assert engine(where).no_row == (not found)


CLINIC = """
CREATE TABLE patients (
    id BIGINT PRIMARY KEY, ward BIGINT, weight REAL NOT NULL, active BOOLEAN NOT NULL, name TEXT NOT NULL,
    code TEXT UNIQUE, born DATE
);
"""


def of(where: str, **heeded: bool) -> Reach:
    """What a condition in words reaches."""
    made = catalog(CLINIC).table("patients")
    (change,) = changes(f"DELETE FROM patients p WHERE {where}")
    assert made is not None
    assert isinstance(change, DeleteRows)
    return sql_reach(change, made, Semantics(**heeded))


@pytest.mark.parametrize(
    "where",
    [
        "1 = 1", "1 = 1 AND 2 = 2", "1 <> 2", "1 < 2", "2 <= 2", "3 > 2", "2 >= 2", "'a' < 'b'", "1 < 1.5", "1.5 > 1",
        "TRUE = TRUE", "id = id",
        "id <= id", "id >= p.id", "patients.id IS NOT NULL", "active IN (TRUE, FALSE)",
        "active <> FALSE OR active = FALSE",
        "weight = weight", "id NOT BETWEEN 3 AND 2", "NOT (id = 1 AND id = 2)", "TRUE", "NOT FALSE", "id > 1 OR TRUE",
        "id <> 1 OR id = 1", "NOT (id > 1 AND id < 1)", "NOT id IS NULL", "NOT (id BETWEEN 3 AND 2)", "NOT (1 = 2)",
    ],
)  # fmt: skip
def test_words_that_hold_of_every_row(where: str) -> None:
    assert of(where).every_row
    assert not of(where).no_row
    assert of(where).most_rows is None


@pytest.mark.parametrize(
    "where",
    [
        "1 = 2", "1 <> 1", "2 < 2", "3 <= 2", "2 > 2", "1 >= 2", "NULL = 1", "1 < NULL", "NULL = lower('a')",
        "1 = 2 OR 2 = 3", "id <> id", "id < id",
        "ward > ward", "ward NOT IN (1, NULL)", "ward IN (NULL)", "ward BETWEEN NULL AND 3", "ward = NULL",
        "id > 5 AND id < 3", "FALSE", "NOT TRUE", "id = 1 AND FALSE", "id = 1 AND power(id, 2) = 3 AND id = 2",
        "NOT (id = 1 OR id <> 1)", "NOT (id IS NOT NULL)", "name IS NULL", "code = 'a' AND code = 'b'",
        "active = TRUE AND active = FALSE", "born > '2024-01-02' AND born < '2024-01-01'",
    ],
)  # fmt: skip
def test_words_that_hold_of_no_row(where: str) -> None:
    assert of(where).no_row
    assert not of(where).every_row
    assert of(where).most_rows == 0


@pytest.mark.parametrize(
    "where",
    [
        "1 = '1'", "'a' = TRUE", "lower('a') = 'a'", "lower('a') = upper('a')", "'a' = lower('a')",
        "1 = lower('a')", "other.id = other.id", "other.id = 1", "power(id, 2) = 4",
        "id = 1 OR power(id, 2) = 4", "NOT (power(id, 2) = 4)", "NOT (id > 1 AND power(id, 2) = 4)", "id = weight",
        "ward = ward", "ward <= ward", "ward <> 3", "ward NOT BETWEEN NULL AND 3", "ward NOT BETWEEN 3 AND NULL",
        "ward NOT BETWEEN 3 AND 2", "power(id, 2) BETWEEN 1 AND 2", "power(id, 2) NOT BETWEEN 1 AND 2",
        "power(id, 2) IN (1)", "ward IN (1, power(id, 2))", "ward IN (1, NULL)", "nosuch IN (1)", "nosuch IS NULL",
        "power(id, 2) IS NULL", "name NOT LIKE '%'", "name LIKE 'a'", "name LIKE '%' AND power(id, 2) = 4",
        "id = lower('a')", "id NOT BETWEEN 1 AND ward", "NOT (name SIMILAR TO 'a')",
        "NOT (id > 1 AND name SIMILAR TO 'a')", "NOT (id > 1 OR name SIMILAR TO 'a')", "name SIMILAR TO 'a'",
        "active = TRUE", "weight < 5", "name > 5 AND name < 'b'", "ward > 1 OR ward IS NULL", "id = ward",
    ],
)  # fmt: skip
def test_words_that_hold_of_some_rows(where: str) -> None:
    reached = of(where)
    assert not reached.every_row
    assert not reached.no_row
    assert reached.contradiction is None
    assert reached.most_rows is None


@pytest.mark.parametrize(
    ("where", "most"),
    [
        ("id = 1", 1), ("p.id = 1", 1), ("patients.id = 1", 1), ("5 >= id AND 2 < id", 3), ("id IN (1, 2, NULL)", 2),
        ("id BETWEEN 3 AND 5", 3), ("NOT (id < 3 OR id > 5)", 3), ("id = 1 OR id = 2 AND ward = 3", 2),
        ("(id = 1 OR id = 2) AND (id = 4 OR id = 5 OR id = 2)", 1), ("id = 1 OR ward = 2", None), ("code = 'a'", 1),
        ("code IN ('a', 'b')", 2), ("code IN ('a', 'b') AND id = 3", 1), ("code > 'a' AND code < 'c'", None),
        ("id = '7'", 1), ("id IN (SELECT id FROM patients LIMIT 5)", 5), ("id IN (SELECT id FROM patients)", None),
        ("ward IN (SELECT id FROM patients LIMIT 5)", None), ("id NOT IN (SELECT id FROM patients LIMIT 5)", None),
        ("code IN (SELECT code FROM patients LIMIT 5)", 5), ("power(id, 2) IN (SELECT id FROM patients LIMIT 5)", None),
        ("other.id IN (SELECT id FROM patients LIMIT 5)", None), ("id IN (1, (SELECT id FROM patients LIMIT 5))", None),
        ("id IN (SELECT id FROM patients LIMIT 5) OR id = 7", 6),
    ],
)  # fmt: skip
def test_how_many_rows_words_reach(where: str, most: int | None) -> None:
    assert of(where).most_rows == most


def test_a_limit_of_a_sub_query_bounds_nothing_where_it_is_not_heeded() -> None:
    assert of("id IN (SELECT id FROM patients LIMIT 5)", limits_hold=False).most_rows is None
    assert of("code = 'a'", keeps_unique=False).most_rows is None
    assert not of("name IS NULL", keeps_not_null=False).no_row
    assert of("id IS NULL", keeps_not_null=False).no_row


def test_the_condition_that_alone_holds_of_no_row() -> None:
    found = of("ward = 2 AND id > id AND id <> id").contradiction
    assert isinstance(found, Compare)
    assert found.operator == ">"
    assert of("ward = 1 AND ward = 2").contradiction is None


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("ward = ward", True), ("ward = p.ward", True), ("ward = patients.ward", True), ("ward = other.ward", False),
        ("ward = id", False), ("ward = 3", True), ("ward = 4", False), ("code = NULL", True), ("name = NULL", False),
        ("name = lower('a')", False), ("ward = '3'", False), ("active = TRUE", True), ("weight = 2", False),
    ],
)  # fmt: skip
def test_an_assignment_that_changes_nothing(sql: str, kept: bool) -> None:
    made = catalog(CLINIC).table("patients")
    (change,) = changes(f"UPDATE patients p SET {sql} WHERE ward = 3 AND code IS NULL AND active = TRUE AND weight > 2")
    assert made is not None
    assert isinstance(change, UpdateRows)
    assert sql_reach(change, made, Semantics()).keeps(change.assignments[0], change) is kept


def test_where_batches_begin() -> None:
    assert of("ward > 4").first_number("ward") == 5
    assert of("ward < 4").first_number("ward") == 1
    assert of("name > 'a'").first_number("name") == 1
    assert of("ward = 1 AND ward = 2").first_number("ward") == 1
