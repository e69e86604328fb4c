"""Column definitions, types and constraints, as CREATE TABLE and ALTER TABLE write them."""

from __future__ import annotations

from typing import Final

from kmblint.schema.changes import (
    Action, Check, Clause, ColumnDefinition, Constraint, ForeignKey, Name, PrimaryKey, Unique,
)  # fmt: skip
from kmblint.schema.predicate import Value
from kmblint.schema.types import DataType
from kmblint.sql.lower_values import predicate, value
from kmblint.sql.reader import Reader
from kmblint.sql.scanner import Kind, Token
from kmblint.text import Span

_OPTIONS: Final = (
    "NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "CONSTRAINT", "GENERATED", "IDENTITY",
    "COLLATE", "COMMENT", "AUTO_INCREMENT", "AUTOINCREMENT", "ON", "CHARACTER", "CHARSET", "AS", "DEFERRABLE",
    "INITIALLY", "STORAGE", "COMPRESSION", "VISIBLE", "INVISIBLE", "FIRST", "AFTER", "KEY", "USING",
)  # fmt: skip
"""The words that begin an option of a column, and so end its type or its DEFAULT."""
_CONSTRAINT_WORDS: Final = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"})
_MORE_TYPE_WORDS: Final = frozenset({"PRECISION", "VARYING", "UNSIGNED", "SIGNED", "ZEROFILL", "ARRAY"})
_TYPE_PREFIXES: Final = frozenset({"UNSIGNED", "NATIONAL", "LONG"})
_ACTIONS: Final = {tuple(action.value.split()): action for action in Action}


def begins_constraint(reader: Reader) -> bool:
    """Whether a table constraint comes next rather than a column; Kimberlite takes no column of these five names."""
    return reader.peek().upper in _CONSTRAINT_WORDS


def read_column(reader: Reader, text: str) -> ColumnDefinition:
    """Reads one column definition to the end of the reader; raises NotSql."""
    start = reader.at
    name = reader.name("a column name")
    kind, type_span = _optional_type(reader, name)
    nullable: bool | None = None
    default: Value | None = None
    constraints: list[Constraint] = []
    clauses: list[Clause] = []
    given: Name | None = None
    while not reader.done:
        at = reader.at
        if reader.take("CONSTRAINT"):
            given = reader.name("a constraint name")
            at = reader.at
        word = reader.peek().upper
        keyword = word
        if reader.take("NOT", "NULL"):
            nullable, keyword = False, "NOT NULL"
        elif reader.take("NULL"):
            nullable = True
        elif reader.take("DEFAULT"):
            default = _default(reader, text)
        elif (constraint := _inline(reader, text, name, given)) is not None:
            constraints.append(constraint)
            keyword = {PrimaryKey: "PRIMARY KEY", ForeignKey: "REFERENCES"}.get(type(constraint), word)
            given = None
        else:
            keyword = _other_option(reader)
        clauses.append(Clause(keyword, reader.since(at)))
    return ColumnDefinition(
        name, kind, type_span, reader.since(start), nullable, default, tuple(constraints), tuple(clauses)
    )


def read_type(reader: Reader) -> tuple[DataType, Span]:
    """Reads a type and says where it stands; raises NotSql."""
    start = reader.at
    words = [_type_word(reader)]
    arguments: tuple[int, ...] = ()
    array = False
    while not reader.done:
        if words[-1] in _TYPE_PREFIXES and len(words) == 1 and reader.takes_name() and not reader.sees("VARYING"):
            words.append(_type_word(reader))
        elif more := reader.take_any(*_MORE_TYPE_WORDS):
            array = array or more == "ARRAY"
            words += [] if more == "ARRAY" else [more]
        elif reader.sees("(") and not arguments:
            arguments = tuple(int(token.text) for token in reader.group() if token.text.isdecimal())
        elif reader.take("["):
            reader.until("]")
            reader.need("]")
            array = True
        elif words[0] in ("TIME", "TIMESTAMP") and (zone := reader.take_any("WITH", "WITHOUT")):
            local = ["LOCAL"] if reader.take("LOCAL") else []
            reader.need("TIME", "ZONE")
            words += [zone, *local, "TIME", "ZONE"]
        else:
            break
    return DataType(" ".join(words), arguments, array), reader.since(start)


def read_constraint(reader: Reader, text: str) -> tuple[Constraint, tuple[Clause, ...]]:
    """Reads one table constraint to the end of the reader, with the clauses behind it; raises NotSql."""
    start = reader.at
    given = None
    if reader.take("CONSTRAINT") and not reader.sees("("):
        given = reader.name("a constraint name")
    found: Constraint
    if reader.take("PRIMARY", "KEY"):
        if reader.takes_name() and not reader.sees("USING"):
            reader.step()
        found = PrimaryKey(_key_columns(reader), reader.since(start), given)
    elif reader.take("UNIQUE"):
        reader.take_any("KEY", "INDEX")
        nulls = _nulls(reader)
        if reader.takes_name() and not nulls and not reader.sees("USING"):
            given = reader.name() if given is None else (reader.name(), given)[1]
        found = Unique(_key_columns(reader), reader.since(start), given)
    elif reader.take("FOREIGN", "KEY"):
        if reader.takes_name():
            reader.step()
        found = _reference(reader, reader.names(), start, given)
    elif reader.take("CHECK"):
        found = _check(reader, text, start, given)
    else:
        reader.fail(("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"))
    clauses: list[Clause] = []
    while not reader.done:
        at = reader.at
        clauses.append(Clause(_after_constraint(reader), reader.since(at)))
    return found, tuple(clauses)


def _optional_type(reader: Reader, name: Name) -> tuple[DataType, Span]:
    """The type, or an unnamed one at the column's name where none is written (SQLite lets one leave it out)."""
    if reader.done or (reader.peek().upper in _OPTIONS and reader.peek().upper != "CHARACTER"):
        return DataType(""), name.span
    return read_type(reader)


def _type_word(reader: Reader) -> str:
    name = reader.dotted("a type")
    return name.text if name.quoted or "." in name.text else name.text.upper()


def _default(reader: Reader, text: str) -> Value:
    """The value of a DEFAULT: up to the next option outside all brackets."""
    start = reader.at
    depth = 0
    while not reader.done:
        token = reader.peek()
        if depth == 0 and reader.at > start and token.upper in _OPTIONS and token.upper not in ("KEY", "USING", "AS"):
            break
        depth += (token.upper in ("(", "[")) - (token.upper in (")", "]"))
        reader.at += 1
    return value(reader.tokens[start : reader.at], text, reader.peek().start)


def _inline(reader: Reader, text: str, column: Name, given: Name | None) -> Constraint | None:
    at = reader.at
    if reader.take("PRIMARY", "KEY") or reader.take("KEY"):
        reader.take_any("ASC", "DESC")
        return PrimaryKey((column,), reader.since(at), given)
    if reader.take("UNIQUE"):
        reader.take("KEY")
        _nulls(reader)
        return Unique((column,), reader.since(at), given)
    if reader.sees("REFERENCES"):
        return _reference(reader, (column,), at, given)
    if reader.take("CHECK"):
        return _check(reader, text, at, given)
    return None


def _check(reader: Reader, text: str, start: int, given: Name | None) -> Check:
    inside = reader.group()
    condition = predicate(inside, text, reader.tokens[reader.at - 1].start)
    reader.take("NO", "INHERIT")
    return Check(condition, reader.since(start), given)


def _reference(reader: Reader, columns: tuple[Name, ...], start: int, given: Name | None) -> ForeignKey:
    reader.need("REFERENCES")
    table = reader.dotted("a table name")
    targets = reader.names() if reader.sees("(") else ()
    on_delete: Action | None = None
    while True:
        if reader.take("MATCH"):
            reader.name("FULL")
        elif reader.take("ON", "DELETE"):
            on_delete = _action(reader)
        elif reader.sees("ON", "UPDATE") and any(reader.sees(*words, ahead=2) for words in _ACTIONS):
            reader.at += 2
            _action(reader)
        else:
            break
    return ForeignKey(columns, table, targets, reader.since(start), given, on_delete)


def _action(reader: Reader) -> Action:
    for words, action in _ACTIONS.items():
        if reader.take(*words):
            return action
    reader.fail(("CASCADE", "RESTRICT", "NO ACTION", "SET NULL"))


def _key_columns(reader: Reader) -> tuple[Name, ...]:
    """The columns of a key; MySQL's lengths and orders (`name(10) DESC`) are read past."""
    if reader.take("USING"):
        reader.name()
    if reader.sees("INDEX"):
        return ()
    inside = reader.group()
    part = Reader(inside, reader.tokens[reader.at - 1].start)
    found = [part.name("a column name")]
    while not part.done:
        if part.sees("("):
            part.group()
        part.take_any("ASC", "DESC")
        if not part.done:
            part.need(",")
            found.append(part.name("a column name"))
    return tuple(found)


def _nulls(reader: Reader) -> bool:
    return bool(reader.take("NULLS", "NOT", "DISTINCT") or reader.take("NULLS", "DISTINCT"))


def _after_constraint(reader: Reader) -> str:
    for words in (
        ("NOT", "VALID"), ("NOT", "DEFERRABLE"), ("DEFERRABLE",), ("INITIALLY", "DEFERRED"), ("INITIALLY", "IMMEDIATE"),
        ("NOT", "ENFORCED"), ("ENFORCED",), ("NO", "INHERIT"),
    ):  # fmt: skip
        if reader.take(*words):
            return " ".join(words)
    if reader.take("INCLUDE"):
        reader.group()
        return "INCLUDE"
    if reader.take("USING", "INDEX"):
        if not reader.take("TABLESPACE"):
            reader.name("an index name")
            return "USING INDEX"
        reader.name()
        return "USING INDEX TABLESPACE"
    if reader.take("ON", "CONFLICT"):
        reader.name("ROLLBACK")
        return "ON CONFLICT"
    if word := reader.take_any("WITH", "USING", "COMMENT"):
        _ = reader.group() if reader.sees("(") else (reader.step(),)
        return word
    reader.fail(("`,`", "DEFERRABLE", "INITIALLY", "NOT", "ON"))


def _other_option(reader: Reader) -> str:
    """Reads an option that the model only notes: its keywords."""
    if reader.take("GENERATED"):
        if reader.take("BY"):
            reader.need("DEFAULT")
        else:
            reader.need("ALWAYS")
        reader.need("AS")
        return _identity_or_expression(reader)
    if reader.take("AS"):
        return _identity_or_expression(reader)
    if reader.take("IDENTITY"):
        _optional_group(reader)
        return "IDENTITY"
    if reader.take("COLLATE"):
        reader.dotted("a collation")
        return "COLLATE"
    if reader.take("CHARACTER", "SET") or reader.take("CHARSET"):
        reader.name("a character set")
        return "CHARACTER SET"
    if reader.take("ON", "UPDATE"):
        reader.name("a value")
        _optional_group(reader)
        return "ON UPDATE"
    if reader.sees("ON", "CONFLICT") or reader.peek().upper in ("NOT", "DEFERRABLE", "INITIALLY", "NO"):
        if reader.sees("NOT") and reader.peek(1).upper not in ("VALID", "DEFERRABLE", "ENFORCED"):
            reader.step()
            reader.fail(("NULL",))
        return _after_constraint(reader)
    if word := reader.take_any("COMMENT", "STORAGE", "COMPRESSION", "AFTER"):
        if reader.done:
            reader.fail(("a value",))
        reader.step()
        return word
    if word := reader.take_any("AUTO_INCREMENT", "AUTOINCREMENT"):
        return "AUTO_INCREMENT"
    if word := reader.take_any("VISIBLE", "INVISIBLE", "FIRST"):
        return word
    if reader.sees("PRIMARY"):
        reader.step()
        reader.fail(("KEY",))
    reader.fail(("a column option or `,`", *_OPTIONS))


def _identity_or_expression(reader: Reader) -> str:
    if reader.take("IDENTITY"):
        _optional_group(reader)
        return "IDENTITY"
    reader.group()
    reader.take_any("STORED", "VIRTUAL", "PERSISTED")
    return "GENERATED"


def _optional_group(reader: Reader) -> None:
    if reader.sees("("):
        reader.group()


def is_plain_index(reader: Reader) -> bool:
    """Whether MySQL's `KEY name (columns)` or `INDEX name (columns)` comes next rather than a column of that name."""
    if reader.peek().upper not in ("KEY", "INDEX", "FULLTEXT", "SPATIAL"):
        return False
    opening = 1 if reader.peek(1).text == "(" else 2
    if reader.peek(opening).text != "(":
        return reader.peek().upper in ("FULLTEXT", "SPATIAL") and reader.peek(1).upper in ("KEY", "INDEX")
    return _is_name_token(reader.peek(opening + 1))


def _is_name_token(token: Token) -> bool:
    return token.kind in (Kind.WORD, Kind.QUOTED)
