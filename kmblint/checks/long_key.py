"""Texts too long for a key or an index."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kmblint.analysis.row_lives import declared_length, too_long_for_a_key
from kmblint.findings import Confidence, Finding, Related, Severity
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import AddIndex, AddTable, InsertRows, UpdateRows
from kmblint.schema.predicate import Text
from kmblint.schema.rows import inserted_columns
from kmblint.targets import Target
from kmblint.targets.capabilities import Pages
from kmblint.targets.verdict import Verdict
from kmblint.text import Place

_EFFECT = "after a few dozen of them its tree breaks: INSERT is refused and the row is stored, and searches miss rows"


class _Long(msgspec.Struct, frozen=True):
    """A long text that was written into a column."""

    size: int
    place: Place


def check(replay: Replay, target: Target) -> Iterator[Finding]:
    """A text written into an indexed column, an index on a column with such a text, and one declared for them."""
    pages = target.capabilities.pages
    findings = _all(replay, pages) if pages else ()
    return (each for each in findings if each.place.file in replay.history.by_file)


def _all(replay: Replay, pages: Pages) -> Iterator[Finding]:
    """Those of the baseline, too."""
    written: dict[tuple[str, str, Place], _Long] = {}
    told: set[tuple[str, str, Place]] = set()
    for step in replay.all_of(InsertRows, UpdateRows, AddIndex, AddTable):
        if step.outcome.verdict is not Verdict.TAKEN:
            continue
        table = step.after.table(step.subject)
        if table is None:
            continue
        if isinstance(step.change, InsertRows | UpdateRows):
            for column, text in _texts(step, table, pages):
                where = (table.name, column, table.made)
                written.setdefault(where, text)
                if _is_searched(table, column) and where not in told:
                    told.add(where)
                    yield _found(text.place, table, column, text, pages)
        elif isinstance(step.change, AddIndex | AddTable):
            yield from _made(step, table, written, told, pages)


def _made(
    step: Step,
    table: Table,
    written: dict[tuple[str, str, Place], _Long],
    told: set[tuple[str, str, Place]],
    pages: Pages,
) -> Iterator[Finding]:
    """What an index, or the key of a new table, is over."""
    change = step.change
    parts = (
        {part.column.text: part.span for part in change.parts if part.column} if isinstance(change, AddIndex) else {}
    )
    keys = {each.name.text: each.type_span for each in change.columns} if isinstance(change, AddTable) else {}
    for column, span in (parts or {name: keys[name] for name in table.primary_key if name in keys}).items():
        where = (table.name, column, table.made)
        if where in told:
            continue
        if where in written:
            told.add(where)
            yield _found(step.place(span), table, column, written[where], pages)
        elif (length := _declared(table, column, step)) > pages.most_text:
            what = "an index over it" if parts else "a key of it"
            yield Finding(
                step.place(span),
                f"`{column}` may hold {length:,} bytes, and {what} holds texts of {pages.most_text} at most: with "
                f"longer ones, {_EFFECT}",
                help="search by a short column: a number, a code or a hash of the text",
                subject=f"{table.name}.{column}",
                severity=Severity.INFO,
                confidence=Confidence.LOW,
            )


def _found(place: Place, table: Table, column: str, text: _Long, pages: Pages) -> Finding:
    kind = "the key" if column in table.primary_key else "an index"
    return Finding(
        place,
        f"`{column}` is in {kind} of `{table.name}` and holds a text of {text.size:,} bytes: {_EFFECT}",
        help=f"keep texts of a key or an index under {pages.most_text} bytes; search by a number, a code or a hash",
        related=(Related(text.place, "written here"),) if text.place != place else (),
        subject=f"{table.name}.{column}",
    )


def _is_searched(table: Table, column: str) -> bool:
    return column in table.primary_key or any(column in index.columns for index in table.indexes)


def _texts(step: Step, table: Table, pages: Pages) -> Iterator[tuple[str, _Long]]:
    """The long texts that a statement writes, with their columns; the first of each."""
    match step.change:
        case InsertRows(rows=rows) as change:
            columns = inserted_columns(table, change)
            pairs = ((name, value) for row in rows for name, value in zip(columns, row.values, strict=False))
        case UpdateRows(assignments=assignments):
            pairs = ((each.column.text, each.value) for each in assignments)
        case _:
            return
    for name, value in pairs:
        if isinstance(value, Text) and too_long_for_a_key(value.value, table, name, pages):
            yield name, _Long(len(value.value.encode("utf-8", "surrogatepass")), step.place(value.span))


def _declared(table: Table, name: str, step: Step) -> int:
    column = table.column(name)
    return 0 if column is None else declared_length(column.type, step.target)
