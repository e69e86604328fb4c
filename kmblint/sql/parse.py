"""Text to statements: cut, each read alone, so that a broken one hides no other.

The head of a statement and its clauses are read from our own tokens, because each must have its exact place and
nearly every keyword may be a name; queries, and expressions that the model has no words for, go through sqlglot.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Final

from kmblint.schema.changes import Change, Comment, Opaque, Read, Transaction
from kmblint.schema.parts import Name
from kmblint.sql import dialect
from kmblint.sql.lower_alter import alter_table
from kmblint.sql.lower_insert import insert
from kmblint.sql.lower_objects import altered, create_object, drop, truncate
from kmblint.sql.lower_rows import delete, update
from kmblint.sql.lower_tables import create_index, create_table
from kmblint.sql.own import own
from kmblint.sql.placeholders import placeholders
from kmblint.sql.reader import NotSqlError, Reader, short
from kmblint.sql.scanner import Kind, StatementTokens, Token, scan, split
from kmblint.sql.statement import Problem, Statement
from kmblint.text import Source, Span
from kmblint.wording import nearest

_TRANSACTION: Final = frozenset({"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"})
_READS: Final = frozenset({"SHOW", "EXPLAIN", "DESCRIBE", "DESC"})
_OPAQUE: Final = frozenset(
    {"ALTER", "ANALYZE", "ATTACH", "CALL", "CHECKPOINT", "CLOSE", "CLUSTER", "COPY", "DEALLOCATE", "DECLARE",
     "DELIMITER", "DETACH", "DISCARD", "DO", "EXEC", "EXECUTE", "FETCH", "FLUSH", "HANDLER", "IMPORT", "KILL", "LISTEN",
     "LOAD", "LOCK", "MERGE", "NOTIFY", "OPTIMIZE", "PRAGMA", "PREPARE", "REASSIGN", "REFRESH", "REINDEX", "RENAME",
     "REPAIR", "RESET", "SECURITY", "SET", "UNLISTEN", "UNLOCK", "UPSERT", "USE", "VACUUM", "XA"}
)  # fmt: skip
_STARTS: Final = (
    _TRANSACTION | _READS | _OPAQUE
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
    changes: tuple[Change, ...] = ()
    problem: Problem | None = None
    try:
        changes = _changes(piece, text)
    except NotSqlError as error:
        problem = _problem(error, piece)
    except Exception as error:
        changes = (_beyond(piece, error),)
    return Statement(piece.span, piece.tokens, piece.comments, changes, problem, piece.semicolon)


def _beyond(piece: StatementTokens, error: Exception) -> Opaque:
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else f"the parser failed on it ({error!r})"
    return Opaque(reason, piece.tokens[0].upper or piece.tokens[0].text, piece.span)


def _changes(piece: StatementTokens, text: str) -> tuple[Change, ...]:
    """What a statement means; raises NotSqlError."""
    span = piece.span
    _check_closed(piece)
    reader = Reader(_visible(piece.tokens), span.end)
    if (change := own(reader, span)) is not None:
        return (change,)
    word = reader.peek().upper
    match word:
        case "CREATE":
            return (_create(reader, text, span),)
        case "INSERT":
            return (insert(reader, text, span),)
        case "REPLACE":
            return (insert(reader, text, span),)
        case "UPDATE":
            return (update(reader, text, span),)
        case "DELETE":
            return (delete(reader, text, span),)
        case "DROP":
            return drop(reader, span)
        case "TRUNCATE":
            return truncate(reader, span)
        case "ALTER" if reader.sees("TABLE", ahead=1):
            return alter_table(reader, text)
        case "WITH":
            return (_with(reader, text, span),)
        case "SELECT" | "VALUES" | "(":
            return (Read(word if word != "(" else "SELECT", dialect.read_tables(piece.tokens, text), span),)
        case "COMMENT":
            reader.need("COMMENT", "ON")
            return (Comment(reader.name("the kind of an object").text.upper(), span),)
    return (_plain(reader, span),)


def _create(reader: Reader, text: str, span: Span) -> Change:
    """CREATE of a table, an index, or something else: the first word behind the modifiers says which."""
    for token in reader.tokens[1:8]:
        if token.upper == "TABLE":
            return create_table(reader, text, span)
        if token.upper == "INDEX":
            return create_index(reader, text, span)
        if token.upper not in _CREATE_MODIFIERS:
            break
    return create_object(reader, span)


_CREATE_MODIFIERS: Final = frozenset(
    {"OR", "REPLACE", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "EXTERNAL", "VIRTUAL", "UNIQUE", "FULLTEXT",
     "SPATIAL", "CLUSTERED", "NONCLUSTERED"}
)  # fmt: skip


def _with(reader: Reader, text: str, span: Span) -> Change:
    """WITH …: what it does is said by the first verb outside its parentheses."""
    before = reader.until("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "VALUES", "MERGE")
    verb = reader.peek().upper
    reader.at = 0
    for opening, token in pairwise(before):
        if opening.text == "(" and token.upper in ("INSERT", "UPDATE", "DELETE", "MERGE"):
            return Opaque(f"what `{token.upper}` inside `WITH` does isn't modelled", "WITH", span)
    match verb:
        case "INSERT" | "REPLACE":
            return insert(reader, text, span)
        case "UPDATE":
            return update(reader, text, span)
        case "DELETE":
            return delete(reader, text, span)
        case "MERGE":
            return Opaque("what `MERGE` does isn't modelled", "WITH", span)
    return Read("WITH", dialect.read_tables(reader.tokens, text), span)


def _plain(reader: Reader, span: Span) -> Change:
    """The statements that are known by their first word alone."""
    word = reader.peek().upper
    if word in _TRANSACTION:
        return Transaction(word, span)
    if word in _READS:
        return Read("DESCRIBE" if word == "DESC" else word, _shown(reader), span)
    if word == "TABLE" and reader.takes_name(1):
        reader.step()
        return Read("TABLE", (reader.dotted("a table name"),), span)
    if word in _OPAQUE:
        keyword = f"ALTER {altered(reader)}" if word == "ALTER" else word
        return Opaque(f"what `{keyword}` does isn't modelled", keyword, span)
    token = reader.peek()
    meant = nearest(token.upper, _STARTS) if token.kind is Kind.WORD else None
    raise NotSqlError(
        f"`{short(token.text)}` begins no statement", token.span, f"did you mean `{meant}`?" if meant else None
    )


def _shown(reader: Reader) -> tuple[Name, ...]:
    """The table of SHOW COLUMNS FROM t, SHOW CLASSIFICATIONS FOR t, DESCRIBE t."""
    word = reader.step().upper
    if word in ("DESCRIBE", "DESC"):
        reader.take("TABLE")
        return (reader.dotted(),) if reader.takes_name() else ()
    if word == "SHOW":
        reader.until("FROM", "FOR")
        reader.take_any("FROM", "FOR")
        return (reader.dotted(),) if reader.takes_name() else ()
    return ()


def _visible(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens without zero-width characters, which a rule of their own points at."""
    unseen = [token for token in tokens if token.kind is Kind.OTHER and unicodedata.category(token.text) == "Cf"]
    return tuple(token for token in tokens if token not in unseen) if unseen else tokens


def _check_closed(piece: StatementTokens) -> None:
    """Raises NotSqlError at a quote or comment that nothing closes, where it opens."""
    for token in piece.tokens:
        if token.kind is Kind.OPEN:
            message = _OPEN_QUOTES.get(token.text[0], "this is never closed")
            opening = 2 if token.text.startswith("/*") else 1
            raise NotSqlError(message, Span(token.start, token.start + opening), "close it")


def _problem(error: NotSqlError, piece: StatementTokens) -> Problem:
    """What is wrong, as a problem: about the placeholder, where the statement is a template that nobody filled in."""
    found = next(placeholders(piece.tokens), None)
    if found is not None and not any(token.kind is Kind.OPEN for token in piece.tokens):
        shown = "".join(token.text for token in piece.tokens if token.span in found)
        return Problem(f"the placeholder `{short(shown)}` isn't filled in", found, "write the value itself")
    if error.span.start == error.span.end:  # nothing stands where something must: the token behind the gap is shown
        behind = next((token for token in piece.tokens if token.start >= error.span.end), piece.tokens[-1])
        side = "before" if behind.start >= error.span.end else "after"
        return Problem(f"{error.message} {side} `{short(behind.text)}`", behind.span)
    return Problem(error.message, error.span, error.help or _missing_semicolon(error, piece))


def _missing_semicolon(error: NotSqlError, piece: StatementTokens) -> str | None:
    """What to write where the parser stumbled over the first word of the next statement."""
    word = next((token.upper for token in piece.tokens[1:] if token.span == error.span), "")
    return f"end the statement before `{word}` with `;`" if word in _VERBS else None


_VERBS: Final = frozenset({"CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "GRANT", "SELECT"})
