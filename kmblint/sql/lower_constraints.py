"""Constraints of a table, and those that stand inside a column's definition."""

from __future__ import annotations

from typing import Final

from kmblint.schema.parts import Action, Check, Clause, Constraint, ForeignKey, Name, PrimaryKey, Unique
from kmblint.sql.lower_predicates import predicate
from kmblint.sql.reader import Reader

_CONSTRAINT_WORDS: Final = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"})
_ACTIONS: Final = {tuple(action.value.split()): action for action in Action}


def begins_constraint(reader: Reader) -> bool:
    """Whether a table constraint comes next rather than a column; Kimberlite takes no column of these five names."""
    return reader.peek().upper in _CONSTRAINT_WORDS


def read_constraint(reader: Reader, text: str) -> tuple[Constraint, tuple[Clause, ...]]:
    """Reads one table constraint to the end of the reader, with the clauses behind it; raises NotSqlError."""
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
        raise reader.expected(("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"))
    clauses: list[Clause] = []
    while not reader.done:
        at = reader.at
        clauses.append(Clause(after_constraint(reader), reader.since(at)))
    return found, tuple(clauses)


def inline_constraint(reader: Reader, text: str, column: Name, given: Name | None) -> Constraint | None:
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


def after_constraint(reader: Reader) -> str:
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
    raise reader.expected((",", "DEFERRABLE", "INITIALLY", "NOT", "ON"))


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
    raise reader.expected(("CASCADE", "RESTRICT", "NO ACTION", "SET NULL"))


def _key_columns(reader: Reader) -> tuple[Name, ...]:
    """The columns of a key; MySQL's lengths and orders (`name(10) DESC`) are read past."""
    if reader.sees("USING", "INDEX"):
        return ()
    if reader.take("USING"):
        reader.name("an index method")
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
