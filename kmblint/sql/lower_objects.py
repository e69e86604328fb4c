"""DROP, TRUNCATE, and CREATE of what the catalogue doesn't model: views, types, schemas, functions …"""

from __future__ import annotations

from typing import Final

from kmblint.schema.changes import Change, CreateObject, DropIndex, DropObject, DropTable, Truncate
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name
from kmblint.sql.reader import Reader
from kmblint.text import Span

_OWN_READERS: Final = frozenset({ObjectKind.MASKING_POLICY, ObjectKind.MASK, ObjectKind.ROLE})
_KINDS: Final = {
    tuple(kind.upper().split()): kind
    for kind in sorted(ObjectKind, key=len, reverse=True)
    if kind not in _OWN_READERS
    and kind not in {ObjectKind.TABLE, ObjectKind.COLUMN, ObjectKind.INDEX, ObjectKind.CONSTRAINT}
}
"""The kinds that are read here by their words, the longest first."""
_MODIFIERS: Final = ("TEMP", "TEMPORARY", "RECURSIVE", "TRUSTED", "PROCEDURAL", "DEFAULT", "UNLOGGED", "FORCE", "SQL")
_KNOWN: Final = (
    "TABLE", "INDEX", "UNIQUE", "MASKING POLICY", "MASK", "ROLE", "USER", *(" ".join(words) for words in _KINDS),
)  # fmt: skip


def create_object(reader: Reader, span: Span) -> CreateObject:
    """Reads the head of any other CREATE; raises NotSqlError where the kind of object is none."""
    reader.need("CREATE")
    replace = reader.take("OR", "REPLACE") is not None or reader.take("OR", "ALTER") is not None
    if reader.take("DEFINER", "="):
        reader.until("VIEW", "FUNCTION", "PROCEDURE", "TRIGGER", "EVENT")
    while reader.takes_name(1) and reader.take_any(*_MODIFIERS):
        pass
    kind = _kind(reader)
    guard = reader.take("IF", "NOT", "EXISTS") is not None
    name = reader.dotted() if reader.takes_name() and not reader.sees("AUTHORIZATION") else None
    if name is None and reader.done:
        raise reader.expected(("a name",))
    return CreateObject(kind, name, span, replace, guard)


def drop(reader: Reader, span: Span) -> tuple[Change, ...]:
    """Reads any DROP from its first word: one change an object; raises NotSqlError."""
    reader.need("DROP")
    reader.take_any("TEMPORARY")
    if reader.take("TABLE"):
        guard = reader.take("IF", "EXISTS") is not None
        tables = _list(reader, "a table name")
        cascade = _behaviour(reader)
        return tuple(DropTable(table, span, guard, cascade) for table in tables)
    if reader.take("INDEX"):
        concurrently = reader.takes_name(1) and reader.take("CONCURRENTLY") is not None
        guard = reader.take("IF", "EXISTS") is not None
        indexes = _list(reader, "an index name")
        on = reader.dotted("a table name") if reader.take("ON") else None
        _behaviour(reader)
        return tuple(DropIndex(index, span, on, guard, concurrently) for index in indexes)
    kind = _kind(reader)
    guard = reader.take("IF", "EXISTS") is not None
    names: list[Name | None] = list(_list(reader, "a name")) if reader.takes_name() else [None]
    cascade = any(token.upper == "CASCADE" for token in reader.rest())
    return tuple(DropObject(kind, name, span, guard, cascade) for name in names)


def truncate(reader: Reader, span: Span) -> tuple[Change, ...]:
    """Reads TRUNCATE: one change a table; raises NotSqlError."""
    reader.need("TRUNCATE")
    if reader.takes_name(1):
        reader.take("TABLE")
    if reader.takes_name(1):
        reader.take("ONLY")
    tables = _list(reader, "a table name")
    if reader.take_any("RESTART", "CONTINUE"):
        reader.need("IDENTITY")
    cascade = _behaviour(reader)
    return tuple(Truncate(table, span, cascade) for table in tables)


def altered(reader: Reader) -> str:
    """The kind of object that an ALTER is about; raises NotSqlError where it is none."""
    reader.need("ALTER")
    return (
        reader.take_any("INDEX", "ROLE", "SYSTEM", "DEFAULT", "SESSION", "LARGE", "INSTANCE") or _kind(reader).upper()
    )


def _list(reader: Reader, what: str) -> tuple[Name, ...]:
    names = [reader.dotted(what)]
    while reader.take("*") or reader.take(","):
        if reader.tokens[reader.at - 1].text == ",":
            names.append(reader.dotted(what))
    return tuple(names)


def _behaviour(reader: Reader) -> bool:
    word = reader.take_any("CASCADE", "RESTRICT")
    reader.take("CONSTRAINTS")
    reader.finish("the end of the statement", "CASCADE", "RESTRICT")
    return word == "CASCADE"


def _kind(reader: Reader) -> ObjectKind:
    for words, kind in _KINDS.items():
        if reader.take(*words):
            return kind
    raise reader.expected(("a kind of object", *_KNOWN))
