"""Column definitions, types and constraints, as CREATE TABLE and ALTER TABLE write them."""

from __future__ import annotations

from typing import Final

from kmblint.sql.expressions import parse_expression, read_expression
from kmblint.sql.reader import NAMES, Reader
from kmblint.sql.tree import Node, Shape
from kmblint.wording import nearest

_OPTIONS: Final = (
    "NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "CONSTRAINT", "GENERATED", "IDENTITY",
    "COLLATE", "COMMENT", "AUTO_INCREMENT", "AUTOINCREMENT", "ON", "CHARACTER", "CHARSET", "AS", "DEFERRABLE",
    "INITIALLY", "STORAGE", "COMPRESSION", "VISIBLE", "INVISIBLE", "FIRST", "AFTER", "KEY", "USING", "ASC", "DESC",
    "ENFORCED", "NO",
)  # fmt: skip
"""The words that begin an option of a column, and so end its type or its DEFAULT."""
_OPTION_WORDS: Final = frozenset(_OPTIONS)
_TYPE_PREFIXES: Final = frozenset({"UNSIGNED", "NATIONAL", "LONG"})
_TYPE_SUFFIXES: Final = ("UNSIGNED", "SIGNED", "ZEROFILL", "ARRAY")
_CONSTRAINT_WORDS: Final = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"})
_ACTIONS: Final = (("RESTRICT",), ("CASCADE",), ("SET", "NULL"), ("NO", "ACTION"), ("SET", "DEFAULT"))
_BEHIND_CONSTRAINTS: Final = (
    ("NOT", "VALID"), ("NOT", "DEFERRABLE"), ("DEFERRABLE",), ("INITIALLY", "DEFERRED"), ("INITIALLY", "IMMEDIATE"),
    ("NOT", "ENFORCED"), ("ENFORCED",), ("NO", "INHERIT"),
)  # fmt: skip
_PLAIN_OPTIONS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "NOT": (("NOT", "NULL"),),
    **{word: ((word,),) for word in (
        "NULL", "AUTO_INCREMENT", "AUTOINCREMENT", "VISIBLE", "INVISIBLE", "FIRST", "ASC", "DESC",
    )},
}  # fmt: skip
"""First word → the options of no further parts that begin with it."""


def read_column(reader: Reader) -> Node:
    """One column definition to the end of the reader: its name, its type where it has one, and its options."""
    start = reader.at
    name = reader.name("a column name")
    parts = [name]
    if not reader.done and (reader.word not in _OPTION_WORDS or reader.word == "CHARACTER"):
        parts.append(read_type(reader))
    while not reader.done:
        parts.append(_option(reader))
    return Node("column", reader.since(start), name.text, tuple(parts))


def read_type(reader: Reader) -> Node:
    """A type: `text` is its words before any suffix; parts are `arguments`, UNSIGNED, ARRAY, WITH TIME ZONE …."""
    start = reader.at
    first = reader.dotted("a type")
    words = [_type_word(first)]
    parts: list[Node] = []
    while not reader.done and (reader.word not in _OPTION_WORDS or reader.word == "CHARACTER"):
        begin = reader.at
        if len(words) == 1 and words[0] in _TYPE_PREFIXES and reader.takes_name() and not reader.sees("VARYING"):
            words.append(_type_word(reader.dotted("a type")))
        elif more := reader.take_any("PRECISION", "VARYING"):
            words.append(more)
        elif more := reader.take_any(*_TYPE_SUFFIXES):
            parts.append(Node(more, reader.since(begin)))
        elif reader.sees("(") and not any(part.kind == "arguments" for part in parts):
            tokens = reader.inside().slice()
            given = (Node(token.kind.value, token.span, token.text) for token in tokens if token.text != ",")
            parts.append(Node("arguments", reader.since(begin), parts=tuple(given)))
        elif reader.take("["):
            reader.until("]")
            reader.need("]")
            parts.append(Node("ARRAY", reader.since(begin)))
        elif words[0] in ("TIME", "TIMESTAMP") and (zone := reader.take_any("WITH", "WITHOUT")):
            local = " LOCAL" if reader.take("LOCAL") else ""
            reader.need("TIME", "ZONE")
            parts.append(Node(f"{zone}{local} TIME ZONE", reader.since(begin)))
        else:
            break
    return Node("type", reader.since(start), " ".join(words), tuple(parts), quoted=first.quoted)


def _type_word(name: Node) -> str:
    return name.name.text if name.quoted or name.qualifier else name.text.upper()


def _option(reader: Reader) -> Node:
    """One option of a column: a constraint, a default, or what is only noted."""
    start = reader.at
    if reader.take("CONSTRAINT"):
        given = reader.name("a constraint name")
        return Node("CONSTRAINT", reader.since(start), parts=(given,))
    for words in _PLAIN_OPTIONS.get(reader.word, ()):
        if option := reader.clause(*words):
            return option
    if reader.take("DEFAULT"):
        value = read_expression(reader, _OPTION_WORDS)
        return Node("DEFAULT", reader.since(start), parts=(value,))
    if option := reader.clause("PRIMARY", "KEY") or reader.clause("KEY"):
        return option
    if reader.take("UNIQUE"):
        more = reader.clause("KEY") or _nulls(reader)
        return Node("UNIQUE", reader.since(start), parts=(more,) if more else ())
    if reader.sees("REFERENCES"):
        return read_references(reader)
    if reader.sees("CHECK"):
        return _check(reader)
    return _noted_option(reader)


def _noted_option(reader: Reader) -> Node:
    start = reader.at
    if reader.take("GENERATED"):
        if reader.take("BY"):
            reader.need("DEFAULT")
        else:
            reader.need("ALWAYS")
        reader.need("AS")
        parts = _generated(reader)
        return Node("GENERATED", reader.since(start), parts=parts)
    if reader.take("AS"):
        parts = _generated(reader)
        return Node("AS", reader.since(start), parts=parts)
    if reader.take("IDENTITY"):
        parts = _optional_group(reader)
        return Node("IDENTITY", reader.since(start), parts=parts)
    if reader.take("COLLATE"):
        name = reader.dotted("a collation")
        return Node("COLLATE", reader.since(start), parts=(name,))
    if reader.take("CHARACTER", "SET") or reader.take("CHARSET"):
        name = reader.dotted("a character set")
        return Node("CHARACTER SET", reader.since(start), parts=(name,))
    if reader.take("ON", "UPDATE"):
        reader.name("a value")
        parts = _optional_group(reader)
        return Node("ON UPDATE", reader.since(start), parts=parts)
    if reader.sees("ON", "CONFLICT") or reader.word in ("NOT", "DEFERRABLE", "INITIALLY", "NO", "ENFORCED"):
        if reader.sees("NOT") and reader.peek(1).upper not in ("VALID", "DEFERRABLE", "ENFORCED"):
            reader.step()
            raise reader.expected(("NULL",))
        return _behind_constraint(reader)
    if word := reader.take_any("COMMENT", "STORAGE", "COMPRESSION", "AFTER"):
        if reader.done:
            raise reader.expected(("a value",))
        token = reader.step()
        return Node(word, reader.since(start), parts=(Node(token.kind.value, token.span, token.text),))
    if reader.take("PRIMARY"):
        raise reader.expected(("KEY",))
    raise reader.expected(("a column option or `,`", *_OPTIONS))


def _generated(reader: Reader) -> tuple[Node, ...]:
    if identity := reader.clause("IDENTITY"):
        return (identity, *_optional_group(reader))
    inside = reader.inside()
    value = read_expression(inside)
    if not reader.take_any(*_COMPUTED) and reader.word not in _OPTION_WORDS and nearest(reader.word, _COMPUTED):
        raise reader.expected(_COMPUTED)
    return (value,)


_COMPUTED: Final = ("STORED", "VIRTUAL", "PERSISTED")
"""When the value of a column that is computed is."""


def _optional_group(reader: Reader) -> tuple[Node, ...]:
    begin = reader.at
    if not reader.sees("("):
        return ()
    reader.inside()
    return (Node("arguments", reader.since(begin)),)


# --- constraints ------------------------------------------------------------------------------------------------------


def begins_constraint(reader: Reader) -> bool:
    """Whether a table constraint comes next rather than a column; Kimberlite takes no column of these five names."""
    return reader.word in _CONSTRAINT_WORDS or (reader.sees("NOT", "NULL") and reader.takes_name(2))


def read_constraint(reader: Reader) -> Node:
    """A table constraint to the end of the reader: the constraint itself, and the clauses behind it."""
    start = reader.at
    parts: list[Node] = []
    if reader.sees("CONSTRAINT"):
        reader.step()
        if not reader.sees("("):
            given = reader.name("a constraint name")
            parts.append(Node("CONSTRAINT", reader.since(start), parts=(given,)))
    if reader.take("PRIMARY", "KEY"):
        parts += _key(reader)
        constraint = Node("PRIMARY KEY", reader.since(start), parts=tuple(parts))
    elif reader.take("UNIQUE"):
        parts += filter(None, [reader.clause("KEY") or reader.clause("INDEX"), _nulls(reader)])
        parts += _key(reader)
        constraint = Node("UNIQUE", reader.since(start), parts=tuple(parts))
    elif reader.take("FOREIGN", "KEY"):
        if reader.takes_name():
            parts.append(reader.name())
        parts.append(reader.columns())
        parts.append(read_references(reader))
        constraint = Node("FOREIGN KEY", reader.since(start), parts=tuple(parts))
    elif reader.sees("CHECK"):
        check = _check(reader)
        constraint = Node("CHECK", reader.since(start), parts=(*parts, *check.parts))
    elif reader.take("NOT", "NULL"):
        parts.append(reader.name("a column name"))
        constraint = Node("NOT NULL", reader.since(start), parts=tuple(parts))
    else:
        raise reader.expected(("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"))
    behind: list[Node] = []
    while not reader.done:
        behind.append(_behind_constraint(reader))
    return Node("constraint", reader.since(start), parts=(constraint, *behind))


def _key(reader: Reader) -> list[Node]:
    """The name of an index, where one is written, and the columns; their lengths and orders are parts too."""
    parts: list[Node] = []
    if reader.takes_name() and not reader.sees("USING"):
        parts.append(reader.name())
    if reader.sees("USING", "INDEX"):
        return parts
    parts += read_method(reader)
    begin = reader.at
    inside = reader.inside()
    if inside.done:
        raise inside.expected(("a column name",))
    columns: list[Node] = []
    for item in inside.items():
        columns.append(parse_expression(item))
        if item.takes_word() and item.word not in _ORDERS:
            item.dotted("an operator class")
        if order := item.clause("ASC") or item.clause("DESC"):
            columns.append(order)
        item.finish(",")
    return [*parts, Node("columns", reader.since(begin), parts=tuple(columns))]


_ORDERS: Final = frozenset({"ASC", "DESC"})


def read_method(reader: Reader) -> list[Node]:
    """`USING method` of an index, as a list that is empty where it doesn't come next."""
    begin = reader.at
    return [reader.node("USING", begin, reader.name("an index method"))] if reader.take("USING") else []


def read_references(reader: Reader) -> Node:
    """REFERENCES with its table, its columns, MATCH and its actions."""
    start = reader.at
    reader.need("REFERENCES")
    parts = [reader.dotted("a table name")]
    if reader.sees("("):
        parts.append(reader.columns())
    while True:
        begin = reader.at
        if reader.take("MATCH"):
            match = reader.name("FULL")
            parts.append(Node("MATCH", reader.since(begin), match.text))
        elif reader.take("ON", "DELETE") or (
            reader.sees("ON", "UPDATE") and any(reader.sees(*words, ahead=2) for words in _ACTIONS)
        ):
            kind = "ON DELETE" if reader.at > begin else "ON UPDATE"
            reader.at = begin + 2
            action = next((" ".join(words) for words in _ACTIONS if reader.take(*words)), None)
            if action is None:
                raise reader.expected(map(" ".join, _ACTIONS))
            some = (reader.columns(),) if reader.sees("(") else ()
            parts.append(Node(kind, reader.since(begin), action, some))
        else:
            return Node("REFERENCES", reader.since(start), parts=tuple(parts))


def _check(reader: Reader) -> Node:
    start = reader.at
    reader.need("CHECK")
    condition = read_expression(reader.inside(), what="a condition")
    more = reader.clause("NO", "INHERIT")
    return Node("CHECK", reader.since(start), parts=(condition, *([more] if more else [])))


def _behind_constraint(reader: Reader) -> Node:
    start = reader.at
    for words in _BEHIND_CONSTRAINTS:
        if clause := reader.clause(*words):
            return clause
    if reader.take("INCLUDE"):
        reader.inside()
        return Node("INCLUDE", reader.since(start))
    if reader.take("USING", "INDEX"):
        kind = "USING INDEX TABLESPACE" if reader.take("TABLESPACE") else "USING INDEX"
        name = reader.name("an index name")
        return Node(kind, reader.since(start), parts=(name,))
    if reader.take("ON", "CONFLICT"):
        name = reader.name("ROLLBACK")
        return Node("ON CONFLICT", reader.since(start), name.text)
    if word := reader.take_any("WITH", "USING", "COMMENT"):
        reader.skip()
        return Node(word, reader.since(start))
    raise reader.expected((",", "DEFERRABLE", "INITIALLY", "NOT", "ON"))


def _nulls(reader: Reader) -> Node | None:
    return reader.clause("NULLS", "NOT", "DISTINCT") or reader.clause("NULLS", "DISTINCT")


def is_plain_index(reader: Reader) -> bool:
    """Whether MySQL's `KEY name (columns)` or `INDEX name (columns)` comes next rather than a column of that name."""
    if reader.word not in ("KEY", "INDEX", "FULLTEXT", "SPATIAL"):
        return False
    opening = 1 if reader.peek(1).text == "(" else 2
    if reader.peek(opening).text != "(":
        return reader.word in ("FULLTEXT", "SPATIAL") and reader.peek(1).upper in ("KEY", "INDEX")
    return reader.peek(opening + 1).kind in NAMES


def name_of(node: Node) -> Node | None:
    """The name of the column that a part of a key or index is: bare, with a length (`name(10)`), or with COLLATE."""
    if node.kind is Shape.COLLATE:
        node = node.parts[0]
    prefix = node.kind is Shape.CALL and len(node.parts) == 1 and node.parts[0].kind is Shape.NUMBER
    plain = node.kind is Shape.COLUMN and node.qualifier is None
    return node if plain or prefix else None
