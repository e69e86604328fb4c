"""How many rows a condition can reach: none, every one, at most so many, or nobody knows.

Conditions on one column are turned into sets of values, so that contradictory bounds, complementary ranges and closed
key ranges are seen whatever their spelling. Targets differ on NULL (Kimberlite: it is smaller than everything and
`= NULL` finds it; SQL: no comparison finds it), on LIMIT, and on literals of another type (area compare).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import reduce
from math import prod
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import DeleteRows, UpdateRows
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
    literal_value,
)  # fmt: skip
from kmblint.schema.types import Family
from kmblint.schema.value_set import EMPTY, FULL, NULLS, ValueSet, below, point, since


class Dialect(msgspec.Struct, frozen=True):
    """What a target makes of the corners of a condition."""

    null_is_smallest: bool = False
    """NULL is found by `<`, `<=`, `= NULL` and `IN (…, NULL)`."""
    limits_hold: bool = True
    """A LIMIT holds: of the change itself, and of a sub-query in its condition."""
    strict_literals: bool = False
    """A literal of another type finds nothing; else it is converted."""
    keeps_not_null: bool = True
    """NOT NULL holds; else only key columns are never NULL."""
    keeps_unique: bool = True
    """UNIQUE holds, so that it bounds a change as the primary key does."""


class Truth(msgspec.Struct, frozen=True):
    """A condition that doesn't depend on the row."""

    value: bool


class OnColumn(msgspec.Struct, frozen=True):
    """A condition that says which values one column may have."""

    column: str
    values: ValueSet


class Unknown(msgspec.Struct, frozen=True):
    """A condition on several columns, or one that isn't understood."""


Fact: TypeAlias = Truth | OnColumn | Unknown


class Reach:
    """What conditions on one table can reach."""

    def __init__(self, table: Table, dialect: Dialect, aliases: Iterable[str | None] = ()) -> None:
        self._table = table
        self._dialect = dialect
        self._own = {None, table.name, *aliases}

    @classmethod
    def of(cls, change: UpdateRows | DeleteRows, table: Table, dialect: Dialect) -> Reach:
        """What the conditions of a change can reach in its table."""
        return cls(table, dialect, (change.alias,))

    def most_changed(self, change: UpdateRows | DeleteRows) -> int | None:
        """How many rows a change can reach at the most; None where neither a key nor a LIMIT bounds it."""
        keys = self._table.unique_keys if self._dialect.keeps_unique else (self._table.primary_key,)
        by_key = None if change.where is None else self.most_rows(change.where, keys)
        by_limit = change.limit if self._dialect.limits_hold else None
        return min((most for most in (by_key, by_limit) if most is not None), default=None)

    def first_number(self, where: Predicate | None, column: str) -> int:
        """The least whole number of a column that the condition lets through; 1 where it sets none."""
        allowed = None if where is None else self._allowed(where, column)
        least = allowed.intervals[:1] if allowed else ()
        return least[0].low if least and isinstance(least[0].low, int) else 1

    def demands(self, where: Predicate, column: str, literal: Value) -> bool:
        """Whether the condition holds only where the column has the value of the literal already."""
        value = literal_value(literal)
        allowed = self._allowed(where, column)
        if allowed is None or not (value is None or isinstance(value, int | Decimal | str)):
            return False
        return allowed == (NULLS if value is None else point(value, discrete=self._discrete(column)))

    def _allowed(self, where: Predicate, column: str) -> ValueSet | None:
        """The values that the condition lets through in a column; None where it says nothing of it."""
        facts = map(self._fact, where.parts if isinstance(where, And) else (where,))
        sets = [fact.values for fact in facts if isinstance(fact, OnColumn) and fact.column == column]
        return reduce(ValueSet.both, sets) if sets else None

    def every_row(self, where: Predicate) -> bool:
        """Whether the condition holds on every row that the table can have."""
        return self._fact(where) == Truth(True)

    def no_row(self, where: Predicate) -> bool:
        """Whether the condition can hold on no row."""
        return self._fact(where) == Truth(False)

    def misfit(self, where: Predicate) -> Column | None:
        """The column that a comparison holds against a literal of another type, which then finds nothing."""
        match where:
            case Compare(left=left, right=right):
                pairs = [(left, right), (right, left)]
            case In(value=value, items=items):
                pairs = [(value, item) for item in items]
            case Between(value=value, low=low, high=high):
                pairs = [(value, low), (value, high)]
            case _:
                return None
        columns = [self._column(value) for value, literal in pairs if not self._fits(self._column(value), literal)]
        return next(filter(None, columns), None)

    def most_rows(self, where: Predicate, keys: Iterable[tuple[str, ...]]) -> int | None:
        """How many rows the condition can reach at the most, by the given keys; None where no key bounds it."""
        known = tuple(key for key in keys if key)
        return self._bound(where, known)

    def _bound(self, where: Predicate, keys: tuple[tuple[str, ...], ...]) -> int | None:
        fact = self._fact(where)
        if fact == Truth(False):
            return 0
        parts = where.parts if isinstance(where, And) else (where,)
        bounds = [self._by_key(parts, key) for key in keys]
        if isinstance(where, And):
            bounds += [self._bound(part, keys) for part in parts]
        elif isinstance(where, Or):
            each = [self._bound(part, keys) for part in where.parts]
            if None not in each:
                bounds.append(sum(bound for bound in each if bound is not None))
        elif isinstance(where, In) and not where.negated:
            bounds.append(self._by_sub_query(where, keys))
        return min((bound for bound in bounds if bound is not None), default=None)

    def _by_key(self, parts: tuple[Predicate, ...], key: tuple[str, ...]) -> int | None:
        facts = [fact for fact in map(self._fact, parts) if isinstance(fact, OnColumn)]
        counts: list[int] = []
        for name in key:
            allowed = [fact.values for fact in facts if fact.column == name]
            count = reduce(ValueSet.both, allowed).count(discrete=self._discrete(name)) if allowed else None
            if count is None:
                return None
            counts.append(count)
        return prod(counts)

    def _by_sub_query(self, where: In, keys: tuple[tuple[str, ...], ...]) -> int | None:
        column = self._column(where.value)
        if self._dialect.limits_hold and column is not None and (column.name,) in keys:
            match where.items:
                case (Query(limit=int() as limit),):
                    return limit
        return None

    def _fact(self, where: Predicate) -> Fact:
        match where:
            case Constant(value=value):
                return Truth(value)
            case And(parts=parts):
                return self._join(parts, ValueSet.both, absorbing=False)
            case Or(parts=parts):
                return self._join(parts, ValueSet.either, absorbing=True)
            case Not(part=part):
                opposite = _opposite(part)
                return Unknown() if opposite is None else self._fact(opposite)
            case Compare():
                return self._compare(where)
            case In():
                return self._in(where)
            case Between(value=value, low=low, high=high, negated=negated, span=span):
                if negated:
                    return self._fact(Or((Compare("<", value, low, span), Compare(">", value, high, span)), span))
                return self._fact(And((Compare(">=", value, low, span), Compare("<=", value, high, span)), span))
            case IsNull(value=value, negated=negated):
                column = self._column(value)
                return Unknown() if column is None else self._on(column, FULL if negated else NULLS)
            case Like(pattern=Text(value="%"), negated=False, value=value):
                column = self._column(value)
                return Unknown() if column is None else self._on(column, FULL)
            case _:
                return Unknown()

    def _join(
        self, parts: tuple[Predicate, ...], combine: Callable[[ValueSet, ValueSet], ValueSet], *, absorbing: bool
    ) -> Fact:
        """AND and OR: facts on one column are combined; `absorbing` is the truth that settles the whole."""
        facts = [self._fact(part) for part in parts]
        by_column: dict[str, ValueSet] = {}
        for fact in facts:
            if isinstance(fact, OnColumn):
                held = by_column.get(fact.column)
                by_column[fact.column] = fact.values if held is None else combine(held, fact.values)
        combined = [self._on_name(name, values) for name, values in by_column.items()]
        every = [fact for fact in facts if not isinstance(fact, OnColumn)] + combined
        if Truth(absorbing) in every:
            return Truth(absorbing)
        open_facts = [fact for fact in every if not isinstance(fact, Truth)]
        if not open_facts:
            return Truth(not absorbing)
        return open_facts[0] if len(open_facts) == 1 else Unknown()

    def _compare(self, where: Compare) -> Fact:
        left, right, operator = where.left, where.right, where.operator
        if isinstance(right, ColumnRef) and not isinstance(left, ColumnRef):
            left, right, operator = right, left, _MIRRORED[operator]
        column = self._column(left)
        if column is None:
            return _constant_compare(literal_value(left), operator, literal_value(right))
        if isinstance(right, ColumnRef):
            same = self._column(right) == column
            return self._on(column, FULL if operator in {"=", "<=", ">="} else EMPTY) if same else Unknown()
        value = literal_value(right)
        if value is None:
            return self._compare_null(column, operator)
        if not isinstance(value, int | Decimal | str):
            return Unknown()
        if not self._fits(column, right):
            return self._on(column, _MISFITTING.get(operator, EMPTY))
        return self._on(column, self._compared(column, operator, value))

    def _fits(self, column: Column | None, literal: Value) -> bool:
        """Whether a comparison of the column with the literal can find rows."""
        if column is None or isinstance(literal, Null) or not self._dialect.strict_literals:
            return True
        match column.type.family:
            case Family.TEXT:
                return not isinstance(literal, Number | Boolean)
            case Family.BOOLEAN:
                return not isinstance(literal, Number | Text)
            case Family.INTEGER | Family.TIMESTAMP:
                return not isinstance(literal, Text | Boolean) and not (
                    isinstance(literal, Number) and not literal.is_whole
                )
            case _:
                return True

    def _compare_null(self, column: Column, operator: str) -> Fact:
        if not self._dialect.null_is_smallest or operator == "<>":
            return Truth(False)
        return self._on(column, NULLS) if operator == "=" else Unknown()

    def _compared(self, column: Column, operator: str, value: int | Decimal | str) -> ValueSet:
        discrete = self._discrete(column.name)
        null = self._dialect.null_is_smallest
        match operator:
            case "=":
                return point(value, discrete=discrete)
            case "<>":
                return point(value, discrete=discrete).complement()
            case "<":
                return below(value, inclusive=False, null=null, discrete=discrete)
            case "<=":
                return below(value, inclusive=True, null=null, discrete=discrete)
            case ">":
                return since(value, inclusive=False, discrete=discrete)
            case _:
                return since(value, inclusive=True, discrete=discrete)

    def _in(self, where: In) -> Fact:
        column = self._column(where.value)
        values = [literal_value(item) for item in where.items]
        if column is None or not all(value is None or isinstance(value, int | Decimal | str) for value in values):
            return Unknown()
        if None in values and where.negated:
            return Unknown() if self._dialect.null_is_smallest else Truth(False)
        discrete = self._discrete(column.name)
        points = [
            point(value, discrete=discrete)
            for value, item in zip(values, where.items, strict=True)
            if isinstance(value, int | Decimal | str) and self._fits(column, item)
        ]
        if None in values and self._dialect.null_is_smallest:
            points.append(NULLS)
        listed = EMPTY
        for each in points:
            listed = listed.either(each)
        return self._on(column, listed.complement() if where.negated else listed)

    def _column(self, value: Value) -> Column | None:
        if isinstance(value, ColumnRef) and value.qualifier in self._own:
            return self._table.column(value.name)
        return None

    def _on_name(self, name: str, values: ValueSet) -> Fact:
        column = self._table.column(name)
        return Unknown() if column is None else self._on(column, values)

    def _on(self, column: Column, values: ValueSet) -> Fact:
        if column.type.family is Family.BOOLEAN:
            values = values.within_booleans()
        never_null = not column.nullable and (self._dialect.keeps_not_null or column.name in self._table.primary_key)
        if never_null:
            values = values.without_null()
        if values.is_empty:
            return Truth(False)
        if values.is_full and (values.null or never_null):
            return Truth(True)
        return OnColumn(column.name, values)

    def _discrete(self, name: str) -> bool:
        column = self._table.column(name)
        return column is not None and column.type.family is Family.INTEGER


_MISFITTING = {"<>": FULL, "<": NULLS, "<=": NULLS}
"""What a literal of another type finds; nothing by the other operators."""
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_INVERSE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _opposite(where: Predicate) -> Predicate | None:
    """The condition that holds where this one is false and is unknown where it is; None for an opaque one."""
    match where:
        case And(parts=parts, span=span) | Or(parts=parts, span=span):
            opposites = tuple(opposite for part in parts if (opposite := _opposite(part)) is not None)
            if len(opposites) < len(parts):
                return None
            return Or(opposites, span) if isinstance(where, And) else And(opposites, span)
        case Not(part=part):
            return part
        case Compare(operator=operator):
            return replace(where, operator=_INVERSE[operator])
        case In() | Between() | IsNull() | Like():
            return replace(where, negated=not where.negated)
        case Constant(value=value):
            return replace(where, value=not value)
        case _:
            return None


def _constant_compare(left: object, operator: str, right: object) -> Fact:
    if left is NotImplemented or right is NotImplemented:
        return Unknown()
    if left is None or right is None:
        return Truth(False)
    numbers = isinstance(left, int | Decimal) and isinstance(right, int | Decimal)
    if not numbers and type(left) is not type(right):
        return Unknown()
    order = (left > right) - (left < right)  # type: ignore[operator]  # both are numbers, or of one type
    holds = {"=": order == 0, "<>": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}
    return Truth(holds[operator])
