"""The form of a statement: what the engine says of its words alone, without knowing the schema."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from kmblint.sql.scanner import Kind
from kmblint.sql.statement import Statement
from kmblint.targets.kimberlite import forms_query, forms_rows, forms_schema
from kmblint.targets.kimberlite.facts import (
    GRANT_KINDS,
    MAX_NOTS,
    MAX_PARENTHESES,
    ODD_CHARACTERS,
    PRIVILEGES,
    words,
)
from kmblint.targets.kimberlite.forms_own import judge_own
from kmblint.targets.kimberlite.forms_table import create_table, drop_from_table
from kmblint.targets.kimberlite.tokens import Cursor, Refused
from kmblint.targets.verdict import EmptyStatement, Form, IgnoredGuard, Replacement, TransactionControl, UnsupportedForm
from kmblint.text import Source, Span

_NOT: Final = re.compile(r"(?i)(?<![a-z0-9])not(?![a-z0-9])")
_ODD: Final = re.compile("[" + "".join(ODD_CHARACTERS) + "]")
_TRANSACTIONS: Final = words("BEGIN START COMMIT END ROLLBACK SAVEPOINT RELEASE ABORT")
_OTHER_HELP: Final = {
    "TRUNCATE": "write DELETE FROM the table; each row costs a log event",
    "MERGE": "write INSERT … ON CONFLICT (the key) DO UPDATE SET …",
    "REPLACE": "write INSERT … ON CONFLICT (the key) DO UPDATE SET …",
    "COMMENT": "write it as a comment in the header of the file",
    "SET": "leave it out: the engine has no settings",
    "PRAGMA": "leave it out: the engine has no settings",
    "REVOKE": "leave it out: what is granted stays granted",
    "EXPLAIN": "leave it out",
    "COPY": "write INSERT … VALUES",
    "DO": "write the statements one by one",
    "CALL": "write the statements one by one",
    "WITH": "write the values as literals",
}
_CREATE_HELP: Final = {
    "VIEW": "let the program that reads ask the tables themselves",
    "TYPE": "store the value as TEXT",
    "DOMAIN": "store the value as its base type",
    "SEQUENCE": "number the rows in the program that writes them",
    "EXTENSION": "leave it out",
    "SCHEMA": "leave it out: a dot is part of a table's name",
    "POLICY": "write CREATE MASKING POLICY, or check it in the program",
}


def judge(statement: Statement, source: Source) -> Form:
    """The form of a statement; its comments count, because the engine gets them too."""
    sent = _sent(statement, source)
    cursor = Cursor(statement.tokens, statement.span.end)
    try:
        _limits(cursor, source, sent)
        if not judge_own(cursor, source, sent, statement.span):
            _dispatch(cursor, statement)
    except Refused as stop:
        return Form(stop.refusal, tuple(cursor.hazards))
    except RecursionError:  # a chain of thousands of operators, which the parser reads and we walk
        reason = "the statement is a chain too long to be judged"
        return Form(UnsupportedForm(reason, statement.span, "split the statement"), tuple(cursor.hazards))
    return Form(None, tuple(cursor.hazards))


def _sent(statement: Statement, source: Source) -> Span:
    """From the first comment before the statement to the last one behind it; a `;` in a comment ends what is before."""
    around = (statement.span, *(comment.span for comment in statement.comments))
    first, last = min(span.start for span in around), max(span.end for span in around)
    cut = source.text.rfind(";", first, statement.span.start) + 1
    if cut:
        before = source.text[cut : statement.span.start]
        first = cut + len(before) - len(before.lstrip())
    return Span(first, last)


def _limits(cursor: Cursor, source: Source, sent: Span) -> None:
    """Open quotes, odd characters, and statements too deep: the engine looks at the text before its meaning."""
    for token in cursor.tokens:
        if token.kind is Kind.OPEN:
            cursor.refuse("a quote or comment is opened here and never closed", Span(token.start, token.start + 1))
        if token.kind is Kind.OTHER:
            kind = ODD_CHARACTERS.get(token.text, f"the character `{token.text}`")
            edits = (Replacement(token.span, "", "remove it"),) if token.text in ODD_CHARACTERS else ()
            cursor.refuse(f"{kind} stands here, and the engine takes it for a word", token.span, "remove it", edits)
    text = source.slice(sent)
    if text.count("(") > MAX_PARENTHESES and (depth := _depth(text)) > MAX_PARENTHESES:
        cursor.refuse(f"{depth} parentheses are open at once, and the engine gives up behind {MAX_PARENTHESES}", sent,
                      "write the condition flatter, and keep long rows of `(` out of literals")  # fmt: skip
    if len(text) > 3 * MAX_NOTS and (count := len(_NOT.findall(text))) > MAX_NOTS:
        cursor.refuse(f"the word NOT stands here {count} times, and the engine gives up behind {MAX_NOTS}", sent,
                      "split the statement; in CREATE TABLE, add the rest of the columns by ALTER TABLE")  # fmt: skip


def _depth(text: str) -> int:
    """How many `(` are open at once at most, whatever they stand in."""
    depth = most = 0
    for character in text:
        if character == "(":
            depth += 1
            most = max(most, depth)
        elif character == ")":
            depth = max(depth - 1, 0)
    return most


def _dispatch(cursor: Cursor, statement: Statement) -> None:
    start = cursor.here()
    word = cursor.word()
    if not cursor.tokens:
        cursor.refuse("there is nothing to run here", statement.span, kind=EmptyStatement)
    if word in _TRANSACTIONS:
        cursor.refuse("the engine has no transactions: each statement stands for itself", start,
                      f"leave out `{word}`", kind=TransactionControl)  # fmt: skip
    if word == "SELECT":
        forms_query.query(cursor)
        return
    cursor.at += 1
    match word:
        case "CREATE":
            _create(cursor, start)
        case "ALTER" if cursor.take("TABLE"):
            forms_schema.alter_table(cursor)
        case "DROP":
            forms_schema.drop(cursor, start)
        case "INSERT":
            forms_rows.insert(cursor)
        case "UPDATE":
            forms_rows.update(cursor)
        case "DELETE":
            forms_rows.delete(cursor)
        case "GRANT":
            _grant(cursor)
        case "WITH":
            _with(cursor, start)
        case _:
            _refuse_other(cursor, start, word)


def _create(cursor: Cursor, start: Span) -> None:
    replace = cursor.take("OR", "REPLACE")
    scope = cursor.here()
    temporary = cursor.take_any("GLOBAL", "LOCAL")
    if cursor.take("TEMPORARY") or cursor.take("TEMP") or cursor.take("TRANSIENT"):
        temporary = "TEMPORARY"
    elif cursor.take("EXTERNAL"):
        temporary = "EXTERNAL"
    if cursor.take("TABLE"):
        if replace:
            drop_from_table(cursor, "OR REPLACE", replace)
        if temporary:
            drop_from_table(cursor, temporary, cursor.since(scope))
        create_table(cursor)
        return
    unique = cursor.take("UNIQUE")
    if cursor.take("INDEX"):
        forms_schema.create_index(cursor, unique=unique)
    elif cursor.take("ROLE"):
        _create_role(cursor)
    else:
        cursor.take("MATERIALIZED")
        kind = cursor.word()
        cursor.refuse(
            f"the engine makes no {kind or 'such thing'}",
            start.to(cursor.here()),
            _CREATE_HELP.get(kind, "leave it out"),
        )


def _create_role(cursor: Cursor) -> None:
    guard = cursor.take("IF", "NOT", "EXISTS")
    if guard:
        cursor.hazards.append(IgnoredGuard("IF NOT EXISTS", guard, "a role that is there is refused all the same"))
    cursor.name("a role")
    if cursor.sees(","):
        cursor.refuse("CREATE ROLE makes one role a statement", cursor.here(), "write a statement for each role")
    cursor.finish()


def _grant(cursor: Cursor) -> None:
    """GRANT privileges ON one table TO one role."""
    if cursor.word() not in PRIVILEGES and cursor.word(1) != "TO":
        cursor.expected("a privilege")
    while not cursor.done and cursor.word() not in {"ON", "TO"}:
        cursor.balanced() if cursor.sees("(") else cursor.advance()
    if not cursor.take("ON"):
        cursor.refuse(
            "GRANT needs a table: the engine gives no role to a role", cursor.here(), "write GRANT … ON table TO role"
        )
    if cursor.word() in GRANT_KINDS and cursor.word(1) == "TO":
        cursor.refuse(f"behind ON, `{cursor.word().lower()}` is read as a kind of object and not as a table",
                      cursor.here(), f"write TABLE before it: ON TABLE {cursor.word().lower()}")  # fmt: skip
    if cursor.word() in GRANT_KINDS - {"TABLE"} or (cursor.word() == "ALL" and cursor.word(1) != "TO"):
        cursor.refuse("GRANT takes one table and nothing else", cursor.here(), "write a statement for each table")
    cursor.take("TABLE")
    cursor.object_name("a table")
    if cursor.sees(","):
        cursor.refuse("GRANT takes one table a statement", cursor.here(), "write a statement for each table")
    cursor.expect("TO", what="`TO`")
    cursor.take_any("ROLE", "USER", "GROUP")
    if cursor.sees("PUBLIC"):
        cursor.refuse("GRANT takes a role, and PUBLIC is none", cursor.here(), "name the role")
    cursor.object_name("a role")
    if cursor.sees(","):
        cursor.refuse("GRANT takes one role a statement", cursor.here(), "write a statement for each role")
    cursor.take("WITH", "GRANT", "OPTION")
    cursor.finish()


def _with(cursor: Cursor, start: Span) -> None:
    """WITH before a SELECT; the engine runs none that reads what it defines."""
    cursor.take("RECURSIVE")
    while True:
        cursor.name("a name")
        if cursor.sees("("):
            cursor.names()
        cursor.expect("AS", what="`AS`")
        cursor.balanced()
        if not cursor.take(","):
            break
    if cursor.sees("SELECT"):
        forms_query.query(cursor)
        return
    cursor.refuse("the engine takes WITH before SELECT only", start, _OTHER_HELP["WITH"])


def _refuse_other(cursor: Cursor, start: Span, word: str) -> NoReturn:
    if not word:
        cursor.at = 0
        cursor.expected("a statement")
    cursor.refuse(f"the engine has no statement `{word}`", start, _OTHER_HELP.get(word))
