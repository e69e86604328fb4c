"""CREATE TABLE and CREATE INDEX."""

from __future__ import annotations

from typing import Final

from kmblint.sql.expressions import parse_expression, read_expression
from kmblint.sql.grammar_columns import begins_constraint, is_plain_index, read_column, read_constraint, read_method
from kmblint.sql.reader import NotSqlError, Reader
from kmblint.sql.tree import Node
from kmblint.sql.words import QUERY_WORDS

_TABLE_KINDS: Final = ("GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "TRANSIENT", "UNLOGGED", "EXTERNAL", "VIRTUAL")
_INDEX_KINDS: Final = ("UNIQUE", "FULLTEXT", "SPATIAL", "CLUSTERED", "NONCLUSTERED", *_TABLE_KINDS)
_BARE_OPTIONS: Final[tuple[tuple[str, ...], ...]] = (
    ("WITHOUT", "ROWID"), ("WITHOUT", "OIDS"), ("STRICT",), ("WITH", "DATA"), ("WITH", "NO", "DATA"),
)  # fmt: skip
_GROUPED_OPTIONS: Final = ("INHERITS", "WITH", "TBLPROPERTIES")
_WORD_OPTIONS: Final = (
    ("DEFAULT", "CHARSET"), ("DEFAULT", "CHARACTER", "SET"), ("DEFAULT", "COLLATE"), ("CHARACTER", "SET"),
    *((word,) for word in (
        "TABLESPACE", "ENGINE", "USING", "COLLATE", "COMMENT", "CHARSET", "AUTO_INCREMENT", "ROW_FORMAT", "LOCATION",
        "CHECKSUM", "COMPRESSION", "ENCRYPTION", "MAX_ROWS", "MIN_ROWS", "CONNECTION", "PASSWORD", "KEY_BLOCK_SIZE",
        "PACK_KEYS", "AVG_ROW_LENGTH", "DELAY_KEY_WRITE", "INSERT_METHOD", "STATS_PERSISTENT",
    )),
)  # fmt: skip
"""`OPTION [=] value` behind the columns."""
_OPTION_WORDS: Final = (
    "AS", "INHERITS", "WITH", "TABLESPACE", "ENGINE", "PARTITION", "ON", "USING", "COLLATE", "COMMENT", "WITHOUT",
    "STRICT", "DEFAULT", "CHARSET", "CLUSTER", "LIKE",
)  # fmt: skip
_PART_OPTIONS: Final = frozenset({"ASC", "DESC", "NULLS", "COLLATE"})


def create_table(reader: Reader) -> Node:
    """CREATE TABLE from its first word: heading, name, columns and constraints, and the options behind them."""
    reader.need("CREATE")
    parts = _heading(reader, _TABLE_KINDS)
    reader.need("TABLE")
    parts += reader.optional("IF", "NOT", "EXISTS")
    parts.append(reader.dotted("a table name"))
    if reader.sees("(") and reader.peek(1).upper not in QUERY_WORDS:
        inside = reader.inside()
        if not inside.done:
            items = list(inside.items())
            parts += (_part(item, alone=len(items) == 1) for item in items)
    elif reader.done:
        raise reader.expected(("(", "AS"))
    while not reader.done:
        reader.take(",")
        parts.append(_table_option(reader))
    return reader.node("CREATE TABLE", 0, *parts)


def _heading(reader: Reader, kinds: tuple[str, ...]) -> list[Node]:
    parts = reader.optional("OR", "REPLACE")
    while reader.word in kinds:
        begin = reader.at
        word = reader.step().upper
        parts.append(reader.node("TEMPORARY" if word == "TEMP" else word, begin))
    return parts


def _part(item: Reader, *, alone: bool) -> Node:
    """A part of the parentheses: a column, a constraint, or LIKE, EXCLUDE and MySQL's KEY, which are only noted."""
    start = item.at
    name: list[Node] = []
    if item.sees("LIKE") and item.takes_name(1) and (alone or item.peek(2).upper in ("INCLUDING", "EXCLUDING")):
        kind = "LIKE"
    elif excludes(item):
        kind = "EXCLUDE"
        name = [item.name()] if item.take("CONSTRAINT") else []
    elif is_plain_index(item):
        kind = "INDEX"
        item.take_any("FULLTEXT", "SPATIAL")
        item.take_any("KEY", "INDEX")
        item.take("(")  # without a name of its own, it has that of its first column
        name = [item.name()] if item.takes_name() else []
    else:
        return read_constraint(item) if begins_constraint(item) else read_column(item)
    item.rest()
    return item.node(kind, start, *name)


def _table_option(reader: Reader) -> Node:
    start = reader.at
    if reader.sees("AS") or reader.word in ("SELECT", "VALUES") or (
        reader.sees("(") and reader.peek(1).upper in QUERY_WORDS
    ):  # fmt: skip
        reader.take("AS")
        if reader.word not in ("SELECT", "WITH", "VALUES", "TABLE", "(", "EXECUTE"):
            raise reader.expected(("SELECT", "WITH", "VALUES"))
        reader.rest()
        return reader.node("AS SELECT", start)
    for words in _BARE_OPTIONS:
        if option := reader.clause(*words):
            return option
    if word := reader.take_any(*_GROUPED_OPTIONS):
        reader.inside()
        return reader.node(word, start)
    if reader.take("ON", "COMMIT"):
        if not (reader.take("DROP") or reader.take("DELETE", "ROWS") or reader.take("PRESERVE", "ROWS")):
            raise reader.expected(("DROP", "DELETE ROWS", "PRESERVE ROWS"))
        return reader.node("ON COMMIT", start)
    if reader.take("ORDER", "BY"):
        if reader.sees("("):
            reader.skip()
        else:
            parse_expression(reader)
        return reader.node("ORDER BY", start)
    if word := reader.take_any("PARTITION", "CLUSTER"):
        by = "OF" if word == "PARTITION" and reader.take("OF") else "BY"
        if by == "BY":
            reader.need("BY")
        reader.until("WITH", "TABLESPACE", "ENGINE", "USING")
        return reader.node(f"{word} {by}", start)
    if word := reader.take_any("OF", "LIKE", "CLONE"):
        return reader.node(word, start, reader.dotted("a type" if word == "OF" else "a table name"))
    for words in _WORD_OPTIONS:
        if reader.take(*words):
            assigned = [Node("=", span)] if (span := reader.take("=")) else []
            if reader.done:
                raise reader.expected(("a value",))
            value = Node(reader.peek().kind.value, reader.peek().span)
            reader.skip()
            if reader.sees("("):
                reader.skip()
            return reader.node(" ".join(words), start, *assigned, value)
    if reader.takes_name() and reader.sees("=", ahead=1):
        word = reader.step().upper
        reader.need("=")
        if reader.done:
            raise reader.expected(("a value",))
        reader.step()
        return reader.node(word, start)
    raise reader.expected(("a table option", *_OPTION_WORDS))


def create_index(reader: Reader) -> Node:
    """CREATE INDEX from its first word: heading, name, `ON` with the table, its `part`s, and what stands behind."""
    reader.need("CREATE")
    parts = _heading(reader, _INDEX_KINDS)
    reader.need("INDEX")
    parts += reader.optional("CONCURRENTLY") + reader.optional("IF", "NOT", "EXISTS")
    if not reader.sees("ON") or reader.sees("ON", ahead=1):
        parts.append(reader.dotted("an index name"))
    parts += read_method(reader)
    begin = reader.at
    reader.need("ON")
    if reader.sees("ONLY") and reader.takes_name(1):
        parts += reader.optional("ONLY")
    parts.append(reader.node("ON", begin, reader.dotted("a table name")))
    parts += read_method(reader)
    parts += index_parts(reader)
    while not reader.done:
        begin = reader.at
        if reader.take("WHERE"):
            parts.append(reader.node("WHERE", begin, read_expression(reader, _BEHIND_WHERE, "a condition")))
        else:
            parts.append(_index_option(reader))
    return reader.node("CREATE INDEX", 0, *parts)


_BEHIND_WHERE: Final = frozenset({"USING", "COMMENT"})


def index_parts(reader: Reader) -> list[Node]:
    """The parts of an index in parentheses, each with the options behind it (DESC, NULLS …)."""
    inside = reader.inside()
    if inside.done:
        raise inside.expected(("a column name",))
    return [_index_part(item) for item in inside.items()]


def _index_part(item: Reader) -> Node:
    start = item.at
    try:
        parts = [parse_expression(item)]
    except NotSqlError:
        item.at = start
        parts = [read_expression(item, _PART_OPTIONS)]
    if item.takes_word() and item.word not in _PART_OPTIONS:
        begin = item.at
        name = item.dotted("an operator class")
        if item.sees("("):
            item.inside()
        parts.append(item.node("OPERATOR CLASS", begin, name))
    while not item.done:
        parts.append(_part_option(item))
    return item.node("part", start, *parts)


def _part_option(item: Reader) -> Node:
    begin = item.at
    if order := item.clause("ASC") or item.clause("DESC"):
        return order
    if item.take("NULLS"):
        if not item.take_any("FIRST", "LAST"):
            raise item.expected(("FIRST", "LAST"))
        return item.node("NULLS", begin)
    if item.take("COLLATE"):
        return item.node("COLLATE", begin, item.dotted("a collation"))
    raise item.expected((",", "ASC", "DESC", "NULLS", "COLLATE"))


def _index_option(reader: Reader) -> Node:
    begin = reader.at
    if reader.take("INCLUDE"):
        return reader.node("INCLUDE", begin, *reader.names())
    if reader.take("NULLS", "NOT", "DISTINCT") or reader.take("NULLS", "DISTINCT"):
        return reader.node("NULLS DISTINCT", begin)
    if reader.take("WITH"):
        reader.inside()
        return reader.node("WITH", begin)
    if word := reader.take_any("TABLESPACE", "USING", "COMMENT", "ALGORITHM", "LOCK"):
        reader.take("=")
        if reader.done:
            raise reader.expected(("a value",))
        reader.step()
        return reader.node(word, begin)
    raise reader.expected(("the end of the statement", "WHERE", "INCLUDE", "NULLS", "WITH", "TABLESPACE"))


def excludes(item: Reader) -> bool:
    """Whether an EXCLUDE of PostgreSQL's begins, with or without a name of its own."""
    ahead = 2 if item.sees("CONSTRAINT") and item.takes_name(1) else 0
    return item.sees("EXCLUDE", ahead=ahead) and item.peek(ahead + 1).upper in ("USING", "(")
