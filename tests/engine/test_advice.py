"""What is written instead of a condition: on no recorded row does it reach more than the condition means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from msgspec.structs import replace

from kmblint import targets
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog, Column, Index, KnownRow, Table
from kmblint.schema.changes import Change, DeleteRows, UpdateRows
from kmblint.schema.conflicts import conflicts
from kmblint.schema.ordered import OrderedMap
from kmblint.schema.predicate import Boolean, Null, Number, Or, Text
from kmblint.schema.predicate import Value as Expression
from kmblint.schema.rows import KEPT_VALUES, Key, meant_rows
from kmblint.schema.types import Family
from kmblint.sql.parse import statements
from kmblint.targets.outcome import Outcome
from kmblint.targets.verdict import (
    BlindComparison,
    Hazard,
    IgnoredCondition,
    NullRows,
    OpenBound,
    OverwrittenCondition,
    Verdict,
)
from kmblint.text import Place, Source, Span
from tests.cards import cases
from tests.engine.row_agreement import recorded

TARGET: Final = targets.get("kimberlite")
_STRANGE: Final = (BlindComparison, IgnoredCondition, OverwrittenCondition, OpenBound)
_WRITTEN: Final = re.compile(r"`([^`]*(?:[<=>]| IN | BETWEEN )[^`]*)`")
_INDEXED: Final = re.compile(r"an? index on `([^`]+)`|index on\s+`([^`]+)`")


def outcome(sql: str, catalog: Catalog) -> tuple[Change, Outcome]:
    """What becomes of one statement."""
    source = Source("a", sql)
    (statement,) = statements(source)
    (change,) = statement.changes
    judged = TARGET.outcome(TARGET.form(statement, source), change, catalog, conflicts(catalog, change))
    return change, judged


def instead(
    sql: str, change: UpdateRows | DeleteRows, hazard: Hazard, catalog: Catalog
) -> Iterator[tuple[str, Catalog]]:
    """The statement as the help of a hazard has it, and the catalogue with the index that the help asks for."""
    text = getattr(hazard, "help", None) or ""
    found = _WRITTEN.search(text)
    indexed = _INDEXED.search(text)
    if isinstance(hazard, IgnoredCondition) and hazard.index is None:
        return
    if found is None and indexed is None:
        return
    span: Span = hazard.span
    mended = sql if found is None else f"{sql[: span.start]}{found[1]}{sql[span.end :]}"
    if "each side" in text:
        sides = change.where.parts if isinstance(change.where, Or) else ()
        side = next(each.span for each in sides if span in each.span)
        text_of = f"{sql[side.start : span.start]}{found[1] if found else ''}{sql[span.end : side.end]}"
        mended = f"{sql[: sql.index(' WHERE ')]} WHERE {text_of}"
    made = catalog.table(change.table.text)
    if indexed is not None and made is not None:
        index = Index(
            f"{made.name}_{indexed[1] or indexed[2]}_idx",
            (indexed[1] or indexed[2],),
            made.made,
            unique=False,
            partial=False,
            declared=(),
            descending=(),
        )
        catalog = catalog.put(replace(made, indexes=(*made.indexes, index)))
    yield mended, catalog


def reaches_more(sql: str, change: Change, catalog: Catalog, judged: Outcome) -> Iterator[str]:
    """Each help of a statement that reaches a row which the statement neither means nor reaches."""
    table = catalog.table(change.table.text) if isinstance(change, UpdateRows | DeleteRows) else None
    if judged.found is None or table is None or not isinstance(change, UpdateRows | DeleteRows):
        return
    meant = meant_rows(table, change.where)
    if meant is None:
        return
    if sum(isinstance(hazard, (*_STRANGE, NullRows)) for hazard in judged.hazards) > 1:
        return  # what is told of another condition changes what this one lets through
    allowed: set[Key] = {*meant, *judged.found.sure}
    for hazard in judged.hazards:
        if isinstance(hazard, _STRANGE):
            for mended, there in instead(sql, change, hazard, catalog):
                _, after = outcome(mended, there)
                if after.found is not None and not {*after.found.sure} <= allowed:
                    yield f"{sql}\n  -> {mended}\n  {after.found.sure} beyond {allowed}"


def test_no_help_reaches_more_rows_than_are_meant() -> None:
    wrong: list[str] = []
    helped = 0
    for scenario in recorded():
        catalog = Catalog()
        for told in scenario.told:
            change, judged = outcome(told.sql, catalog)
            if told.meant:
                helped += sum(bool(getattr(hazard, "help", None)) for hazard in judged.hazards)
                wrong += reaches_more(told.sql, change, catalog, judged)
            if judged.verdict is not Verdict.REFUSED:
                place = lambda span: Place("a", span)  # noqa: E731 - one line says it
                catalog = TARGET.side_effects(apply(catalog, change, place), change, judged, place)
    assert wrong == []
    assert helped > 1000


_SAMPLES: Final = {
    Family.INTEGER: ("1", "2", "5", "7", "30", "1000"), Family.DATE: ("0", "19000", "19875", "20000"),
    Family.TEXT: ("'a'", "'b'", "'ER'", "'draft'", "'10'", "'200'"), Family.BOOLEAN: ("TRUE", "FALSE"),
    Family.DECIMAL: ("'2.50'", "'15.00'", "'100.00'"), Family.FLOAT: ("1", "2"), Family.TIME: ("0",),
    Family.TIMESTAMP: ("0", "1717200000000000000"),
    Family.UUID: ("'00000000-0000-0000-0000-000000000001'",),
}  # fmt: skip


def sample(column: Column, number: int) -> Expression:
    """A value that the column can hold, another for each number; every seventh is NULL."""
    texts = _SAMPLES.get(column.type.family, ("NULL",))
    text = texts[number % len(texts)] if number % 7 or not column.nullable else "NULL"
    span = Span(0, 1)
    if text == "NULL":
        return Null(span)
    if text in {"TRUE", "FALSE"}:
        return Boolean(text == "TRUE", span)
    return Text(text[1:-1], span) if text.startswith("'") else Number(text, span)


def filled(table: Table) -> Table:
    """The table with rows of all kinds of values."""
    rows = table.rows
    for number in range(1, 43):
        values = {column.name: sample(column, number * (at + 1) + at) for at, column in enumerate(table.columns)}
        key = tuple(
            getattr(values[name], "value", None) or getattr(values[name], "text", None) for name in table.primary_key
        )
        plain = tuple(int(part) if isinstance(part, str) and part.isdigit() else part for part in key)
        if None not in plain and len(plain) == len(table.primary_key) and plain not in rows:
            rows = rows.insert(plain, KnownRow(table.made, values))
    return replace(table, rows=rows if len(rows) <= KEPT_VALUES else OrderedMap())


@pytest.mark.parametrize("rule", list(Rulebook.load()), ids=lambda rule: rule.slug)
def test_no_card_leads_to_more_rows_than_its_statement(rule: Rule) -> None:
    """Every data change of every case, on tables filled with values of all kinds."""
    wrong: list[str] = []
    for case in cases(rule.card):
        catalog = Catalog()
        for name, data in case.files.items():
            if not name.endswith(".sql"):
                continue
            source = Source("a", data.decode("utf-8", "replace"))
            for statement in statements(source):
                if len(statement.changes) != 1:
                    continue
                (change,) = statement.changes
                place = lambda span: Place("a", span)  # noqa: E731 - one line says it
                if isinstance(change, UpdateRows | DeleteRows):
                    made = catalog.table(change.table.text)
                    if made is not None and made.primary_key:
                        there = catalog.put(filled(made))
                        sql = source.slice(statement.span)
                        _, judged = outcome(sql, there)
                        wrong += reaches_more(sql, change, there, judged)
                    continue
                judged = TARGET.outcome(TARGET.form(statement, source), change, catalog, conflicts(catalog, change))
                if judged.verdict is not Verdict.REFUSED:
                    catalog = TARGET.side_effects(apply(catalog, change, place), change, judged, place)
    assert wrong == []
