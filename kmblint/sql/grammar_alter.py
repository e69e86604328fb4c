"""ALTER TABLE: one node an action, read between top-level commas."""

from __future__ import annotations

from typing import Final

from kmblint.sql.expressions import read_expression
from kmblint.sql.grammar_columns import begins_constraint, read_column, read_constraint, read_type
from kmblint.sql.grammar_tables import excludes, index_parts
from kmblint.sql.reader import NAMES, Reader
from kmblint.sql.scanner import Kind
from kmblint.sql.tree import Node, Shape

_COLUMN_ACTIONS: Final = (
    "STATISTICS", "STORAGE", "COMPRESSION", "GENERATED", "EXPRESSION", "IDENTITY", "INCREMENT", "START", "RESTART",
    "CACHE", "VISIBLE", "INVISIBLE", "OPTIONS", "(",
)  # fmt: skip
"""What else PostgreSQL and MySQL set, add or drop of a column: the word behind SET, ADD or DROP."""
_ACTIONS: Final = (
    "ADD", "DROP", "RENAME", "ALTER", "MODIFY", "CHANGE", "SET", "OWNER", "ENABLE", "DISABLE", "VALIDATE", "ATTACH",
    "DETACH", "INHERIT", "NO", "CLUSTER", "RESET", "REPLICA", "FORCE", "ENGINE", "CONVERT", "AUTO_INCREMENT", "COMMENT",
    "ORDER", "PARTITION", "OF", "NOT", "DEFAULT", "CHARACTER", "COLLATE", "ALGORITHM", "LOCK", "TABLESPACE", "IMPORT",
    "DISCARD", "TRUNCATE", "EXCHANGE", "REORGANIZE", "COALESCE", "WITH",
)  # fmt: skip
OTHER_ACTION: Final = "action"
"""The kind of an action that isn't modelled; `text` is its first words."""


def alter_table(reader: Reader) -> Node:
    """ALTER TABLE from its first word: IF EXISTS, the table, and its actions."""
    reader.need("ALTER", "TABLE")
    parts = reader.optional("IF", "EXISTS")
    if reader.takes_name(1) and not reader.sees(".", ahead=1) and (only := reader.clause("ONLY")):
        parts.append(only)
    parts.append(reader.dotted("a table name"))
    reader.take("*")
    if reader.done:
        raise reader.expected(("ADD", "DROP", "ALTER"))
    parts += (_action(item) for item in reader.items())
    return reader.node("ALTER TABLE", 0, *parts)


def _action(reader: Reader) -> Node:
    start = reader.at
    if reader.take("ADD"):
        return _add(reader, start)
    if reader.take("DROP"):
        return _drop(reader, start)
    if reader.take("RENAME"):
        return _rename(reader, start)
    if reader.take("ALTER"):
        return _alter(reader, start)
    if word := reader.take_any("MODIFY", "CHANGE"):
        return _redefine(reader, start, word)
    if reader.word in _ACTIONS:
        return _other(reader, start)
    raise reader.expected(_ACTIONS)


def _other(reader: Reader, start: int) -> Node:
    words = " ".join(token.text for token in reader.tokens[start : start + 2] if token.kind is Kind.WORD)
    reader.rest()
    return reader.node(OTHER_ACTION, start, text=words)


def _add(reader: Reader, start: int) -> Node:
    if excludes(reader):
        name = [reader.name()] if reader.take("CONSTRAINT") else []
        reader.rest()
        return reader.node("ADD EXCLUDE", start, *name)
    if begins_constraint(reader):
        return reader.node("ADD CONSTRAINT", start, read_constraint(reader))
    if reader.word in ("INDEX", "KEY", "FULLTEXT", "SPATIAL") and _is_index(reader):
        return _add_index(reader, start)
    if reader.word in ("PARTITION", "GENERATED"):
        return _other(reader, start)
    if reader.takes_name(1) or reader.sees("COLUMN", "("):
        reader.take("COLUMN")
    parts = reader.optional("IF", "NOT", "EXISTS")
    if reader.sees("COLUMN") and reader.at == reader.stop - 1:
        reader.step()
    if reader.sees("("):
        columns = tuple(map(read_column, reader.inside().items()))
        several = reader.node("ADD COLUMN", start, *parts, *columns, text="(")
        reader.finish(",")
        return several
    return reader.node("ADD COLUMN", start, *parts, read_column(reader))


def _is_index(reader: Reader) -> bool:
    opening = next((ahead for ahead in range(1, 5) if reader.peek(ahead).text == "("), None)
    return opening is not None and reader.peek(opening + 1).kind in NAMES


def _add_index(reader: Reader, start: int) -> Node:
    parts = reader.optional("FULLTEXT") or reader.optional("SPATIAL")
    reader.take_any("INDEX", "KEY")
    if reader.takes_name() and not reader.sees("USING"):
        parts.append(reader.name())
    if reader.take("USING"):
        reader.name()
    parts += index_parts(reader)
    begin = reader.at
    if not reader.done:
        reader.rest()
        parts.append(reader.node("INDEX OPTIONS", begin))
    return reader.node("ADD INDEX", start, *parts)


def _drop(reader: Reader, start: int) -> Node:
    if reader.word in ("CONSTRAINT", "CHECK") and reader.takes_name(1):
        reader.step()
        return _dropped(reader, start, "DROP CONSTRAINT", "a constraint name")
    if reader.take("FOREIGN", "KEY"):
        return reader.node("DROP CONSTRAINT", start, reader.name("a constraint name"))
    if reader.sees("PRIMARY", "KEY") or reader.word == "PARTITION":
        return _other(reader, start)
    last = reader.at + 1 == reader.stop - 1 and reader.peek(1).upper in ("CASCADE", "RESTRICT")
    if reader.word in ("INDEX", "KEY") and reader.takes_name(1) and not last:
        reader.step()
        return _dropped(reader, start, "DROP INDEX", "an index name")
    if reader.sees("COLUMN") and reader.takes_name(1):
        reader.step()
    return _dropped(reader, start, "DROP COLUMN", "a column name")


def _dropped(reader: Reader, start: int, kind: str, what: str) -> Node:
    parts = reader.optional("IF", "EXISTS")
    parts.append(reader.name(what))
    if behaviour := reader.clause("CASCADE") or reader.clause("RESTRICT"):
        parts.append(behaviour)
    reader.finish(",", "CASCADE", "RESTRICT", "COLUMN", "CONSTRAINT")
    return reader.node(kind, start, *parts)


def _rename(reader: Reader, start: int) -> Node:
    if reader.take("TO") or reader.take("AS"):
        renaming = reader.node("RENAME TO", start, reader.dotted("a table name"))
    elif reader.word in ("INDEX", "KEY") and not reader.sees("TO", ahead=1):
        return _other(reader, start)
    elif reader.stop - start == 2:
        renaming = reader.node("RENAME TO", start, reader.dotted("a table name"))
    else:
        kind = "CONSTRAINT" if reader.sees("CONSTRAINT") and not reader.sees("TO", ahead=1) else "COLUMN"
        if kind == "CONSTRAINT" or (reader.sees("COLUMN") and not reader.sees("TO", ahead=1)):
            reader.step()
        what = f"a {kind.lower()} name"
        old = reader.name(what)
        reader.need("TO")
        renaming = reader.node(f"RENAME {kind}", start, old, reader.name(what))
    reader.finish(",")
    return renaming


def _alter(reader: Reader, start: int) -> Node:
    named = reader.takes_name(1) and reader.peek(1).upper not in ("TYPE", "SET", "DROP")
    if named and reader.word in ("CONSTRAINT", "INDEX", "CHECK"):
        return _other(reader, start)
    verbs = ("TYPE", "SET", "DROP", "ADD")
    if reader.sees("COLUMN") and (reader.peek(1).upper not in verbs or reader.peek(2).upper in verbs):
        reader.step()
    column = reader.name("a column name")
    begin = reader.at
    if reader.take("SET", "DATA", "TYPE") or reader.take("TYPE"):
        return _typed(reader, start, column)
    plain = (
        reader.clause("SET", "NOT", "NULL") or reader.clause("DROP", "NOT", "NULL") or reader.clause("DROP", "DEFAULT")
        or reader.clause("DROP", "MASKING", "POLICY")
    )  # fmt: skip
    if plain:
        reader.finish(",")
        return reader.node("ALTER COLUMN", start, column, plain)
    if reader.take("SET", "DEFAULT"):
        return reader.node("ALTER COLUMN", start, column, reader.node("SET DEFAULT", begin, read_expression(reader)))
    if reader.take("SET", "MASKING", "POLICY"):
        policy = reader.node("SET MASKING POLICY", begin, reader.name("a policy name"))
        reader.finish(",")
        return reader.node("ALTER COLUMN", start, column, policy)
    if reader.word in ("SET", "DROP", "ADD", "RESET") and reader.peek(1).upper in _COLUMN_ACTIONS:
        return _other(reader, start)
    if reader.takes_name() and reader.word not in ("SET", "DROP", "TYP", "TYEP"):
        return _typed(reader, start, column)
    if reader.done:
        raise reader.expected(("TYPE", "SET", "DROP"))
    reader.step()
    if reader.take("NOT"):
        raise reader.expected(("NULL",))
    raise reader.expected(("NOT", "DEFAULT", "DATA", "MASKING", *_COLUMN_ACTIONS))


def _typed(reader: Reader, start: int, column: Node) -> Node:
    begin = reader.at
    parts = [read_type(reader)]
    if reader.take("COLLATE"):
        reader.dotted("a collation")
    if reader.sees("USING"):
        using = reader.at
        reader.step()
        parts.append(reader.node("USING", using, read_expression(reader)))
    if null := reader.clause("NOT", "NULL") or reader.clause("NULL"):
        parts.append(null)
    reader.take_any("CASCADE", "RESTRICT")
    reader.finish(",", "USING", "COLLATE")
    return reader.node("ALTER COLUMN", start, column, reader.node("TYPE", begin, *parts))


def _redefine(reader: Reader, start: int, word: str) -> Node:
    """MODIFY and CHANGE of a column; Kimberlite's SET CLASSIFICATION too."""
    if reader.sees("COLUMN") and reader.takes_name(1):
        reader.step()
    if word == "MODIFY" and reader.sees("SET", "CLASSIFICATION", ahead=1):
        column = reader.name("a column name")
        reader.at += 2
        if reader.peek().kind is not Kind.STRING:
            raise reader.expected(("a quoted classification",))
        label = reader.step()
        reader.finish()
        return reader.node("SET CLASSIFICATION", start, column, Node(Shape.STRING, label.span, label.value))
    old = [reader.name("a column name")] if word == "CHANGE" else []
    return reader.node(f"{word} COLUMN", start, *old, read_column(reader))
