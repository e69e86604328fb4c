"""CREATE TABLE and CREATE INDEX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kmblint.schema.changes import AddIndex, AddTable
from kmblint.schema.parts import Clause, ColumnDefinition, Constraint, IndexPart, Name
from kmblint.schema.predicate import Predicate, column_refs
from kmblint.sql.lower_columns import is_plain_index, read_column
from kmblint.sql.lower_constraints import begins_constraint, read_constraint
from kmblint.sql.lower_predicates import predicate
from kmblint.sql.lower_values import value
from kmblint.sql.reader import Reader, items
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.words import QUERY_WORDS
from kmblint.text import Span

_TABLE_KINDS: Final = ("GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED", "EXTERNAL", "VIRTUAL")
_INDEX_KINDS: Final = ("UNIQUE", "FULLTEXT", "SPATIAL", "CLUSTERED", "NONCLUSTERED")
_GROUPED_OPTIONS: Final = (("INHERITS",), ("WITH",))
_WORD_OPTIONS: Final = (
    ("TABLESPACE",), ("ENGINE",), ("USING",), ("COLLATE",), ("COMMENT",), ("CHARSET",), ("DEFAULT", "CHARSET"),
    ("CHARACTER", "SET"), ("DEFAULT", "CHARACTER", "SET"), ("DEFAULT", "COLLATE"), ("AUTO_INCREMENT",),
    ("ROW_FORMAT",), ("LOCATION",),
)  # fmt: skip
_BARE_OPTIONS: Final = (
    ("WITHOUT", "ROWID"),
    ("WITHOUT", "OIDS"),
    ("STRICT",),
    ("WITH", "DATA"),
    ("WITH", "NO", "DATA"),
)
_OPTION_WORDS: Final = (
    "AS", "INHERITS", "WITH", "TABLESPACE", "ENGINE", "PARTITION", "ON", "USING", "COLLATE", "COMMENT", "WITHOUT",
    "STRICT", "DEFAULT", "CHARSET", "CLUSTER", "LIKE",
)  # fmt: skip


def create_table(reader: Reader, text: str, span: Span) -> AddTable:
    """Reads CREATE TABLE from its first word; raises NotSqlError."""
    reader.need("CREATE")
    clauses = _heading(reader, _TABLE_KINDS)
    reader.need("TABLE")
    guard = reader.take("IF", "NOT", "EXISTS") is not None
    table = reader.dotted("a table name")
    columns: list[ColumnDefinition] = []
    constraints: list[Constraint] = []
    if reader.sees("(") and reader.peek(1).upper not in QUERY_WORDS:
        inside = reader.group()
        alone = _only_item(inside)
        for item in items(inside, reader.tokens[reader.at - 1].start) if inside else []:
            noted = _note(item, alone=alone)
            if noted is not None:
                clauses.append(noted)
            elif begins_constraint(item):
                constraint, behind = read_constraint(item, text)
                constraints.append(constraint)
                clauses += behind
            else:
                columns.append(read_column(item, text))
    elif reader.done:
        raise reader.expected(("(", "AS"))
    query = False
    while not reader.done:
        reader.take(",")
        at = reader.at
        keyword = _table_option(reader)
        query = query or keyword == "AS SELECT"
        clauses.append(Clause(keyword, reader.since(at)))
    return AddTable(table, tuple(columns), tuple(constraints), span, guard, query, tuple(clauses))


def create_index(reader: Reader, text: str, span: Span) -> AddIndex:
    """Reads CREATE INDEX from its first word; raises NotSqlError."""
    reader.need("CREATE")
    clauses = _heading(reader, _INDEX_KINDS)
    unique = any(clause.keyword == "UNIQUE" for clause in clauses)
    reader.need("INDEX")
    concurrently = reader.take("CONCURRENTLY")
    guard = reader.take("IF", "NOT", "EXISTS")
    clauses += [Clause("CONCURRENTLY", concurrently)] if concurrently else []
    clauses += [Clause("IF NOT EXISTS", guard)] if guard else []
    named = not reader.sees("ON") or reader.sees("ON", ahead=1)
    name = reader.dotted("an index name") if named else None
    clauses += _method(reader)
    reader.need("ON")
    if reader.takes_name(1) and (only := reader.take("ONLY")):
        clauses.append(Clause("ONLY", only))
    table = reader.dotted("a table name")
    clauses += _method(reader)
    parts, noted = index_parts(reader, text)
    clauses += noted
    where: Predicate | None = None
    while not reader.done:
        at = reader.at
        if reader.take("WHERE"):
            where = predicate(reader.rest(), text, span.end)
            clauses.append(Clause("WHERE", reader.since(at)))
        else:
            clauses.append(Clause(_index_option(reader), reader.since(at)))
    return AddIndex(
        table, name, parts, span, unique, guard is not None, concurrently is not None, where, tuple(clauses)
    )


def index_parts(reader: Reader, text: str) -> tuple[tuple[IndexPart, ...], list[Clause]]:
    """Reads the parts of an index in parentheses, and the clauses in them (DESC, NULLS …); raises NotSqlError."""
    inside = reader.group()
    closing = reader.tokens[reader.at - 1].start
    if not inside:
        reader.at -= 1
        raise reader.expected(("a column name",))
    parts: list[IndexPart] = []
    clauses: list[Clause] = []
    for item in items(inside, closing):
        column, refs = _indexed(item, text)
        stop = item.at
        descending = False
        while not item.done:
            at = item.at
            keyword = _part_option(item)
            descending = descending or keyword == "DESC"
            if keyword != "ASC":
                clauses.append(Clause(keyword, item.since(at)))
        parts.append(IndexPart(column, Span(item.tokens[0].start, item.tokens[stop - 1].end), descending, refs))
    return tuple(parts), clauses


def _heading(reader: Reader, kinds: tuple[str, ...]) -> list[Clause]:
    clauses: list[Clause] = []
    if replacing := reader.take("OR", "REPLACE"):
        clauses.append(Clause("OR REPLACE", replacing))
    while reader.peek().upper in kinds:
        token = reader.step()
        clauses.append(Clause("TEMPORARY" if token.upper == "TEMP" else token.upper, token.span))
    return clauses


def _only_item(inside: Sequence[Token]) -> bool:
    return not any(token.text == "," and token.kind is Kind.SYMBOL for token in inside)


def _note(item: Reader, *, alone: bool) -> Clause | None:
    """A part of CREATE TABLE's parentheses that is neither column nor constraint: LIKE, EXCLUDE, MySQL's KEY."""
    if item.sees("LIKE") and item.takes_name(1) and (alone or item.peek(2).upper in ("INCLUDING", "EXCLUDING")):
        keyword = "LIKE"
    elif item.sees("EXCLUDE") and item.peek(1).upper in ("USING", "("):
        keyword = "EXCLUDE"
    elif is_plain_index(item):
        keyword = "INDEX"
    else:
        return None
    item.rest()
    return Clause(keyword, item.since(0))


def _table_option(reader: Reader) -> str:
    if (
        reader.sees("AS") or reader.peek().upper in ("SELECT", "VALUES") or (
            reader.sees("(") and reader.peek(1).upper in QUERY_WORDS)
    ):  # fmt: skip
        reader.take("AS")
        if reader.done:
            raise reader.expected(("SELECT",))
        reader.rest()
        return "AS SELECT"
    for words in _BARE_OPTIONS:
        if reader.take(*words):
            return " ".join(words)
    for words in _GROUPED_OPTIONS:
        if reader.take(*words):
            reader.group()
            return " ".join(words)
    if reader.take("ON", "COMMIT"):
        if not (reader.take("DROP") or reader.take("DELETE", "ROWS") or reader.take("PRESERVE", "ROWS")):
            raise reader.expected(("DROP", "DELETE ROWS", "PRESERVE ROWS"))
        return "ON COMMIT"
    for word in ("PARTITION", "CLUSTER"):
        if reader.take(word):
            by = "OF" if word == "PARTITION" and reader.take("OF") else "BY"
            if by == "BY":
                reader.need("BY")
            reader.until("WITH", "TABLESPACE", "ENGINE", "USING")
            return f"{word} {by}"
    if reader.take("OF"):
        reader.dotted("a type")
        return "OF"
    if reader.take("LIKE"):
        reader.dotted("a table name")
        return "LIKE"
    for words in _WORD_OPTIONS:
        if reader.take(*words):
            reader.take("=")
            if reader.done:
                raise reader.expected(("a value",))
            reader.step()
            _ = reader.group() if reader.sees("(") else ()
            return " ".join(words)
    if reader.takes_name() and reader.sees("=", ahead=1):
        word = reader.step().upper
        reader.at += 2
        return word
    raise reader.expected(("a table option", *_OPTION_WORDS))


def _method(reader: Reader) -> list[Clause]:
    at = reader.at
    if not reader.take("USING"):
        return []
    reader.name("an index method")
    return [Clause("USING", reader.since(at))]


def _index_option(reader: Reader) -> str:
    if reader.take("INCLUDE"):
        reader.names()
        return "INCLUDE"
    if reader.take("NULLS", "NOT", "DISTINCT") or reader.take("NULLS", "DISTINCT"):
        return "NULLS"
    if reader.take("WITH"):
        reader.group()
        return "WITH"
    if word := reader.take_any("TABLESPACE", "USING", "COMMENT", "ALGORITHM", "LOCK"):
        reader.take("=")
        if reader.done:
            raise reader.expected(("a value",))
        reader.step()
        return word
    raise reader.expected(("the end of the statement", "WHERE", "INCLUDE", "NULLS", "WITH", "TABLESPACE"))


def _indexed(item: Reader, text: str) -> tuple[Name | None, tuple[str, ...]]:
    """What a part of an index covers: a column, or an expression and the columns that it names."""
    if item.takes_name() and item.peek(1).text not in ("(", ".", "::", "||", "->", "->>", "+", "-", "*", "/"):
        return item.name(), ()
    if item.takes_name() and item.sees("(", ahead=1) and item.peek(2).kind is Kind.NUMBER and item.sees(")", ahead=3):
        return item.name(), ()
    start = item.at
    while not item.done and (item.at == start or item.peek().upper not in ("ASC", "DESC", "NULLS", "COLLATE")):
        if item.sees("("):
            item.group()
            if item.takes_name() and item.peek().upper not in ("ASC", "DESC", "NULLS", "COLLATE"):
                break
        else:
            item.step()
    expression = value(item.tokens[start : item.at], text, item.peek().start)
    return None, tuple(dict.fromkeys(ref.name for ref in column_refs(expression)))


def _part_option(item: Reader) -> str:
    if word := item.take_any("ASC", "DESC"):
        return word
    if item.take("NULLS"):
        if not item.take_any("FIRST", "LAST"):
            raise item.expected(("FIRST", "LAST"))
        return "NULLS"
    if item.take("COLLATE"):
        item.dotted("a collation")
        return "COLLATE"
    if item.sees("("):
        item.group()
        return "PREFIX"
    if item.takes_name():
        item.dotted()
        if item.sees("("):
            item.group()
        return "OPERATOR CLASS"
    raise item.expected((",", "ASC", "DESC", "NULLS", "COLLATE"))
