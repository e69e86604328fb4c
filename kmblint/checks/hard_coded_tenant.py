"""A data change for one tenant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, InsertRows, UpdateRows
from kmblint.schema.predicate import (
    Boolean,
    ColumnRef,
    Compare,
    In,
    Number,
    Predicate,
    Text,
    Value,
    conditions,
)
from kmblint.sql.scanner import Kind
from kmblint.sql.statement import Statement
from kmblint.text import Span
from kmblint.wording import plurals

_QUERY: Final = re.compile("select", re.IGNORECASE)


class _Mention(msgspec.Struct, frozen=True):
    column: str
    span: Span


def check(change: InsertRows | UpdateRows | DeleteRows, step: Step, *, columns: tuple[str, ...]) -> Iterator[Finding]:
    """The first tenant that the statement names."""
    wanted = {column.lower() for column in columns}
    tenant = next((each for each in _mentions(change, step) if each.column.lower() in wanted), None)
    if tenant is None or _is_own_table(tenant.column, step):
        return
    written = step.migration.source.slice(tenant.span)
    value_alone = isinstance(change, InsertRows) and change.query is None
    condition = f"{tenant.column} = {written}" if value_alone else written
    yield Finding(
        step.place(tenant.span),
        f"`{condition}` names a tenant, and migrations apply to all of them",
        help="change the data of one tenant by a program or a job of that tenant, not by a migration",
        subject=step.subject_of(tenant.column),
    )


def _is_own_table(column: str, step: Step) -> bool:
    """Whether the project keeps such tenants in a table of its own, as one that lets flats does."""
    stem = column.casefold().removesuffix("_id")
    return any(step.before.alike(name) for name in plurals(stem))


def _mentions(change: InsertRows | UpdateRows | DeleteRows, step: Step) -> Iterator[_Mention]:
    """Every column that is compared with a literal, or gets one, and where."""
    if _QUERY.search(step.migration.source.slice(step.statement.span)):  # nearly no statement has one
        yield from _asked_in_queries(step.statement)
    match change:
        case InsertRows(columns=columns, rows=rows):
            table = step.before.table(change.table.text)
            names = [c.text for c in columns] if columns is not None else list(table.column_names if table else ())
            for row in rows:
                for name, value in zip(names, row.values, strict=False):
                    if _is_literal(value):
                        yield _Mention(name, value.span)
        case UpdateRows(assignments=assignments, where=where):
            yield from (_Mention(each.column.text, each.span) for each in assignments if _is_literal(each.value))
            yield from _compared(where)
        case DeleteRows(where=where):
            yield from _compared(where)


def _asked_in_queries(statement: Statement) -> Iterator[_Mention]:
    """By their words, because the conditions of sub-queries aren't modelled."""
    query = next((number for number, token in enumerate(statement.tokens) if token.upper == "SELECT"), None)
    words = () if query is None else statement.tokens[query:]
    for column, operator, value in zip(words, words[1:], words[2:], strict=False):
        if operator.text == "=" and value.kind in (Kind.NUMBER, Kind.STRING):
            yield _Mention(column.value, column.span.to(value.span))


def _compared(where: Predicate | None) -> Iterator[_Mention]:
    for part in () if where is None else conditions(where):
        match part:
            case Compare(operator="=" | "<>", left=ColumnRef(name=name), right=value, span=span) if _is_literal(value):
                yield _Mention(name, span)
            case Compare(operator="=" | "<>", left=value, right=ColumnRef(name=name), span=span) if _is_literal(value):
                yield _Mention(name, span)
            case In(value=ColumnRef(name=name), items=items, span=span) if any(map(_is_literal, items)):
                yield _Mention(name, span)
            case _:
                continue


def _is_literal(value: Value) -> bool:
    return isinstance(value, Number | Text | Boolean)
