"""Values and conditions: what is modelled, with exact places, and what is said to be opaque."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import UpdateRows
from kmblint.schema.predicate import (
    And,
    Between,
    Boolean,
    Call,
    Cast,
    ColumnRef,
    Compare,
    Constant,
    In,
    IsNull,
    Like,
    Not,
    Null,
    Number,
    OpaquePredicate,
    OpaqueValue,
    Operation,
    Or,
    Predicate,
    Query,
    Text,
    Value,
    column_refs,
)  # fmt: skip
from tests.sql.conftest import Changes, cut_out

HEAD = "UPDATE t SET x = "


def value_of(changes: Changes, written: str) -> Value:
    """A value, whose span must cover it whole."""
    (change,) = changes(HEAD + written)
    assert isinstance(change, UpdateRows)
    (assignment,) = change.assignments
    return assignment.value


def condition_of(changes: Changes, written: str) -> Predicate:
    """A condition behind WHERE."""
    (change,) = changes(f"UPDATE t SET x = 1 WHERE {written}")
    assert isinstance(change, UpdateRows)
    assert change.where is not None
    return change.where


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("1", Number),
        ("-1.5", Number),
        ("+2", Number),
        ("1e3", Number),
        ("'x'", Text),
        ("$$x$$", Text),
        ("TRUE", Boolean),
        ("null", Null),
        ("a", ColumnRef),
        ("t.a", ColumnRef),
        ('"A b"', ColumnRef),
        ("now()", Call),
        ("CURRENT_DATE", Call),
        ("coalesce(a, 'x')", Call),
        ("DEFAULT", Call),
        ("CAST(a AS DECIMAL(10, 2))", Cast),
        ("a::text[]", Cast),
        ("DATE '2026-01-01'", Cast),
        ("a + 1 * b", Operation),
        ("a || 'x' || b", Operation),
        ("-a", Operation),
        ("(SELECT max(a) FROM u)", Query),
        ("CASE WHEN a = 1 THEN 2 END", OpaqueValue),
        ("E'x'", OpaqueValue),
        ("a->>'x'", OpaqueValue),
        ("a AT TIME ZONE 'UTC'", OpaqueValue),
        ("count(*) OVER ()", OpaqueValue),
        ("substring(a FROM 1 FOR 2)", OpaqueValue),
        ("ARRAY[1, 2]", OpaqueValue),
        ("0x1F", OpaqueValue),
    ],
)
def test_values(changes: Changes, written: str, kind: type[Value]) -> None:
    """Each kind, with the exact place of the whole."""
    found = value_of(changes, written)
    assert isinstance(found, kind)
    assert cut_out(HEAD + written, found.span) == written


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("a = 1", Compare),
        ("a == 1", Compare),
        ("1 < a", Compare),
        ("a IN (1, 2)", In),
        ("a NOT IN ('x')", In),
        ("a BETWEEN 1 AND 2", Between),
        ("a IS NOT NULL", IsNull),
        ("a ISNULL", IsNull),
        ("a LIKE 'x%' ESCAPE '!'", Like),
        ("a NOT ILIKE 'x'", Like),
        ("a = 1 AND b = 2 AND c = 3", And),
        ("a = 1 OR b = 2 AND c = 3", Or),
        ("NOT a = 1", Not),
        ("TRUE", Constant),
        ("a", OpaquePredicate),
        ("a IS TRUE", OpaquePredicate),
        ("a IS DISTINCT FROM b", OpaquePredicate),
        ("a ~ 'x'", OpaquePredicate),
        ("a = ANY (ARRAY[1])", OpaquePredicate),
        ("(a, b) IN ((1, 2))", OpaquePredicate),
        ("EXISTS (SELECT 1 FROM u)", OpaquePredicate),
        ("NOT EXISTS (SELECT 1 FROM u)", OpaquePredicate),
        ("a XOR b", OpaquePredicate),
        ("a GLOB 'x*'", OpaquePredicate),
        ("a MATCH 'x'", OpaquePredicate),
        ("CURRENT OF c", OpaquePredicate),
        ("a IN ()", OpaquePredicate),
        ("CASE WHEN a THEN b ELSE c END", OpaquePredicate),
    ],
)
def test_conditions(changes: Changes, written: str, kind: type[Predicate]) -> None:
    """Each kind, with the exact place of the whole."""
    sql = f"UPDATE t SET x = 1 WHERE {written}"
    found = condition_of(changes, written)
    assert isinstance(found, kind)
    assert cut_out(sql, found.span) == written


def test_chains_are_flat_and_parentheses_are_undone(changes: Changes) -> None:
    """AND inside AND is one list."""
    found = condition_of(changes, "((a = 1) AND (b = 2 AND c = 3)) AND (d = 4 OR e = 5)")
    assert isinstance(found, And)
    assert [type(part) for part in found.parts] == [Compare, Compare, Compare, Or]


@pytest.mark.parametrize(("written", "operator"), [("a == 1", "="), ("a != 1", "<>"), ("a >= 1", ">=")])
def test_operators_have_one_spelling(changes: Changes, written: str, operator: str) -> None:
    """`==` is `=`, `!=` is `<>`."""
    found = condition_of(changes, written)
    assert isinstance(found, Compare)
    assert found.operator == operator


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("CASE WHEN a = 1 THEN b END = 2", ["a", "b"]),
        ("x.a ~ b", ["a", "b"]),
        ("a IN (SELECT b FROM u)", ["a"]),
        ("lower(a) = 'x' OR b BETWEEN c AND d", ["a", "b", "c", "d"]),
        ("order ~ between", ["order", "between"]),
    ],
)
def test_columns_are_known_even_where_the_condition_is_opaque(changes: Changes, written: str, names: list[str]) -> None:
    """In the order of the text, each at its place; those of sub-queries belong to the sub-query."""
    sql = f"UPDATE t SET x = 1 WHERE {written}"
    refs = list(column_refs(condition_of(changes, written)))
    assert [ref.name for ref in refs] == names
    assert all(cut_out(sql, ref.span).endswith(ref.name) for ref in refs)


@pytest.mark.parametrize(
    "written",
    [
        "order = 1",
        "case = 1",
        "between BETWEEN 1 AND 2",
        "values IN (1)",
        "like LIKE 'x'",
        "and = 1 AND and = 2",
        "is IS NULL",
        "not = 1",
        "in IN (1)",
        "or = 1 OR or = 2",
        "end = 1",
        "user IS NULL",
    ],
)
def test_keywords_are_names(changes: Changes, written: str) -> None:
    """What can only follow an operand makes the word before it a column."""
    assert not isinstance(condition_of(changes, written), OpaquePredicate)


def test_the_type_of_a_cast_is_text(changes: Changes) -> None:
    """In upper case, its arguments close."""
    found = value_of(changes, "CAST(a AS decimal( 10, 2 ))")
    assert isinstance(found, Cast)
    assert found.to == "DECIMAL(10,2)"
    outer = value_of(changes, "a::timestamp with time zone")
    assert isinstance(outer, Cast)
    assert outer.to == "TIMESTAMP WITH TIME ZONE"
