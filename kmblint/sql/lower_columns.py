"""Column definitions and types, as CREATE TABLE and ALTER TABLE write them."""

from __future__ import annotations

from typing import Final

from kmblint.schema.parts import Clause, ColumnDefinition, Constraint, ForeignKey, Name, PrimaryKey
from kmblint.schema.predicate import Value
from kmblint.schema.types import DataType
from kmblint.sql.lower_constraints import after_constraint, inline_constraint
from kmblint.sql.lower_values import value
from kmblint.sql.reader import Reader
from kmblint.sql.scanner import Kind, Token
from kmblint.text import Span

_OPTIONS: Final = (
    "NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "CONSTRAINT", "GENERATED", "IDENTITY",
    "COLLATE", "COMMENT", "AUTO_INCREMENT", "AUTOINCREMENT", "ON", "CHARACTER", "CHARSET", "AS", "DEFERRABLE",
    "INITIALLY", "STORAGE", "COMPRESSION", "VISIBLE", "INVISIBLE", "FIRST", "AFTER", "KEY", "USING",
)  # fmt: skip
"""The words that begin an option of a column, and so end its type or its DEFAULT."""
_MORE_TYPE_WORDS: Final = frozenset({"PRECISION", "VARYING", "UNSIGNED", "SIGNED", "ZEROFILL", "ARRAY"})
_TYPE_PREFIXES: Final = frozenset({"UNSIGNED", "NATIONAL", "LONG"})


def read_column(reader: Reader, text: str) -> ColumnDefinition:
    """Reads one column definition to the end of the reader; raises NotSqlError."""
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
        elif (constraint := inline_constraint(reader, text, name, given)) is not None:
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
    """Reads a type and says where it stands; raises NotSqlError."""
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
            raise reader.expected(("NULL",))
        return after_constraint(reader)
    if word := reader.take_any("COMMENT", "STORAGE", "COMPRESSION", "AFTER"):
        if reader.done:
            raise reader.expected(("a value",))
        reader.step()
        return word
    if word := reader.take_any("AUTO_INCREMENT", "AUTOINCREMENT"):
        return "AUTO_INCREMENT"
    if word := reader.take_any("VISIBLE", "INVISIBLE", "FIRST"):
        return word
    if reader.sees("PRIMARY"):
        reader.step()
        raise reader.expected(("KEY",))
    raise reader.expected(("a column option or `,`", *_OPTIONS))


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
