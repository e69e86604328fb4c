"""Text to statements: split, each read alone into a tree, so that a broken one hides no other, and lowered.

A bug of ours in either is the statement's `failure`, never a word about the user's SQL.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Final

from kmblint.schema.changes import Change, Comment, Opaque, Read, Transaction
from kmblint.sql import lower_objects, lower_rows, lower_tables
from kmblint.sql.broken import batch_separator, meant
from kmblint.sql.grammar_alter import alter_table
from kmblint.sql.grammar_objects import altered, create_object, drop, grant, made_in, truncate
from kmblint.sql.grammar_rows import delete, insert, update
from kmblint.sql.grammar_tables import create_index, create_table
from kmblint.sql.lower_values import calls_in, tables_of
from kmblint.sql.placeholders import placeholders
from kmblint.sql.queries import read_query
from kmblint.sql.reader import MAX_DIGITS, LimitError, NotSqlError, Reader, TooDeepError, TooLongNumberError, short
from kmblint.sql.scanner import Kind, StatementTokens, Token, scan, split
from kmblint.sql.statement import Problem, ReadWords, Statement, time_travel
from kmblint.sql.tree import Node, Shape, Tree
from kmblint.sql.words import TRANSACTION
from kmblint.text import Source, Span
from kmblint.wording import nearest

_READS: Final = frozenset({"SHOW", "EXPLAIN", "DESCRIBE", "DESC"})
_OPAQUE: Final = frozenset(
    {"ALTER", "ANALYZE", "ATTACH", "CALL", "CHECKPOINT", "CLOSE", "CLUSTER", "COPY", "DEALLOCATE", "DECLARE",
     "DELIMITER", "DETACH", "DISCARD", "DO", "EXEC", "EXECUTE", "FETCH", "FLUSH", "HANDLER", "IMPORT", "KILL", "LISTEN",
     "LOAD", "LOCK", "MERGE", "NOTIFY", "OPTIMIZE", "PRAGMA", "PREPARE", "REASSIGN", "REFRESH", "REINDEX", "RENAME",
     "REPAIR", "RESET", "SECURITY", "SET", "UNLISTEN", "UNLOCK", "UPSERT", "USE", "VACUUM", "XA"}
)  # fmt: skip
_STARTS: Final = (
    TRANSACTION | _READS | _OPAQUE
    | {"CREATE", "DROP", "INSERT", "REPLACE", "UPDATE", "DELETE", "TRUNCATE", "SELECT", "WITH", "VALUES", "TABLE",
       "COMMENT", "GRANT", "REVOKE"}
)  # fmt: skip
_OPEN_QUOTES: Final = {"'": "this text is never closed", '"': "this quoted name is never closed",
                       "`": "this quoted name is never closed", "/": "this comment is never closed",
                       "$": "this dollar-quoted text is never closed"}  # fmt: skip


def statements(source: Source, span: Span | None = None) -> tuple[Statement, ...]:
    """The statements of a source, or of a stretch of it; offsets are those of the whole text. It never raises."""
    return tuple(_statement(each, source.text) for each in split(scan(source, span)))


def _statement(piece: StatementTokens, text: str) -> Statement:
    unread = ReadWords.of(piece, text)
    make = partial(
        Statement, piece.span, problem=None, semicolon=piece.semicolon, failure=None, conflict=piece.conflict
    )
    try:
        _check_closed(piece)
        _check_numbers(piece)
        whole, changes, problem = _meaning(piece.tokens, text)
        return make(ReadWords.with_tree(piece, text, _tree, whole), changes, problem=problem)
    except NotSqlError as error:
        return make(unread, (), problem=_problem(error, piece, text))
    except (LimitError, RecursionError) as error:
        word = piece.tokens[0].upper or short(piece.tokens[0].text)
        limit = error if isinstance(error, LimitError) else TooDeepError()
        return make(unread, (Opaque(f"kmblint doesn't read this statement: {limit}", word, piece.span, (), None),))
    except Exception as error:
        return make(unread, (), failure=error)


def _meaning(tokens: tuple[Token, ...], text: str) -> tuple[Tree, tuple[Change, ...], Problem | None]:
    """The tree and the changes of a statement, up to an `END` that closes nothing; raises NotSqlError.

    At such an END, which is the problem, a statement ends for the engine, which throws away what stands behind it
    (sqlparser 0.61, parse_statements; engine 0.9.1, area stray-end).
    """
    try:
        reader = Reader(tokens if text.isascii() else _visible(tokens), text, read_query)
        root = _read(reader)
        _check_end(root)
        return Tree(root, reader.whole.deepest, reader.whole.deepest_at), _lowered(root), None
    except NotSqlError as error:
        stray_end = next((index for index, token in enumerate(tokens) if index and token.span == error.span), 0)
        if tokens[stray_end].upper != "END" or not stray_end:
            raise
        try:
            whole, changes, _ = _meaning(tokens[:stray_end], text)
        except NotSqlError:
            raise error from None
        return whole, changes, Problem("`END` closes nothing here", error.span, _STRAY_END, meant(()))


def _check_end(query: Node) -> None:
    """Raises NotSqlError where the other parser takes a stray `END` of a query for an alias."""
    stumble = query.child("stumble")
    if stumble and stumble.text.upper() == "END":
        raise NotSqlError("", stumble.span)


_STRAY_END: Final = "leave it out: a parser that takes it drops whatever stands behind it, a WHERE too"


def _tree(tokens: tuple[Token, ...], text: str) -> Tree:
    """The tree of a statement that was read before."""
    return _meaning(tokens, text)[0]


def _read(reader: Reader) -> Node:
    """The tree of a statement; raises NotSqlError."""
    word = reader.word
    match word:
        case "CREATE":
            return _create(reader)
        case "ALTER" if reader.sees("TABLE", ahead=1):
            return alter_table(reader)
        case "SELECT" | "VALUES" | "(":
            return _query_in_time(reader)
        case "WITH":
            return _with(reader)
        case "COMMENT":
            reader.need("COMMENT", "ON")
            kind = reader.name("the kind of an object")
            reader.rest()
            return reader.node("COMMENT", 0, text=kind.text.upper())
    if read_statement := _VERBS.get(word):
        return read_statement(reader)
    return _plain(reader, word)


_VERBS: Final[dict[str, Callable[[Reader], Node]]] = {
    "INSERT": insert, "REPLACE": insert, "UPDATE": update, "DELETE": delete, "DROP": drop, "TRUNCATE": truncate,
    "GRANT": grant, "REVOKE": grant,
}  # fmt: skip


def _query_in_time(reader: Reader) -> Node:
    """A query, perhaps of an earlier state of the database, as Kimberlite's own words at its end say."""
    words = time_travel(reader.tokens)
    if not words:
        return read_query(reader)
    stop = len(reader.tokens) - words
    query = read_query(reader.part(reader.at, stop))
    reader.at = stop
    last = reader.tokens[-1]
    when = Node("AS OF", reader.rest().part_span(), last.value if last.kind is Kind.STRING else "")
    return Node(query.kind, Span(query.span.start, last.end), parts=(*query.parts, when))


def _create(reader: Reader) -> Node:
    """CREATE of a table, an index, or something else: the first word behind the modifiers says which."""
    for token in reader.tokens[1:8]:
        if token.upper == "TABLE":
            return create_table(reader)
        if token.upper == "INDEX":
            return create_index(reader)
        if token.upper not in _CREATE_MODIFIERS:
            break
    return create_object(reader)


_CREATE_MODIFIERS: Final = frozenset(
    {"OR", "REPLACE", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "TRANSIENT", "UNLOGGED", "EXTERNAL", "VIRTUAL", "UNIQUE",
     "FULLTEXT", "SPATIAL", "CLUSTERED", "NONCLUSTERED"}
)  # fmt: skip


def _with(reader: Reader) -> Node:
    """WITH …: what it does is said by the first verb outside its parentheses."""
    before = reader.until("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "VALUES", "MERGE")
    verb = reader.word
    reader.at = 0
    for opening in range(before.stop - 1):
        inner = reader.tokens[opening + 1].upper
        if reader.tokens[opening].text == "(" and inner in ("INSERT", "UPDATE", "DELETE", "MERGE"):
            return _opaque(reader, "WITH", f"what `{inner}` inside `WITH` does isn't modelled")
    if verb == "MERGE":
        return _opaque(reader, "WITH", "what `MERGE` does isn't modelled")
    return _VERBS.get(verb, read_query)(reader)


def _opaque(reader: Reader, keyword: str, reason: str, made: list[Node] | None = None) -> Node:
    """A statement that isn't modelled; `made` is all that it makes, changes or drops, where that is known."""
    reader.rest()
    first = reader.tokens[0].span
    known = [] if made is None else [Node("makes", reader.since(0), parts=tuple(made))]
    return reader.node(Shape.OPAQUE, 0, Node("keyword", first, keyword), *known, text=reason)


def _plain(reader: Reader, word: str) -> Node:
    """The statements that are known by their first word alone."""
    token = reader.peek()
    if word in _OPAQUE:
        made: list[Node] | None = None
        keyword = word
        if word == "ALTER":
            kind, made = altered(reader)
            keyword = f"ALTER {kind}"
        elif word in ("DO", "RENAME"):
            made = made_in(reader)
        return _opaque(reader, keyword, f"what `{keyword}` does isn't modelled", made)
    reader.step()
    if word in TRANSACTION:
        reader.rest()
        return reader.node(word, 0)
    if word == "TABLE" and reader.takes_name():
        name = reader.dotted("a table name")
        reader.rest()
        return reader.node(word, 0, name)
    if word in _READS:
        table = _shown(reader, word)
        reader.rest()
        return reader.node("DESCRIBE" if word == "DESC" else word, 0, *table)
    near = nearest(word, _STARTS) if token.kind is Kind.WORD else None
    raise NotSqlError(
        f"`{short(token.text)}` begins no statement", token.span, f"did you mean `{near}`?" if near else None
    )


def _shown(reader: Reader, word: str) -> tuple[Node, ...]:
    """The table of SHOW COLUMNS FROM t, SHOW CLASSIFICATIONS FOR t, DESCRIBE t."""
    if word == "EXPLAIN":
        return ()
    if word == "SHOW":
        reader.until("FROM", "FOR")
        reader.take_any("FROM", "FOR")
    else:
        reader.take("TABLE")
    return (reader.dotted(),) if reader.takes_name() else ()


def _lowered(root: Node) -> tuple[Change, ...]:
    """What a tree means; raises NotSqlError."""
    kind = root.kind
    if (one := _LOWERED.get(kind)) is not None:
        return (one(root),)
    if kind == "ALTER TABLE":
        return lower_tables.alter_table(root)
    if kind == "TRUNCATE":
        return lower_objects.truncate(root)
    if kind.startswith("DROP "):
        return lower_objects.drop(root)
    if kind.startswith("CREATE "):
        return (lower_objects.create_object(root),)
    if kind in TRANSACTION:
        return (Transaction(kind, root.span),)
    if kind == Shape.OPAQUE:
        makes = root.child("makes")
        names = None if makes is None else tuple(part.text for part in makes.parts)
        return (Opaque(root.text, root.parts[0].text, root.span, (), names),)
    if kind == "COMMENT":
        return (Comment(root.text, root.span),)
    return (Read(kind, tuple(part.name for part in root.all(Shape.NAME)), root.span),)


def _query(root: Node) -> Read:
    into = root.child("INTO")
    return Read(
        "WITH" if root.has("WITH") else "SELECT",
        tables_of(root),
        root.span,
        into.parts[0].name if into and into.text[:1] not in "@#" else None,
        calls_in(root),
    )


_LOWERED: Final[dict[str, Callable[[Node], Change]]] = {
    "CREATE TABLE": lower_tables.create_table, "CREATE INDEX": lower_tables.create_index,
    "INSERT": lower_rows.insert, "REPLACE": lower_rows.insert, "UPDATE": lower_rows.update,
    "DELETE": lower_rows.delete, "GRANT": lower_objects.grant, "REVOKE": lower_objects.grant, Shape.QUERY: _query,
}  # fmt: skip


def _visible(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens without zero-width characters, which a rule of their own points at."""
    seen = (token for token in tokens if token.kind is not Kind.OTHER or unicodedata.category(token.text) != "Cf")
    return tuple(seen) or tokens


def _check_closed(piece: StatementTokens) -> None:
    """Raises NotSqlError at a quote or comment that nothing closes, where it opens."""
    token = piece.tokens[-1]  # what is open reaches to the end of its statement
    if token.kind is Kind.OPEN:
        message = _OPEN_QUOTES[token.text[0]]
        opening = 2 if token.text.startswith("/*") else 1
        raise NotSqlError(message, Span(token.start, token.start + opening), "close it")


def _check_numbers(piece: StatementTokens) -> None:
    """Raises TooLongNumberError at a number that Python would refuse to read, or take long for."""
    number = Kind.NUMBER
    for token in piece.tokens:
        if token.kind is number and len(token.text) > MAX_DIGITS:
            raise TooLongNumberError(sum(map(str.isdigit, token.text)))


def _problem(error: NotSqlError, piece: StatementTokens, text: str) -> Problem:
    """What is wrong, as a problem: about the placeholder, where the statement is a template that nobody filled in."""
    made = meant(piece.tokens)
    separator = batch_separator(piece.tokens, text)
    if separator is not None:
        message = "`GO` is no SQL but a word of SQL Server's tools, and it ends no statement here"
        return Problem(message, separator, "leave it out, and end the statement before it with `;`", made)
    placeholder = next(placeholders(piece.tokens), None)
    if placeholder is not None and not any(token.kind is Kind.OPEN for token in piece.tokens):
        shown = "".join(token.text for token in piece.tokens if token.span in placeholder)
        return Problem(f"the placeholder `{short(shown)}` isn't filled in", placeholder, "write the value itself", made)
    return Problem(error.message, error.span, error.help or _missing_semicolon(error, piece), made)


def _missing_semicolon(error: NotSqlError, piece: StatementTokens) -> str | None:
    """What to write where the parser stumbled over the first word of the next statement."""
    word = next((token.upper for token in piece.tokens[1:] if token.span == error.span), "")
    return f"end the statement before `{word}` with `;`" if word in _NEXT_VERBS else None


_NEXT_VERBS: Final = frozenset({"CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "GRANT", "SELECT"})
