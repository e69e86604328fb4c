"""ALTER TABLE, DROP and CREATE INDEX, as the engine takes them (areas alter-table, alter-form, drop, create-index)."""

from __future__ import annotations

from typing import Final

from kmblint.findings import Severity
from kmblint.sql.scanner import Kind
from kmblint.targets.kimberlite.expressions import parse_expression
from kmblint.targets.kimberlite.facts import DROPPED_INDEX_CLAUSES
from kmblint.targets.kimberlite.forms_table import column
from kmblint.targets.kimberlite.nodes import Node, Shape
from kmblint.targets.kimberlite.tokens import Cursor
from kmblint.targets.verdict import DroppedClause, GhostColumn, IgnoredGuard, Replacement
from kmblint.text import Span

_COPY: Final = "make a new table or column, copy the rows by a program, and drop the old one"
_ALTER_HELP: Final = {
    "RENAME": f"the engine renames nothing: {_COPY}",
    "ALTER": f"a column stays as it was added: {_COPY}",
    "MODIFY": f"a column stays as it was added: {_COPY}",
    "CHANGE": f"a column stays as it was added: {_COPY}",
    "OWNER": "leave it out: tables have no owner",
    "ENABLE": "leave it out: access is given by GRANT and masking policies",
    "SET": "leave it out: tables have no options",
}
_CONSTRAINTS: Final = frozenset({"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK"})


def alter_table(cursor: Cursor) -> None:
    """What follows ALTER TABLE: exactly one ADD or DROP of one column."""
    guard = cursor.take("IF", "EXISTS")
    if guard:
        cursor.hazards.append(IgnoredGuard("IF EXISTS", guard, "a table that isn't there is refused all the same"))
    if cursor.sees("ONLY") and cursor.kind(1) in {Kind.WORD, Kind.QUOTED}:
        cursor.at += 1
    cursor.object_name("a table")
    action = cursor.here()
    if cursor.take("ADD"):
        _add(cursor, action)
    elif cursor.take("DROP"):
        _drop_column(cursor, action)
    else:
        word = cursor.word()
        span = cursor.here()
        cursor.refuse(f"ALTER TABLE adds or drops a column and nothing else, and here stands `{word or 'nothing'}`",
                      span, _ALTER_HELP.get(word, "leave it out"))  # fmt: skip
    if cursor.sees(","):
        cursor.refuse("ALTER TABLE takes one action a statement, and here begins a second", cursor.here(),
                      "write a statement for each action")  # fmt: skip
    cursor.finish()


def _add(cursor: Cursor, action: Span) -> None:
    word = cursor.word()
    if word in _CONSTRAINTS:
        cursor.refuse("the engine adds no constraint to a table", action.to(cursor.here()),
                      "leave it out: only NOT NULL and PRIMARY KEY are kept, and those in CREATE TABLE")  # fmt: skip
    if word in {"INDEX", "KEY"} and (cursor.word(1) == "(" or cursor.word(2) == "("):
        cursor.refuse(
            "ALTER TABLE makes no index", action.to(cursor.here()), "write CREATE INDEX name ON table (column)"
        )
    cursor.take("COLUMN")
    guard = cursor.take("IF", "NOT", "EXISTS")
    if guard:
        cursor.refuse("ADD COLUMN takes no IF NOT EXISTS", guard, "leave out the guard",
                      (Replacement(Span(guard.start, cursor.here().start), "", "remove the guard"),))  # fmt: skip
    if cursor.sees("("):
        cursor.refuse("ADD takes one column without parentheses", cursor.here(), "write a statement for each column")
    column(cursor, in_table=False)
    if cursor.word() in {"AFTER", "FIRST"}:
        cursor.refuse(f"a column is added at the end, and `{cursor.word()}` asks for another place", cursor.here(),
                      f"leave out `{cursor.word()}`")  # fmt: skip


def _drop_column(cursor: Cursor, action: Span) -> None:
    word = cursor.word()
    if word in {"CONSTRAINT", "INDEX", "PRIMARY", "FOREIGN", "PARTITION"} and cursor.kind(1) is not None:
        cursor.refuse(
            f"ALTER TABLE drops a column and nothing else, and here stands `{word}`",
            action.to(cursor.here()),
            "leave it out: constraints aren't kept, and an index is for ever",
        )
    cursor.take("COLUMN")
    guard = cursor.take("IF", "EXISTS")
    if guard:
        cursor.hazards.append(IgnoredGuard("IF EXISTS", guard, "a column that isn't there is refused all the same"))
    cursor.name("a column")
    if cursor.sees(",") and cursor.word(1) not in {"ADD", "DROP", "ALTER", "RENAME"}:
        cursor.refuse("DROP COLUMN drops one column a statement", cursor.here(), "write a statement for each column")
    cascade = cursor.here()
    word = cursor.take_any("CASCADE", "RESTRICT")
    if word:
        cursor.hazards.append(
            DroppedClause(word, cascade, "indexes and masks on the column stay behind", Severity.INFO)
        )


def drop(cursor: Cursor, start: Span) -> None:
    """What follows DROP: one table."""
    kind = cursor.word()
    if kind != "TABLE":
        _refuse_drop(cursor, start, kind)
    cursor.at += 1
    cursor.take("IF", "EXISTS")
    cursor.object_name("a table")
    if cursor.sees(","):
        cursor.refuse("DROP TABLE drops one table a statement", cursor.here(), "write a statement for each table")
    behind = cursor.here()
    word = cursor.take_any("CASCADE", "RESTRICT")
    if word:
        effect = (
            "what depends on the table stays behind"
            if word == "CASCADE"
            else "the table is dropped whatever depends on it"
        )
        cursor.hazards.append(DroppedClause(word, behind, effect, Severity.WARNING))
    cursor.take("PURGE")
    if cursor.take("ON"):
        cursor.object_name()
    cursor.finish()


def _refuse_drop(cursor: Cursor, start: Span, kind: str) -> None:
    span = start.to(cursor.here())
    if kind == "INDEX":
        cursor.refuse(
            "the engine drops no index: it is for ever", span, "leave it in place; an unused index costs writes only"
        )
    if kind in {"ROLE", "USER"}:
        cursor.refuse(f"the engine drops no {kind.lower()}", span, "leave it out")
    cursor.refuse(
        f"the engine drops tables, masks and masking policies only, no `{kind or 'nothing'}`", span, "leave it out"
    )


def create_index(cursor: Cursor, *, unique: Span | None) -> None:
    """What follows CREATE [UNIQUE] INDEX."""
    if unique:
        _note(cursor, "UNIQUE", unique)
    if span := cursor.take("CONCURRENTLY"):
        _note(cursor, "CONCURRENTLY", span)
    guard = cursor.take("IF", "NOT", "EXISTS")
    if guard:
        cursor.hazards.append(
            IgnoredGuard("IF NOT EXISTS", guard, "a second index of the name on this table is refused")
        )
    elif cursor.sees("ON"):
        cursor.refuse("CREATE INDEX needs a name", cursor.here(), "write CREATE INDEX name ON table (column)")
    cursor.object_name("the index's name")
    _using(cursor)
    cursor.expect("ON", what="`ON`")
    if cursor.sees("ONLY") and cursor.kind(1) in {Kind.WORD, Kind.QUOTED}:
        cursor.expected("a table")
    cursor.object_name("a table")
    _using(cursor)
    cursor.expect("(", what="`(column, …)`")
    while True:
        _index_part(cursor)
        if not cursor.take(","):
            break
    cursor.expect(")", what="`,` or `)`")
    _index_tail(cursor)
    cursor.finish()


def _index_part(cursor: Cursor) -> None:
    part = parse_expression(cursor)
    if part.shape is Shape.COLLATE:
        _note(cursor, "COLLATE", part.span)
    start = cursor.here()
    if cursor.kind() is Kind.WORD and cursor.word() not in {"ASC", "DESC", "NULLS"}:
        cursor.object_name()
        _note(cursor, "operator class", cursor.since(start))
    direction = cursor.here()
    if word := cursor.take_any("ASC", "DESC"):
        _note(cursor, word, direction)
    nulls = cursor.take("NULLS", "FIRST") or cursor.take("NULLS", "LAST")
    if nulls:
        _note(cursor, "NULLS", nulls)
    _note_quoted(cursor, part)


def _note_quoted(cursor: Cursor, part: Node) -> None:
    """An index keeps the quotes as part of the column's name, so it is on a column that isn't there."""
    if part.shape is Shape.COLUMN and part.quoted:
        cursor.hazards.append(GhostColumn(
            f'"{part.name}"', part.span,
            "the engine keeps the quotes as part of the name, so the index is on a column that isn't there",
            f"write `{part.name}` without quotes",
        ))  # fmt: skip


def _using(cursor: Cursor) -> None:
    start = cursor.here()
    if cursor.take("USING"):
        cursor.name("a kind of index")
        _note(cursor, "USING", cursor.since(start))


def _index_tail(cursor: Cursor) -> None:
    start = cursor.here()
    if cursor.take("INCLUDE"):
        cursor.names()
        _note(cursor, "INCLUDE", cursor.since(start))
    if span := cursor.take("NULLS", "NOT", "DISTINCT") or cursor.take("NULLS", "DISTINCT"):
        _note(cursor, "NULLS DISTINCT", span)
    if cursor.word() in {"WITH", "TABLESPACE"}:
        cursor.refuse(f"CREATE INDEX takes no {cursor.word()}", cursor.here(), f"leave out `{cursor.word()}`")
    start = cursor.here()
    if cursor.take("WHERE"):
        parse_expression(cursor)
        _note(cursor, "WHERE", cursor.since(start))
    start = cursor.here()
    while cursor.word() in {"USING", "COMMENT"}:
        word = cursor.advance().upper
        cursor.advance()
        _note(cursor, word, cursor.since(start))


def _note(cursor: Cursor, clause: str, span: Span) -> None:
    effect, severity = DROPPED_INDEX_CLAUSES[clause]
    cursor.hazards.append(DroppedClause(clause, span, effect, severity))
