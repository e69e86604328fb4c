"""What a condition says of one column: the set of values that it lets through.

Sets make contradictory bounds, complementary ranges and closed key ranges visible whatever their spelling. Conditions
are read as SQL means them, literals converted to their column's type; what a target makes of them it says itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from kmblint.schema.catalog import Column, Table
from kmblint.schema.meaning import UnknownMeaningError, plain
from kmblint.schema.predicate import (
    MIRRORED,
    And,
    Between,
    ColumnRef,
    Compare,
    Constant,
    In,
    IsNull,
    Like,
    Not,
    Null,
    OpaquePredicate,
    Or,
    Predicate,
    Text,
    Value,
    literal_value,
)
from kmblint.schema.types import Family
from kmblint.schema.value_set import EMPTY, FULL, NULLS, ValueSet, below, intersection, point, since, union


class Semantics(msgspec.Struct, frozen=True):
    """What a target heeds of what bounds a condition."""

    limits_hold: bool = True
    """A LIMIT holds: of the change itself, and of a sub-query in its condition."""
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


Fact: TypeAlias = Truth | OnColumn
"""No fact is told of a condition on several columns, and of one that isn't understood."""


class Domains:
    """What facts on the columns of one table come to when they meet."""

    def __init__(self, table: Table, *, keeps_not_null: bool) -> None:
        self._table = table
        self._keeps_not_null = keeps_not_null

    def joined(
        self, facts: Iterable[Fact | None], combine: Callable[[Iterable[ValueSet]], ValueSet], *, absorbing: bool
    ) -> Fact | None:
        """AND and OR: facts on one column are combined; `absorbing` is the truth that settles the whole."""
        facts = tuple(facts)
        if len(facts) == 1:
            return facts[0]
        by_column: dict[str, list[ValueSet]] = {}
        for fact in facts:
            if isinstance(fact, OnColumn):
                by_column.setdefault(fact.column, []).append(fact.values)
        combined = [self.on(name, combine(sets)) for name, sets in by_column.items()]
        every = [fact for fact in facts if not isinstance(fact, OnColumn)] + combined
        if Truth(absorbing) in every:
            return Truth(absorbing)
        open_facts = [fact for fact in every if not isinstance(fact, Truth)]
        if not open_facts:
            return Truth(not absorbing)
        return open_facts[0] if len(open_facts) == 1 else None

    def on(self, name: str, values: ValueSet) -> Fact | None:
        """That a column has one of these values: a truth where it always or never has."""
        column = self._table.column(name)
        if column is None:
            return None
        if column.type.family is Family.BOOLEAN:
            values = values.within_booleans()
        never_null = self.never_null(column)
        if never_null:
            values = values.without_null()
        if values.is_empty:
            return Truth(False)
        if values.is_full and (values.null or never_null):
            return Truth(True)
        return OnColumn(name, values)

    def never_null(self, column: Column) -> bool:
        """Whether no row can hold a NULL in the column."""
        return not column.nullable and (self._keeps_not_null or column.name in self._table.primary_key)

    def is_whole(self, name: str) -> bool:
        """Whether a column holds whole numbers, between which nothing lies."""
        column = self._table.column(name)
        return column is not None and column.type.family is Family.INTEGER


class ColumnDomains(Domains):
    """What conditions on one table say, as SQL means them."""

    def __init__(self, table: Table, semantics: Semantics, aliases: Iterable[str | None]) -> None:
        super().__init__(table, keeps_not_null=semantics.keeps_not_null)
        self._own = {None, table.name, *aliases}
        self._known: dict[int, tuple[Predicate, Fact | None]] = {}

    def of(self, where: Predicate) -> Fact | None:
        """What one condition says."""
        known = self._known.get(id(where))
        if known is None:
            # The condition is kept with what it says, so that no other can have its id.
            known = self._known[id(where)] = where, self._read(where)
        return known[1]

    def _read(self, where: Predicate) -> Fact | None:
        match where:
            case Constant(value=value):
                return Truth(value)
            case And(parts=parts):
                return self.joined(map(self.of, parts), intersection, absorbing=False)
            case Or(parts=parts):
                return self.joined(map(self.of, parts), union, absorbing=True)
            case Not(part=part):
                opposite = _opposite(part)
                return None if opposite is None else self.of(opposite)
            case Compare():
                return self._compare(where)
            case In():
                return self._in(where)
            case Between():
                return self._between(where)
            case IsNull(value=value, negated=negated):
                column = self.column(value)
                return None if column is None else self._on(column, FULL if negated else NULLS)
            case Like(pattern=Text(value="%"), negated=False, value=value):
                column = self.column(value)
                is_text = column is not None and column.type.family is Family.TEXT
                return self._on(column, FULL) if column is not None and is_text else None
            case Like() | OpaquePredicate():
                return None

    def _compare(self, where: Compare) -> Fact | None:
        left, right, operator = where.left, where.right, where.operator
        if isinstance(right, ColumnRef) and not isinstance(left, ColumnRef):
            left, right, operator = right, left, MIRRORED[operator]
        column = self.column(left)
        if column is None:
            return _constant_compare(literal_value(left), operator, literal_value(right))
        if isinstance(right, ColumnRef):
            same = self.column(right) == column
            return self._on(column, FULL if operator in {"=", "<=", ">="} else EMPTY) if same else None
        value = _plain(right, column)
        if value is None:
            return Truth(False)
        if value is NotImplemented:
            return None
        assert isinstance(value, int | Decimal | str)
        return self._on(column, self._compared(column, operator, value))

    def _compared(self, column: Column, operator: str, value: int | Decimal | str) -> ValueSet:
        discrete = self.is_whole(column.name)
        match operator:
            case "=":
                return point(value, discrete=discrete)
            case "<>":
                return point(value, discrete=discrete).complement()
            case "<" | "<=":
                return below(value, inclusive=operator == "<=", null=False, discrete=discrete)
            case _:
                return since(value, inclusive=operator == ">=", discrete=discrete)

    def _between(self, where: Between) -> Fact | None:
        value, span = where.value, where.span
        inside = self.of(And((Compare(">=", value, where.low, span), Compare("<=", value, where.high, span)), span))
        column = self.column(value)
        if not where.negated:
            return inside
        if column is None or isinstance(where.low, Null) or isinstance(where.high, Null):
            return None
        match inside:
            case OnColumn(values=values):
                return self._on(column, values.complement())
            case Truth(value=False):
                return self._on(column, FULL)
            case Truth() | None:
                return None

    def _in(self, where: In) -> Fact | None:
        column = self.column(where.value)
        if column is None:
            return None
        values = [_plain(item, column) for item in where.items]
        if NotImplemented in values:
            return None
        if None in values and where.negated:
            return Truth(False)
        discrete = self.is_whole(column.name)
        listed = union(point(value, discrete=discrete) for value in values if isinstance(value, int | Decimal | str))
        return self._on(column, listed.complement() if where.negated else listed)

    def column(self, value: Value) -> Column | None:
        """The table's column that a value names, by its own name or alias."""
        if isinstance(value, ColumnRef) and value.qualifier in self._own:
            return self._table.column(value.name)
        return None

    def _on(self, column: Column, values: ValueSet) -> Fact | None:
        return self.on(column.name, values)


def _plain(value: Value, column: Column) -> object:
    """A literal as the column holds it; NotImplemented for all else."""
    try:
        return plain(value, column.type)
    except UnknownMeaningError:
        return NotImplemented


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
        case OpaquePredicate():
            return None


def _constant_compare(left: object, operator: str, right: object) -> Fact | None:
    if left is None or right is None:
        return Truth(False)
    numbers = isinstance(left, int | Decimal) and isinstance(right, int | Decimal)
    if left is NotImplemented or not (numbers or type(left) is type(right)):
        return None
    order = (left > right) - (left < right)  # type: ignore[operator]  # both are numbers, or of one type
    holds = {"=": order == 0, "<>": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}
    return Truth(holds[operator])
