"""What a condition says of one column: the set of values that it lets through.

Sets make contradictory bounds, complementary ranges and closed key ranges visible whatever their spelling. Targets
differ on NULL (Kimberlite: it is smaller than everything and `= NULL` finds it; SQL: no comparison finds it), on LIMIT,
and on literals of another type (area compare).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from kmblint.schema.catalog import Column, Table
from kmblint.schema.predicate import (
    MIRRORED,
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


class ColumnDomains:
    """What conditions on one table say."""

    def __init__(self, table: Table, semantics: Semantics, aliases: Iterable[str | None] = ()) -> None:
        self._table = table
        self._semantics = semantics
        self._own = {None, table.name, *aliases}
        self._known: dict[int, tuple[Predicate, Fact]] = {}

    def of(self, where: Predicate) -> Fact:
        """What one condition says."""
        known = self._known.get(id(where))
        if known is None:
            # The condition is kept with what it says, so that no other can have its id.
            known = self._known[id(where)] = where, self._read(where)
        return known[1]

    def _read(self, where: Predicate) -> Fact:
        match where:
            case Constant(value=value):
                return Truth(value)
            case And(parts=parts):
                return self._join(parts, intersection, absorbing=False)
            case Or(parts=parts):
                return self._join(parts, union, absorbing=True)
            case Not(part=part):
                opposite = _opposite(part)
                return Unknown() if opposite is None else self.of(opposite)
            case Compare():
                return self._compare(where)
            case In():
                return self._in(where)
            case Between():
                return self._between(where)
            case IsNull(value=value, negated=negated):
                column = self.column(value)
                return Unknown() if column is None else self._on(column, FULL if negated else NULLS)
            case Like(pattern=Text(value="%"), negated=False, value=value):
                column = self.column(value)
                is_text = column is not None and column.type.family is Family.TEXT
                return self._on(column, FULL) if column is not None and is_text else Unknown()
            case Like() | OpaquePredicate():
                return Unknown()

    def _join(
        self, parts: tuple[Predicate, ...], combine: Callable[[Iterable[ValueSet]], ValueSet], *, absorbing: bool
    ) -> Fact:
        """AND and OR: facts on one column are combined; `absorbing` is the truth that settles the whole."""
        facts = [self.of(part) for part in parts]
        by_column: dict[str, list[ValueSet]] = {}
        for fact in facts:
            if isinstance(fact, OnColumn):
                by_column.setdefault(fact.column, []).append(fact.values)
        combined = [self._on_name(name, combine(sets)) for name, sets in by_column.items()]
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
            left, right, operator = right, left, MIRRORED[operator]
        column = self.column(left)
        if column is None:
            return _constant_compare(literal_value(left), operator, literal_value(right))
        if isinstance(right, ColumnRef):
            same = self.column(right) == column
            return self._on(column, FULL if operator in {"=", "<=", ">="} else EMPTY) if same else Unknown()
        value = literal_value(right)
        if value is None:
            return self._compare_null(column, operator)
        if not isinstance(value, int | Decimal | str):
            return Unknown()
        if not self.fits(column, right):
            return self._on(column, _MISFITTING.get(operator, EMPTY))
        return self._on(column, self._compared(column, operator, value))

    def fits(self, column: Column | None, literal: Value) -> bool:
        """Whether a comparison of the column with the literal can find rows."""
        if column is None or isinstance(literal, Null) or not self._semantics.strict_literals:
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
            case Family.DECIMAL | Family.FLOAT | Family.BYTES | Family.DATE | Family.TIME | Family.UUID | Family.JSON:
                return True
            case Family.OTHER:
                return True

    def _compare_null(self, column: Column, operator: str) -> Fact:
        if not self._semantics.null_is_smallest:
            return Truth(False)
        return self._on(column, _AGAINST_NULL[operator])

    def _compared(self, column: Column, operator: str, value: int | Decimal | str) -> ValueSet:
        discrete = self.is_whole(column.name)
        null = self._semantics.null_is_smallest
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

    def _between(self, where: Between) -> Fact:
        value, span = where.value, where.span
        inside = self.of(And((Compare(">=", value, where.low, span), Compare("<=", value, where.high, span)), span))
        column = self.column(value)
        if not where.negated:
            return inside
        if column is None or isinstance(where.low, Null) or isinstance(where.high, Null):
            return Unknown()
        match inside:
            case OnColumn(values=values):
                return self._on(column, values.complement())
            case Truth(value=False):
                return self._on(column, FULL)
            case Truth() | Unknown():
                return Unknown()

    def _in(self, where: In) -> Fact:
        column = self.column(where.value)
        values = [literal_value(item) for item in where.items]
        if column is None or not all(value is None or isinstance(value, int | Decimal | str) for value in values):
            return Unknown()
        if None in values and where.negated and not self._semantics.null_is_smallest:
            return Truth(False)
        discrete = self.is_whole(column.name)
        points = [
            point(value, discrete=discrete)
            for value, item in zip(values, where.items, strict=True)
            if isinstance(value, int | Decimal | str) and self.fits(column, item)
        ]
        if None in values and self._semantics.null_is_smallest:
            points.append(NULLS)
        listed = union(points)
        return self._on(column, listed.complement() if where.negated else listed)

    def column(self, value: Value) -> Column | None:
        """The table's column that a value names, by its own name or alias."""
        if isinstance(value, ColumnRef) and value.qualifier in self._own:
            return self._table.column(value.name)
        return None

    def _on_name(self, name: str, values: ValueSet) -> Fact:
        column = self._table.column(name)
        return Unknown() if column is None else self._on(column, values)

    def _on(self, column: Column, values: ValueSet) -> Fact:
        if column.type.family is Family.BOOLEAN:
            values = values.within_booleans()
        never_null = not column.nullable and (self._semantics.keeps_not_null or column.name in self._table.primary_key)
        if never_null:
            values = values.without_null()
        if values.is_empty:
            return Truth(False)
        if values.is_full and (values.null or never_null):
            return Truth(True)
        return OnColumn(column.name, values)

    def is_whole(self, name: str) -> bool:
        """Whether a column holds whole numbers, between which nothing lies."""
        column = self._table.column(name)
        return column is not None and column.type.family is Family.INTEGER


_AGAINST_NULL = {
    "=": NULLS, "<>": EMPTY, "<": EMPTY, "<=": NULLS, ">": FULL, ">=": ValueSet(FULL.intervals, null=True),
}  # fmt: skip
"""What a comparison with NULL finds where NULL is the smallest value."""
_MISFITTING = {"<>": FULL, "<": NULLS, "<=": NULLS}
"""What a literal of another type finds; nothing by the other operators."""
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
