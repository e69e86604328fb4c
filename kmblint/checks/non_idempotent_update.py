"""An UPDATE that gives something else when it is run twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, assert_never

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import InsertRows, UpdateRows
from kmblint.schema.parts import Assignment
from kmblint.schema.predicate import (
    And,
    Boolean,
    Call,
    Cast,
    ColumnRef,
    Compare,
    In,
    IsNull,
    Null,
    Number,
    OpaqueValue,
    Operation,
    Predicate,
    Query,
    Text,
    Value,
    column_refs,
    conditions,
    literal_value,
)

_Cell: TypeAlias = tuple[str, str, object]
"""A table, a column of it, and a value in that."""
_GROWING: Final = frozenset(
    {"concat", "concat_ws", "lpad", "rpad", "repeat", "reverse", "md5", "sha1", "sha256", "power"}
)
"""Functions whose second application changes their first result."""


def check(part: Part) -> Iterator[Finding]:
    """Assignments that build on what they change, and constants that an earlier statement of the file would change."""
    sought: dict[_Cell, list[UpdateRows]] = {}
    for step in part.steps:
        change = step.change
        if isinstance(change, UpdateRows | InsertRows):
            yield from _growth(change, step)
        if isinstance(change, UpdateRows):
            yield from _chain(change, step, sought)
            for cell in set(_sought_by(change)):
                sought.setdefault(cell, []).append(change)


def _growth(change: UpdateRows | InsertRows, step: Step) -> Iterator[Finding]:
    if isinstance(change, InsertRows):
        assignments = change.on_conflict.assignments if change.on_conflict else ()
        where, own = None, {None, change.table.text}
    else:
        assignments, where, own = change.assignments, change.where, {None, change.table.text, change.alias}
    columns = {assignment.column.text for assignment in assignments}
    growing = [(each, read) for each in assignments if (read := {ref.name for ref in _growing(each, own)} & columns)]
    if growing and (where is None or not _is_guard(where, columns)):
        for assignment, read in growing:
            yield _finding(change, assignment, step, _said(assignment, read))


def _said(assignment: Assignment, read: set[str]) -> str:
    name = assignment.column.text
    others = sorted(read - {name})
    if name in read:
        return f"`{name}` is set to a value that is made from `{name}` itself, so a second run changes it again"
    return f"`{name}` is set from `{others[0]}`, which the same statement changes, so a second run gives another value"


def _finding(change: UpdateRows | InsertRows, assignment: Assignment, step: Step, message: str) -> Finding:
    return Finding(
        step.place(assignment.span),
        message,
        help="set a value that doesn't depend on the old one, or add a condition that is false once it is done",
        subject=f"{change.table}.{assignment.column}",
    )


def _growing(assignment: Assignment, own: set[str | None]) -> Iterator[ColumnRef]:
    """The table's own columns that a value builds on in a way that a second run repeats."""
    for ref in _read(assignment.value, grows=False, into=assignment.column.text):
        if ref.qualifier in own:
            yield ref


def _read(value: Value, *, grows: bool, into: str) -> Iterator[ColumnRef]:
    """Columns under arithmetic or a function that grows; a column other than the one that is set, anywhere."""
    match value:
        case ColumnRef():
            if grows or value.name != into:
                yield value
        case Operation(operands=operands):
            for operand in operands:
                yield from _read(operand, grows=True, into=into)
        case Call(name=name, arguments=arguments):
            for argument in arguments:
                yield from _read(argument, grows=grows or name in _GROWING, into=into)
        case Cast(value=inner):
            yield from _read(inner, grows=grows, into=into)
        case Number() | Text() | Boolean() | Null() | Query() | OpaqueValue():
            return
        case never:
            assert_never(never)


def _is_guard(where: Predicate, columns: set[str]) -> bool:
    """Whether a condition asks for the old value of a column that is set, so that it is false the second time."""
    for condition in conditions(where):
        grows = isinstance(condition, Compare) and condition.operator in {">", ">="}
        there = isinstance(condition, IsNull) and condition.negated
        parts = isinstance(condition, And) or grows or there
        if not parts and any(ref.name in columns for ref in column_refs(condition)):
            return True
    return False


def _chain(change: UpdateRows, step: Step, sought: Mapping[_Cell, Sequence[UpdateRows]]) -> Iterator[Finding]:
    """`medium` → `high`, then `low` → `medium`: the second run takes the new `medium` to `high` as well."""
    for assignment in change.assignments:
        new = literal_value(assignment.value)
        looking = sought.get((change.table.text, assignment.column.text, new), ())
        earlier = next((each for each in looking if _takes(each, assignment, change, step)), None)
        if earlier is not None:
            yield Finding(
                step.place(assignment.span),
                f"`{assignment.column}` is set to the value that an earlier statement of this file looks for, so a "
                "second run changes it again",
                related=(Related(step.place(earlier.span), "the next run starts here with the new value"),),
                help="put the statements in the other order, or each into a migration of its own",
                subject=f"{change.table}.{assignment.column}",
            )


def _sought_by(change: UpdateRows) -> Iterator[_Cell]:
    """The values that a change looks for in a column and replaces by others."""
    new = {assignment.column.text: literal_value(assignment.value) for assignment in change.assignments}
    for part in _parts(change.where) if change.where else ():
        match part:
            case Compare(operator="=", left=ColumnRef(name=column), right=right):
                values = [literal_value(right)]
            case In(value=ColumnRef(name=column), items=items, negated=False):
                values = [literal_value(item) for item in items]
            case _:
                continue
        if column in new:
            for value in values:
                if value is not NotImplemented and value != new[column]:
                    yield change.table.text, column, value


def _takes(earlier: UpdateRows, assignment: Assignment, change: UpdateRows, step: Step) -> bool:
    """Whether the earlier statement changes the rows in which the assignment has just put its constant."""
    name, new = assignment.column.text, literal_value(assignment.value)
    if earlier.where is None:
        return False
    wanted = [part for part in _parts(earlier.where) if _asks_for(part, name, new)]
    others = {_text(part, step) for part in _parts(earlier.where) if part not in wanted}
    here = {_text(part, step) for part in _parts(change.where)} if change.where else set()
    return bool(wanted) and others <= here


def _parts(where: Predicate) -> tuple[Predicate, ...]:
    return where.parts if isinstance(where, And) else (where,)


def _asks_for(part: Predicate, name: str, value: object) -> bool:
    match part:
        case Compare(operator="=", left=ColumnRef(name=column), right=right) if column == name:
            return literal_value(right) == value
        case In(value=ColumnRef(name=column), items=items, negated=False) if column == name:
            return value in [literal_value(item) for item in items]
        case _:
            return False


def _text(part: Predicate, step: Step) -> str:
    return " ".join(step.migration.source.slice(part.span).split()).casefold()
