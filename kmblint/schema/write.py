"""Parts of the model as SQL: names, literals, constraints."""

from __future__ import annotations

import re
from typing import Final

from kmblint.schema.parts import Check, Constraint, ForeignKey, Name, PrimaryKey, Unique
from kmblint.schema.predicate import (
    Boolean,
    Call,
    Cast,
    ColumnRef,
    Null,
    Number,
    OpaqueValue,
    Operation,
    Query,
    Text,
    Value,
)

_PLAIN: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_BARE: Final = frozenset(
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "session_user"}
)
"""Functions that are called without parentheses."""


def constraint_text(constraint: Constraint, condition: str = "…") -> str:
    """A constraint as a table declares it, a CHECK with this text of its condition."""
    named = f"CONSTRAINT {quoted(constraint.name.text)} " if constraint.name else ""
    match constraint:
        case PrimaryKey(columns=columns):
            return f"{named}PRIMARY KEY ({_names(columns)})"
        case Unique(columns=columns):
            return f"{named}UNIQUE ({_names(columns)})"
        case ForeignKey(columns=columns, table=table, targets=targets, on_delete=action):
            target = f"({_names(targets)})" if targets else ""
            deleting = f" ON DELETE {action.value}" if action else ""
            return f"{named}FOREIGN KEY ({_names(columns)}) REFERENCES {quoted(table.text)}{target}{deleting}"
        case Check():
            return f"{named}CHECK ({condition})"


def literal_text(value: Value) -> str:
    """A literal as SQL writes it, cut to forty characters."""
    match value:
        case Text(value=text):
            inner = text.replace("'", "''")
            return f"'{inner}'" if len(inner) < 40 else f"'{inner[:38]}…'"
        case Number(text=text):
            return text
        case Boolean(value=truth):
            return "TRUE" if truth else "FALSE"
        case Null() | ColumnRef() | Call() | Cast() | Operation() | Query() | OpaqueValue():
            return "NULL"


def value_text(value: Value) -> str | None:
    """A value as SQL; None for what the model has no words for."""
    match value:
        case Number(text=text):
            return text
        case Text(value=text):
            return text_literal(text)
        case Boolean(value=truth):
            return "TRUE" if truth else "FALSE"
        case Null():
            return "NULL"
        case Call(name=name, arguments=()) if name in _BARE:
            return name.upper()
        case Call(name=name, arguments=arguments):
            return _joined(f"{name}(", ", ", arguments, ")")
        case Cast(value=inner, to=to):
            return _joined("CAST(", "", (inner,), f" AS {to})")
        case Operation(operator=operator, operands=(_, _, *_) as operands):
            return _joined("(", f" {operator} ", operands, ")")
        case Operation() | ColumnRef() | Query() | OpaqueValue():
            return None


def _joined(head: str, between: str, values: tuple[Value, ...], tail: str) -> str | None:
    written = [text for value in values if (text := value_text(value)) is not None]
    return f"{head}{between.join(written)}{tail}" if len(written) == len(values) else None


def text_literal(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as SQL takes it, in double quotes where it isn't made of plain words."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def column_list(columns: tuple[str, ...]) -> str:
    """Column names between commas."""
    return ", ".join(map(quoted, columns))


def _names(columns: tuple[Name, ...]) -> str:
    return column_list(tuple(column.text for column in columns))
