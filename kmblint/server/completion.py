"""The names that can be written at a place: those of the schema as it is there, not at the end of the history."""

from __future__ import annotations

from typing import Final

import msgspec

from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.write import quoted
from kmblint.server.folder import Answer
from kmblint.server.names import NAMES, situations_in
from kmblint.sql.scanner import COMMENTS, Kind, Token, scan
from kmblint.text import Source, Span

_TABLE_FOLLOWS: Final = frozenset({"FROM", "INTO", "UPDATE", "TABLE", "JOIN", "REFERENCES", "EXISTS", "ON", "TRUNCATE"})


class Proposal(msgspec.Struct, frozen=True):
    """A name that can be written."""

    kind: ObjectKind
    name: str
    text: str
    """As it is written, in quotes where it needs them."""
    detail: str


def completions(answer: Answer, file: str, offset: int) -> list[Proposal]:
    """What can be written at an offset, the likeliest kind first; nothing inside of a text or comment."""
    tokens, inside = _before(answer.source(file), offset)
    if inside:
        return []
    catalog = schema_at(answer, file, offset)
    statement = [token for token in tokens if token.kind not in COMMENTS]
    cut = max((n + 1 for n, token in enumerate(statement) if token.kind is Kind.SEMICOLON), default=0)
    statement = statement[cut:]
    if statement and statement[-1].kind in NAMES and statement[-1].end == offset:
        statement = statement[:-1]  # the word that is being written
    if statement and statement[-1].text == ".":
        table = catalog.table(statement[-2].value) if len(statement) > 1 else None
        return [] if table is None else _columns(table)
    last = statement[-1].upper if statement else ""
    words = [token.upper for token in statement]
    if words[:2] == ["DROP", "INDEX"]:
        return _indexes(catalog)
    tables = [Proposal(ObjectKind.TABLE, each.name, quoted(each.name), _counted(each)) for each in catalog.in_order]
    if last in _TABLE_FOLLOWS:
        return tables
    rest = answer.source(file).text[offset:]
    behind = rest[: rest.find(";") + 1 or len(rest)]
    named = {token.value for token in (*statement, *scan(Source(file, behind))) if token.kind in NAMES}
    columns = [column for name in sorted(named) if (there := catalog.table(name)) for column in _columns(there)]
    return [*columns, *tables] if statement else []


def schema_at(answer: Answer, file: str, offset: int) -> Catalog:
    """The schema that a statement at an offset would find."""
    part = answer.part(file)
    if part is None:
        return answer.replay.end
    catalog = part.before
    for situation in situations_in(part):
        if situation.statement.span.end >= offset:
            break
        # What stands behind it without a `;` is read as a part of it, and what has none may go on.
        catalog = situation.after if situation.statement.semicolon is not None else catalog
    return catalog


def _before(source: Source, offset: int) -> tuple[list[Token], bool]:
    """The tokens before an offset, and whether it lies inside of a literal or comment."""
    tokens = [*scan(Source(source.name, source.text[:offset]))]
    last = tokens[-1] if tokens else None
    if last is None:
        return tokens, False
    if last.kind is Kind.OPEN:
        return tokens, not last.text.startswith(('"', "`"))
    inside = last.kind in (Kind.LINE_COMMENT, Kind.NUMBER, Kind.STRING, Kind.DOLLAR, Kind.BLOCK_COMMENT)
    return tokens, inside and Span(last.start, last.end).end == offset


def _columns(table: Table) -> list[Proposal]:
    return [
        Proposal(ObjectKind.COLUMN, column.name, quoted(column.name), f"{table.name}: {column.type}")
        for column in table.columns
    ]


def _indexes(catalog: Catalog) -> list[Proposal]:
    return [
        Proposal(ObjectKind.INDEX, index.name, quoted(index.name), f"on {table.name}")
        for table in catalog.in_order
        for index in table.indexes
    ]


def _counted(table: Table) -> str:
    return ", ".join(table.column_names)
