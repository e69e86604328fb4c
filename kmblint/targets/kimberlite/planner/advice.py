"""What to write instead of a condition that reaches other rows than it says: only what the planner shows to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

import msgspec
from msgspec.structs import replace

from kmblint.findings import Applicability
from kmblint.schema.catalog import Index, Table
from kmblint.schema.predicate import (
    MIRRORED,
    And,
    Between,
    Boolean,
    ColumnRef,
    Compare,
    In,
    IsNull,
    Null,
    Number,
    Or,
    Predicate,
    Text,
    Value,
    conditions,
)
from kmblint.schema.types import DataType
from kmblint.schema.write import quoted, value_text
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.planner.hazards import Judged, Statement, judge
from kmblint.targets.kimberlite.planner.sets import indexed_kind
from kmblint.targets.kimberlite.planner.words import because
from kmblint.targets.kimberlite.typed import of_literal
from kmblint.targets.kimberlite.values import instead, stored_in
from kmblint.targets.verdict import (
    BlindComparison,
    Hazard,
    IgnoredCondition,
    OpenBound,
    OverwrittenCondition,
    Replacement,
)
from kmblint.text import Span

FOR_EVER = "which stays for ever"
MOST_TRIED = 32
"""Conditions of a statement for which it is tried what other words would come to."""
_BY_KEY = "name the rows by their key"
_BY_PROGRAM = "let a program read the rows, and change by their key those that meet it"
_READ_FIRST = "read the rows first, and change by a program those that meet it"


class Rewritten(msgspec.Struct, frozen=True):
    """A condition in other words."""

    part: Predicate
    text: str


def advised(judged: Judged) -> tuple[Hazard, ...]:
    """The hazards of a statement with what to write instead."""
    where = judged.statement.where
    few = where is None or next(islice(conditions(where), MOST_TRIED, None), None) is None
    return tuple((_advised if few else _advised_untried)(judged, hazard) for hazard in judged.hazards)


def _advised_untried(judged: Judged, hazard: Hazard) -> Hazard:
    """A hazard with what holds of any: each trial judges all conditions, and each of many may need several."""
    match hazard:
        case BlindComparison():
            return replace(hazard, reason=because(judged, hazard), help=_BY_KEY)
        case OpenBound():
            return replace(hazard, help=_BY_KEY)
        case IgnoredCondition(index=None):
            return replace(hazard, help=_READ_FIRST)
        case IgnoredCondition() | OverwrittenCondition():
            return replace(hazard, help=_BY_PROGRAM)
        case _:
            return hazard


def _advised(judged: Judged, hazard: Hazard) -> Hazard:
    match hazard:
        case BlindComparison():
            part = _part(judged, hazard.span)
            return _for_blind(judged, replace(hazard, reason=because(judged, hazard)), part)
        case OpenBound():
            return _for_open(judged, hazard, _part(judged, hazard.span))
        case IgnoredCondition(index=None):
            return replace(hazard, help=_by_list(judged))
        case IgnoredCondition() | OverwrittenCondition():
            return replace(hazard, help=_for_left_out(judged, _part(judged, hazard.span)))
        case _:
            return hazard


def _part(judged: Judged, span: Span) -> Predicate:
    """The condition that stands at a span."""
    assert judged.statement.where is not None
    return next(part for part in conditions(judged.statement.where) if part.span == span)


def _for_blind(judged: Judged, hazard: BlindComparison, part: Predicate) -> BlindComparison:
    help_, mended = _instead_of_blind(judged, hazard, part)
    edit = None if mended is None else Replacement(hazard.span, mended, f"write `{mended}`", Applicability.UNSAFE)
    return replace(hazard, help=help_, replacement=edit)


def _instead_of_blind(judged: Judged, hazard: BlindComparison, part: Predicate) -> tuple[str, str | None]:
    """What to write instead, and the comparison in other words where they alone mend it."""
    column, facts = hazard.column, judged.statement.facts
    stored = stored_in(judged.statement.table, column, facts)
    if stored is not None:
        held = (mended for mended in _in_place(part, stored, facts) if mended.part != part)
        as_held, first = _mending(judged, part, held), _mending(judged, part, _literal_first(part, stored, facts))
        if as_held and (hazard.foreign or stored.name == "DECIMAL" or not first):
            return f"write `{as_held}`, which finds the rows that are meant", as_held
        if first:
            return f"write the literal first, `{first}`, which needs no index and finds the rows that are meant", first
        index = _index(judged.statement.table, column)
        for mended in _in_place(part, stored, facts):
            if mends(judged, part, mended, index):
                on = f"an index on `{column}` before it, {FOR_EVER}"
                made = f"create {on}" if mended.part == part else f"write `{mended.text}`, and create {on}"
                return f"{made}: it then finds the rows that are meant", None
            if hazard.way == "or" and _alone(judged, part, mended, index):
                return (
                    f"write a statement for each side of the OR, this one with `{mended.text}` and an index on "
                    f"`{column}`, {FOR_EVER}"
                ), None
    return _BY_KEY, None


def _alone(judged: Judged, part: Predicate, mended: Rewritten, index: Index) -> bool:
    """Whether the side of an OR that a condition stands in does what it says as a statement of its own."""
    where = judged.statement.where
    if not isinstance(where, Or):
        return False
    side = next(each for each in where.parts if part.span in each.span)
    indexes = (*judged.statement.indexes, index)
    return not judge(replace(judged.statement, where=_replaced(side, part, mended.part), indexes=indexes)).hazards


def _for_open(judged: Judged, hazard: OpenBound, part: Predicate) -> OpenBound:
    facts = judged.statement.facts
    stored = stored_in(judged.statement.table, hazard.column, facts)
    assert stored is not None  # of no other column a bound is open
    text = _mending(judged, part, (*_in_place(part, stored, facts), *_literal_first(part, stored, facts)))
    if text is None:
        return replace(hazard, help=_BY_KEY)
    edit = Replacement(part.span, text, f"write `{text}`", Applicability.UNSAFE)
    return replace(hazard, help=f"write `{text}`", replacement=edit)


def _by_list(judged: Judged) -> str | None:
    """The key compared by IN, beside which every condition is heeded."""
    statement = judged.statement
    where, key = statement.where, statement.table.primary_key
    if where is None:
        return None
    lists: list[str] = []
    for part in where.parts if isinstance(where, And) else (where,):
        if isinstance(part, Compare) and isinstance(part.left, ColumnRef) and part.left.name in key:
            mended = In(part.left, (part.right,), part.span)
            text = f"{_ref(part.left)} IN ({value_text(part.right) or '…'})"
            if _hazards(replace(statement, where=_replaced(where, part, mended))) <= _others(judged, ()):
                return f"compare the key by IN: conditions beside `{text}` are heeded"
            lists.append(text)
    return _READ_FIRST if lists else None


def _for_left_out(judged: Judged, part: Predicate) -> str:
    facts = judged.statement.facts
    match part:
        case Compare(left=ColumnRef(name=name)) | Between(value=ColumnRef(name=name)):
            stored = stored_in(judged.statement.table, name, facts)
            if stored and (text := _mending(judged, part, _literal_first(part, stored, facts))):
                return f"write the literal first: `{text}` is heeded"
    return _BY_PROGRAM


def mends(judged: Judged, part: Predicate, mended: Rewritten, index: Index | None = None) -> bool:
    """Whether the statement with a condition in other words (and an index more) does what that condition says."""
    statement = judged.statement
    assert statement.where is not None
    indexes = statement.indexes if index is None else (*statement.indexes, index)
    new = replace(statement, where=_replaced(statement.where, part, mended.part), indexes=indexes)
    return _hazards(new) <= _others(judged, (part.span,))


def _mending(judged: Judged, part: Predicate, others: Iterable[Rewritten]) -> str | None:
    """The first of a condition in other words that mends it; None where none does."""
    return next((mended.text for mended in others if mends(judged, part, mended)), None)


def _hazards(statement: Statement) -> set[tuple[type, str]]:
    return {_named(hazard) for hazard in judge(statement).hazards}


def _named(hazard: Hazard) -> tuple[type, str]:
    return type(hazard), getattr(hazard, "column", "")


def _others(judged: Judged, spans: tuple[Span, ...]) -> set[tuple[type, str]]:
    """The hazards of a statement that are of other conditions: they stay."""
    return {
        _named(hazard)
        for hazard in judged.hazards
        if hasattr(hazard, "span") and hazard.span not in spans and hasattr(hazard, "column")
    }


def _index(table: Table, column: str) -> Index:
    return Index("", (column,), table.made, unique=False, partial=False, declared=(), descending=())


def _replaced(where: Predicate, old: Predicate, new: Predicate) -> Predicate:
    """A condition with one of its parts in other words."""
    if where is old:
        return new
    if not isinstance(where, And | Or):
        return where
    return replace(where, parts=tuple(_replaced(part, old, new) for part in where.parts))


def _in_place(part: Predicate, stored: DataType, facts: Facts) -> Iterator[Rewritten]:
    """The same comparison with its literals as the column holds them; without the NULL rows where those would come."""
    held = partial(right_literal, stored=stored, facts=facts)
    match part:
        case Compare(operator=operator, left=ColumnRef() as ref, right=right) if value := right_literal(
            right, stored, facts
        ):
            plain = Rewritten(replace(part, right=value), f"{_ref(ref)} {operator} {value_text(value)}")
            yield plain
            if operator in {"<", "<="}:
                guard = IsNull(ref, part.span, negated=True)
                yield Rewritten(And((plain.part, guard), part.span), f"{plain.text} AND {_ref(ref)} IS NOT NULL")
        case Between(value=ColumnRef() as ref, low=low, high=high, negated=negated):
            one, two = held(low), held(high)
            if one is not None and two is not None:
                word = "NOT BETWEEN" if negated else "BETWEEN"
                text = f"{_ref(ref)} {word} {value_text(one)} AND {value_text(two)}"
                yield Rewritten(replace(part, low=one, high=two), text)
        case In(value=ColumnRef() as ref, items=items, negated=negated):
            values = [value for item in items if (value := held(item)) is not None]
            if len(values) == len(items):
                listed = ", ".join(str(value_text(value)) for value in values)
                text = f"{_ref(ref)} {'NOT ' if negated else ''}IN ({listed})"
                yield Rewritten(replace(part, items=tuple(values)), text)


def _literal_first(part: Predicate, stored: DataType, facts: Facts) -> Iterator[Rewritten]:
    """The same comparison the other way round, which is computed for each row."""
    held = partial(right_literal, stored=stored, facts=facts)
    match part:
        case Compare(operator=operator, left=ColumnRef() as ref, right=right) if value := right_literal(
            right, stored, facts
        ):
            first = Compare(MIRRORED[operator], value, ref, part.span)
            yield Rewritten(first, f"{value_text(value)} {MIRRORED[operator]} {_ref(ref)}")
        case Between(value=ColumnRef() as ref, low=low, high=high, negated=False):
            one, two = held(low), held(high)
            if one is not None and two is not None:
                ends = (Compare("<=", one, ref, part.span), Compare(">=", two, ref, part.span))
                text = f"{value_text(one)} <= {_ref(ref)} AND {value_text(two)} >= {_ref(ref)}"
                yield Rewritten(And(ends, part.span), text)


def _ref(ref: ColumnRef) -> str:
    return f"{ref.qualifier}.{quoted(ref.name)}" if ref.qualifier else quoted(ref.name)


def right_literal(value: Value, stored: DataType, facts: Facts) -> Value | None:
    """The literal of the same value as a column of the type is compared with; None where there is none."""
    typed = of_literal(value)
    if typed is None or isinstance(value, Null):
        return None
    if stored.name == "UUID":
        return _uuid(value)
    if stored.name == "DECIMAL":
        return _decimal(value, stored.arguments[1])
    if typed.kind is indexed_kind(stored):
        return value
    text = instead(stored, value, facts, update=True)
    if text is None:
        return None
    if text in {"TRUE", "FALSE"}:
        return Boolean(text == "TRUE", value.span)
    return Text(text[1:-1].replace("''", "'"), value.span) if text.startswith("'") else Number(text, value.span)


def _uuid(value: Value) -> Text | None:
    """In small letters and with dashes, as a UUID is mostly kept."""
    text = value.value.replace("-", "").lower() if isinstance(value, Text) else ""
    if re.fullmatch(r"[0-9a-f]{32}", text) is None:
        return None
    return Text("-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])), value.span)


def _decimal(value: Value, scale: int) -> Number | None:
    text = value.text if isinstance(value, Number) else value.value if isinstance(value, Text) else ""
    digits = re.fullmatch(r"(-?\d+)(?:\.(\d*))?", text)
    fraction = (digits[2] or "") if digits else ""
    if digits is None or scale == 0 or len(fraction.rstrip("0")) > scale:
        return None
    return Number(f"{digits[1]}.{fraction[:scale].ljust(scale, '0')}", value.span)
