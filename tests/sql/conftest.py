"""What the tests of this folder share: one statement in, its meaning out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from kmblint.schema.changes import Change
from kmblint.sql.parse import statements
from kmblint.sql.statement import Problem
from kmblint.text import Source, Span

Changes: TypeAlias = Callable[[str], tuple[Change, ...]]
ProblemOf: TypeAlias = Callable[[str], tuple[Problem, str]]


@pytest.fixture
def changes() -> Changes:
    """The changes of a text of one statement, which must be SQL."""

    def read(sql: str) -> tuple[Change, ...]:
        (statement,) = statements(Source("0001_test.sql", sql))
        assert statement.problem is None, statement.problem
        assert all(change.span in statement.span for change in statement.changes)
        return statement.changes

    return read


@pytest.fixture
def problem() -> ProblemOf:
    """The problem of a text of one statement, and the words that it points at."""

    def read(sql: str) -> tuple[Problem, str]:
        source = Source("0001_test.sql", sql)
        (statement,) = statements(source)
        assert statement.problem is not None, statement.changes
        assert statement.changes == ()
        return statement.problem, source.slice(statement.problem.span)

    return read


def cut_out(sql: str, span: Span) -> str:
    """The words of a span."""
    return sql[span.start : span.end]
