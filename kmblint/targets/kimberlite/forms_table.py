"""CREATE TABLE, as the engine takes it (areas create-table, create-form, column-option)."""

from __future__ import annotations

from typing import Final

from kmblint.findings import Severity
from kmblint.sql.scanner import Kind
from kmblint.targets.kimberlite.expressions import parse_expression
from kmblint.targets.kimberlite.facts import DROPPED_COLUMN_CLAUSES, DROPPED_TABLE_CLAUSES, PLAIN_TABLE_OPTIONS, words
from kmblint.targets.kimberlite.forms_types import column_type
from kmblint.targets.kimberlite.tokens import Cursor, Named
from kmblint.targets.verdict import DroppedClause, MissingKey
from kmblint.text import Span

_ACTIONS: Final = (("RESTRICT",), ("CASCADE",), ("SET", "NULL"), ("NO", "ACTION"), ("SET", "DEFAULT"))
_KEY_HELP: Final = "give the table a key: `id BIGINT PRIMARY KEY`"


def create_table(cursor: Cursor) -> None:
    """What follows CREATE [modifiers] TABLE."""
    cursor.take("IF", "NOT", "EXISTS")
    table = cursor.object_name("a table")
    if cursor.word() in {"LIKE", "CLONE"}:
        cursor.refuse(f"`{cursor.word()}` copies no columns, and a table needs at least one", cursor.here(),
                      "write the columns out")  # fmt: skip
    keyed = False
    columns = 0
    if cursor.take("(") and not cursor.take(")"):
        while True:
            key, is_column = _part(cursor)
            keyed |= key
            columns += is_column
            if cursor.take(")"):
                break
            cursor.expect(",", what="`,` or `)` behind a column")
    _table_options(cursor)
    cursor.finish()
    if not columns:
        cursor.refuse(f"the engine makes no table without columns: `{table.text}`", table.span, "write the columns out")
    if not keyed:
        cursor.refuse(
            f"the engine makes no table without a primary key: `{table.text}`", table.span, _KEY_HELP, kind=MissingKey
        )


def _part(cursor: Cursor) -> tuple[bool, bool]:
    """A column or a table-level constraint: whether it makes a key, and whether it is a column."""
    start = cursor.here()
    named = cursor.take("CONSTRAINT") is not None
    if named:
        cursor.name("the constraint's name")
    word = cursor.word()
    if word in {"UNIQUE", "PRIMARY", "FOREIGN", "CHECK"}:
        return _table_constraint(cursor, start), False
    if word in {"INDEX", "KEY"} and cursor.kind(1) in {Kind.WORD, Kind.QUOTED} and cursor.word(2) == "(":
        cursor.refuse("CREATE TABLE makes no index", cursor.here(), "write a CREATE INDEX behind it")
    if named:
        cursor.expected("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
    if cursor.kind() not in {Kind.WORD, Kind.QUOTED}:
        cursor.expected("a column or a constraint")
    return column(cursor, in_table=True), True


def _table_constraint(cursor: Cursor, start: Span) -> bool:
    word = cursor.advance().upper
    if word == "CHECK":
        _check(cursor)
        drop(cursor, "CHECK", cursor.since(start))
        return False
    if word == "UNIQUE":
        if cursor.word() in {"KEY", "INDEX"} and cursor.word(1) != "(":
            cursor.expected("a name or `(column, …)`")
        cursor.take("NULLS", "NOT", "DISTINCT") or cursor.take("NULLS", "DISTINCT")
    else:
        cursor.expect("KEY", what="`KEY`")
    if not cursor.sees("("):
        cursor.name("`(column, …)`")
    _key_columns(cursor)
    if word == "FOREIGN":
        cursor.expect("REFERENCES", what="`REFERENCES`")
        _references(cursor)
        drop(cursor, "FOREIGN KEY", cursor.since(start))
    else:
        _characteristics(cursor)
        if word == "UNIQUE":
            drop(cursor, "UNIQUE", cursor.since(start))
    return word == "PRIMARY"


def _key_columns(cursor: Cursor) -> None:
    cursor.expect("(", what="`(column, …)`")
    while True:
        parse_expression(cursor)
        cursor.take_any("ASC", "DESC")
        if not cursor.take(","):
            break
    cursor.expect(")", what="`,` or `)`")


def column(cursor: Cursor, *, in_table: bool) -> bool:
    """A column definition; whether PRIMARY KEY stands in it."""
    name = cursor.name("a column")
    column_type(cursor, name)
    first = len(cursor.hazards)
    keyed = required = False
    while cursor.word() not in {",", ")", ""}:
        start = cursor.here()
        if cursor.take("CONSTRAINT"):
            cursor.name("the constraint's name")
            if cursor.word() in {",", ")", ""}:
                cursor.expected("the constraint behind its name")
        if cursor.take("NOT", "NULL"):
            required = True
        elif cursor.take("PRIMARY", "KEY"):
            _characteristics(cursor)
            keyed = True
            if not in_table:
                _note(cursor, name, "PRIMARY KEY", start, ("the key of the table stays as it was", Severity.WARNING))
        elif not cursor.take("NULL") and not _option(cursor, name, start):
            break
    _grade_default(cursor, first, required=required and not keyed)
    return keyed


def _option(cursor: Cursor, name: Named, start: Span) -> bool:
    """A column option that is parsed and dropped; False where none stands here."""
    word = cursor.word()
    if word == "DEFAULT":
        cursor.at += 1
        parse_expression(cursor)
        _note(cursor, name, "DEFAULT", start, ("a row that leaves the column out reads NULL", Severity.INFO))
        return True
    if word not in _OPTIONS:
        return False
    cursor.at += 1
    clause = word
    match word:
        case "CHECK":
            _check(cursor)
        case "REFERENCES":
            _references(cursor)
        case "UNIQUE":
            _characteristics(cursor)
        case "COLLATE":
            cursor.object_name("a collation")
        case "CHARACTER":
            cursor.expect("SET", what="`SET`")
            cursor.object_name("a character set")
            clause = "CHARACTER SET"
        case "COMMENT":
            if cursor.kind() is not Kind.STRING:
                cursor.expected("a text")
            cursor.at += 1
        case "GENERATED":
            _generated(cursor)
        case _:
            _lone_option(cursor, word)
    _note(cursor, name, clause, start, DROPPED_COLUMN_CLAUSES[clause])
    return True


_OPTIONS: Final = words(
    "UNIQUE CHECK REFERENCES COLLATE CHARACTER COMMENT GENERATED IDENTITY AUTO_INCREMENT AUTOINCREMENT INVISIBLE"
    " ASC DESC"
)


def _lone_option(cursor: Cursor, word: str) -> None:
    """The parser reads such a word and then takes no further option."""
    if word != "INVISIBLE" and cursor.word() not in {",", ")", ""}:
        cursor.refuse(f"`{word}` must be the last option of its column", cursor.here(),
                      f"leave out `{word}`: it is dropped anyway")  # fmt: skip


def _grade_default(cursor: Cursor, first: int, *, required: bool) -> None:
    """A default matters most where the column must have a value."""
    if not required:
        return
    for number in range(first, len(cursor.hazards)):
        hazard = cursor.hazards[number]
        if isinstance(hazard, DroppedClause) and hazard.clause == "DEFAULT":
            cursor.hazards[number] = DroppedClause(
                hazard.clause, hazard.span, "a row that leaves the column out reads NULL in spite of NOT NULL",
                Severity.ERROR, hazard.column,
            )  # fmt: skip


def _check(cursor: Cursor) -> None:
    cursor.expect("(", what="`(`")
    parse_expression(cursor)
    cursor.expect(")", what="`)`")
    cursor.take("ENFORCED") or cursor.take("NOT", "ENFORCED")


def _references(cursor: Cursor) -> None:
    cursor.object_name("a table")
    if cursor.sees("("):
        cursor.names()
    while True:
        if cursor.take("MATCH"):
            cursor.advance()
        elif cursor.take("ON", "DELETE") or cursor.take("ON", "UPDATE"):
            if not any(cursor.take(*action) for action in _ACTIONS):
                cursor.expected("CASCADE, RESTRICT, SET NULL, SET DEFAULT or NO ACTION")
        else:
            break
    _characteristics(cursor)


def _characteristics(cursor: Cursor) -> None:
    while (
        cursor.take("NOT", "DEFERRABLE")
        or cursor.take("DEFERRABLE")
        or cursor.take("INITIALLY", "DEFERRED")
        or cursor.take("INITIALLY", "IMMEDIATE")
        or cursor.take("NOT", "ENFORCED")
        or cursor.take("ENFORCED")
    ):
        pass


def _generated(cursor: Cursor) -> None:
    if not (cursor.take("ALWAYS") or cursor.take("BY", "DEFAULT")):
        cursor.expected("`ALWAYS` or `BY DEFAULT`")
    cursor.expect("AS", what="`AS`")
    if cursor.take("IDENTITY"):
        if cursor.sees("("):
            cursor.balanced()
        return
    cursor.expect("(", what="`(`")
    parse_expression(cursor)
    cursor.expect(")", what="`)`")
    cursor.take_any("STORED", "VIRTUAL")


def _table_options(cursor: Cursor) -> None:
    while not cursor.done:
        start = cursor.here()
        word = cursor.word()
        if word in {"AS", "SELECT"}:
            cursor.at = len(cursor.tokens)
            drop_from_table(cursor, "AS SELECT", cursor.since(start))
            return
        clause = _table_option(cursor, word)
        drop_from_table(cursor, clause, cursor.since(start))
        cursor.take(",")


def _table_option(cursor: Cursor, word: str) -> str:
    """One option behind the columns; its clause."""
    if word in {"INHERITS", "WITH", "TBLPROPERTIES"}:
        cursor.at += 1
        cursor.balanced()
        return word
    if cursor.take("ON", "COMMIT"):
        if not (cursor.take("DROP") or cursor.take("DELETE", "ROWS") or cursor.take("PRESERVE", "ROWS")):
            cursor.expected("`DROP`, `DELETE ROWS` or `PRESERVE ROWS`")
        return "ON COMMIT"
    if cursor.take("WITHOUT", "ROWID"):
        return "WITHOUT ROWID"
    if cursor.take("ORDER", "BY"):
        cursor.balanced() if cursor.sees("(") else parse_expression(cursor)
        return "ORDER BY"
    if cursor.take("STRICT"):
        return "STRICT"
    if word in {"COMMENT", "ENGINE", "TABLESPACE"} | PLAIN_TABLE_OPTIONS or word in {"DEFAULT", "CHARACTER"}:
        cursor.take("DEFAULT")
        if cursor.take("CHARACTER"):
            cursor.expect("SET", what="`SET`")
        else:
            cursor.advance()
        cursor.take("=")
        cursor.advance()
        return word
    return cursor.expected("the end of the statement")


def drop(cursor: Cursor, clause: str, span: Span) -> None:
    """Notes a dropped clause that belongs to no one column."""
    effect, severity = DROPPED_COLUMN_CLAUSES[clause]
    cursor.hazards.append(DroppedClause(clause, span, effect, severity))


def drop_from_table(cursor: Cursor, clause: str, span: Span) -> None:
    """Notes a dropped clause of the table as a whole."""
    effect, severity = DROPPED_TABLE_CLAUSES.get(clause, ("it changes nothing", Severity.INFO))
    cursor.hazards.append(DroppedClause(clause, span, effect, severity))


def _note(cursor: Cursor, column: Named, clause: str, start: Span, graded: tuple[str, Severity]) -> None:
    cursor.hazards.append(DroppedClause(clause, cursor.since(start), *graded, column.text))
