"""A data change cut into batches: the statement that its author could send instead, by the table's own key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.parts import Assignment
from kmblint.schema.predicate import And, ColumnRef, Compare, In, Predicate
from kmblint.schema.reach import Reach
from kmblint.schema.types import Family
from kmblint.schema.write import quoted
from kmblint.text import Span


def first_batch(
    change: UpdateRows | DeleteRows,
    table: Table,
    reach: Reach,
    *,
    text: Callable[[Span], str],
    refused: Iterable[Span],
    size: int,
    listed: bool = False,
) -> str | None:
    """The change bounded to its first batch of at most `size` rows.

    None where the table has no known key, and where the rows that are meant can't be said: by another table, or by a
    condition that is refused (the key alone would change other rows); and where a value is refused for which no text
    can stand in, because whoever copied a number or a day that we made up would write it into the rows.

    With `listed` the key is compared with a list, which no target takes for a range.

    `text` gives the characters of a span. What lies in a `refused` span isn't repeated: `'…'` stands in for it.
    """
    key = [column for name in table.primary_key if (column := table.column(name))]
    spans = tuple(refused)
    if not key or change.joined or (change.where is not None and _touched(change.where.span, spans)):
        return None
    before = f"{change.alias}." if change.alias else ""
    named = _named(change.where)
    conditions = [f"{before}{quoted(column.name)} {_one_of(column)}" for column in key[:-1] if column.name not in named]
    if change.where is not None:
        conditions.insert(0, f"({_flat(text(change.where.span))})")
    low = reach.first_number(key[-1].name)
    conditions.append(f"{before}{quoted(key[-1].name)} {_some_of(key[-1], table, low, size, listed=listed)}")
    name = text(change.table.span) + (f" {change.alias}" if change.alias else "")
    where = " AND ".join(conditions)
    if isinstance(change, DeleteRows):
        return f"DELETE FROM {name} WHERE {where};"  # noqa: S608  # a proposal to read, sent nowhere
    assigned = [_assigned(each, table, text, spans) for each in change.assignments]
    values = ", ".join(each for each in assigned if each is not None)
    if None in assigned:
        return None
    return f"UPDATE {name} SET {values} WHERE {where};"  # noqa: S608  # a proposal to read, sent nowhere


def _assigned(
    assignment: Assignment, table: Table, text: Callable[[Span], str], refused: tuple[Span, ...]
) -> str | None:
    """The assignment as it stands, or with `'…'` for a text that is refused; None for another value that is."""
    if not _touched(assignment.span, refused):
        return _flat(text(assignment.span))
    column = table.column(assignment.column.text)
    is_text = column is not None and column.type.family is Family.TEXT
    return f"{quoted(assignment.column.text)} = '…'" if is_text else None


def _named(where: Predicate | None) -> set[str]:
    """The columns of which the condition names the values already, in every row that is meant."""
    named: set[str] = set()
    for part in where.parts if isinstance(where, And) else (where,):
        match part:
            case Compare(operator="=", left=ColumnRef(name=name)) | In(value=ColumnRef(name=name), negated=False):
                named.add(name)
            case _:
                pass
    return named


def _touched(span: Span, others: tuple[Span, ...]) -> bool:
    return any(span.overlaps(other) for other in others)


_EXAMPLES: Final = {
    Family.INTEGER: "1",
    Family.TEXT: "'…'",
    Family.BOOLEAN: "TRUE",
    Family.UUID: "'00000000-0000-0000-0000-000000000000'",
    Family.DECIMAL: "'1.00'",
    Family.FLOAT: "1",
    Family.JSON: "'{}'",
    Family.DATE: "20454",
    Family.TIME: "43200000000000",
    Family.TIMESTAMP: "1767225600000000000",
}
"""Literals that Kimberlite takes and can read again: the first of January 2026 as days and as nanoseconds since 1970,
noon as nanoseconds, a decimal in quotes (areas literal-update, compare)."""


def _one_of(column: Column) -> str:
    """The comparison with one value: a list of one for whole numbers, which every target compares without an index."""
    example = _EXAMPLES.get(column.type.family, "'…'")
    return f"IN ({example})" if column.type.family is Family.INTEGER else f"= {example}"


def _some_of(column: Column, table: Table, low: int, size: int, *, listed: bool) -> str:
    """The comparison with as many values as a batch holds, from `low` on where they are numbers.

    A narrow whole number without an index of its own compares in lists only (area compare).
    """
    ranged = not listed and (column.type.canonical.name == "BIGINT" or table.has_index_on(column.name))
    match column.type.family:
        case Family.INTEGER if ranged:
            return f"BETWEEN {low} AND {low + size - 1}"
        case Family.INTEGER:
            return "IN (1, 2, 3)"
        case Family.TEXT:
            return "IN ('…', '…')"
        case family:
            return f"= {_EXAMPLES.get(family, repr('…'))}"


def _flat(text: str) -> str:
    """On one line, where neither a literal nor a comment would be changed by that."""
    return text if any(mark in text for mark in ("'", "--", '"', "`", "$")) else " ".join(text.split())
