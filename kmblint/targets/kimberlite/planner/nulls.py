"""Comparisons that take rows on which SQL finds them unknown: to the engine NULL is a value, and the least."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.schema.catalog import Column, Table
from kmblint.schema.value_set import NULLS, ValueSet
from kmblint.targets.kimberlite.facts import Kind
from kmblint.targets.kimberlite.planner.conditions import Computed, Condition, Either, Test
from kmblint.targets.kimberlite.planner.path import AccessPath, IndexRange, KeyRange, Point
from kmblint.targets.kimberlite.planner.reach import EngineDomains, literal_beside
from kmblint.targets.verdict import NullRows


def null_rows(path: AccessPath, domains: EngineDomains, conditions: tuple[Condition, ...]) -> Iterator[NullRows]:
    """Comparisons that also take the rows where their column is NULL."""
    if isinstance(path, Point):
        return  # it compares nothing row by row
    guarded = _never_null(conditions)
    tests: list[tuple[Test, ValueSet | None, frozenset[str]]] = []
    if isinstance(path, KeyRange | IndexRange):
        high = path.range.high
        reached = domains.in_range(path.column, path.range)
        if high is not None and reached is not None and reached.null:
            tests.append((high.test, reached, guarded))
    tests += [(test, domains.compared(test), known) for test, known in _tests(path.residue, guarded)]
    for test, reached, known in tests:
        column = domains.table.column(test.column)
        if column is None or reached is None or not reached.null or test.operator == "IS NULL":
            continue
        wanted = any(value.kind is Kind.NULL for value in test.values)
        if reached == NULLS and not wanted:
            continue  # it is blind, and that is said
        if _may_be_null(column, domains.table) and column.name not in known:
            yield NullRows(column.name, test.source.span, test.operator, with_null=wanted)


def beyond_null(path: AccessPath, domains: EngineDomains) -> Iterator[NullRows]:
    """Comparisons with NULL that take rows where their column isn't NULL, and in SQL take none."""
    seen: set[int] = set()
    tests = [test for test, _ in _tests(path.residue, frozenset())]
    if isinstance(path, KeyRange | IndexRange):
        tests += [bound.test for bound in (path.range.low, path.range.high) if bound]
    for test in tests:
        reached = domains.compared(test)
        null = any(value.kind is Kind.NULL for value in test.values)
        if null and id(test.source) not in seen and test.operator != "IN" and reached and reached.intervals:
            seen.add(id(test.source))
            yield NullRows(test.column, test.source.span, test.operator, with_null=True, others=True)


def _may_be_null(column: Column, table: Table) -> bool:
    """Whether rows can hold NULL in the column: it is nullable, came after rows, or was left out of a known one."""
    if column.name in table.primary_key:
        return False
    late = column.made != table.made and not _inside(column, table)
    left_out = any(row.values is not None and column.name not in row.values for _, row in table.rows.items())
    return column.nullable or late or left_out


def _inside(column: Column, table: Table) -> bool:
    """Whether a column was made by the CREATE TABLE."""
    return column.made.file == table.made.file and column.made.span in table.made.span


def _tests(conditions: tuple[Condition, ...], known: frozenset[str]) -> Iterator[tuple[Test, frozenset[str]]]:
    """The tests, each with the columns that another condition keeps from being NULL."""
    for condition in conditions:
        if isinstance(condition, Test):
            yield condition, known
        elif isinstance(condition, Either):
            for arm in condition.arms:
                yield from _tests(arm, known | _never_null(arm))


def _never_null(conditions: tuple[Condition, ...]) -> frozenset[str]:
    """The columns that one of the conditions keeps from being NULL."""
    known: set[str] = set()
    for condition in conditions:
        if isinstance(condition, Test) and _keeps_out_null(condition):
            known.add(condition.column)
        if isinstance(condition, Computed) and (sides := literal_beside(condition)):
            known.add(sides[0])
    return frozenset(known)


def _keeps_out_null(test: Test) -> bool:
    if test.operator == "IS NULL" or any(value.kind is Kind.NULL for value in test.values):
        return False
    return test.operator not in {"<", "<="}
