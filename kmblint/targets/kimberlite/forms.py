"""The form of a statement: what the engine says of its words alone, without knowing the schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kmblint.sql.scanner import Kind
from kmblint.sql.statement import Statement
from kmblint.sql.tree import Node, Shape
from kmblint.sql.words import TRANSACTION
from kmblint.targets.kimberlite import forms_query, forms_rows, forms_tables
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.fold import THE_END, Fold
from kmblint.targets.kimberlite.forms_own import judge_own
from kmblint.targets.outcome import Form
from kmblint.targets.verdict import EmptyStatement, IgnoredGuard, Replacement, TransactionControl
from kmblint.text import Source, Span

_NOT: Final = re.compile(r"(?i)(?<![a-z0-9])not(?![a-z0-9])")
_FIRST_WORDS: Final = frozenset({"ALTER", "CREATE", "DROP"})
"""Words that begin statements which the engine knows by their second word."""
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


_GRANTOR: Final = r"""(?:[^\W\d]\S*|"[^"]*"|'[^']*'|`[^`]*`)"""
_BEHIND_ROLE: Final = re.compile(
    rf"(?:WITH GRANT OPTION ?)?(?:(?:COPY|REVOKE) CURRENT GRANTS ?)?(?:AS {_GRANTOR} ?)?(?:GRANTED BY {_GRANTOR})?"
)
"""What GRANT takes behind its role, none of which is kept (area said)."""
_GRANTEES: Final = frozenset({"ROLE", "USER", "GROUP", "SHARE", "APPLICATION"})
"""Words behind TO that are never a role themselves."""
_PRIVILEGE_HELP: Final = "leave it out, or write one of SELECT, INSERT, UPDATE, DELETE and ALL"


def judge(statement: Statement, source: Source, facts: Facts) -> Form:
    """The form of a statement; its comments count, because the engine gets them too."""
    fold = Fold(statement, facts)
    sent = _sent(statement, source)
    _limits(fold, source, sent)
    if not statement.tokens:
        fold.refuse("there is nothing to run here", statement.span, kind=EmptyStatement)
    elif not judge_own(fold, source, sent, statement.span):
        tree = statement.tree
        if tree is not None:
            _judge(fold, tree.root)
            if tree.nesting > facts.max_nesting:
                _too_deep(fold, tree.nested_at)
        elif statement.problem is None:
            reason = "the statement nests deeper, or chains more operators, than can be judged"
            fold.refuse(reason, statement.span, "split the statement")
        elif not fold.refused:
            problem = statement.problem
            fold.refuse(problem.message, problem.span, problem.help)
    return fold.form


def _too_deep(fold: Fold, span: Span) -> None:
    reason = f"the expression nests deeper than the engine's parser goes ({fold.facts.max_nesting})"
    fold.refuse(reason, span, "write it flatter")


def _sent(statement: Statement, source: Source) -> Span:
    """From the first comment before the statement to the last one behind it; a `;` in a comment ends what is before."""
    if not statement.comments:
        return statement.span
    around = (statement.span, *(comment.span for comment in statement.comments))
    first, last = min(span.start for span in around), max(span.end for span in around)
    cut = source.text.rfind(";", first, statement.span.start) + 1
    if cut:
        before = source.text[cut : statement.span.start]
        first = cut + len(before) - len(before.lstrip())
    return Span(first, last)


def _limits(fold: Fold, source: Source, sent: Span) -> None:
    """Open quotes, odd characters, and statements too deep: the engine looks at the text before its meaning."""
    facts = fold.facts
    for token in [token for token in fold.tokens if token.kind in _NO_TOKENS]:
        if token.kind is Kind.OPEN:
            fold.refuse("a quote or comment is opened here and never closed", Span(token.start, token.start + 1))
        else:
            kind = facts.odd_characters.get(token.text, f"the character `{token.text}`")
            edits = (Replacement(token.span, "", "remove it"),) if token.text in facts.odd_characters else ()
            fold.refuse(f"{kind} stands here, and the engine takes it for a word", token.span, "remove it", edits)
    text, most, nots = source.slice(sent), facts.max_parentheses, facts.max_nots
    if text.count("(") > most and (depth := _depth(text)) > most:
        fold.refuse(f"{depth} parentheses are open at once, and the engine gives up behind {most}", sent,
                    "write the condition flatter, and keep long rows of `(` out of literals")  # fmt: skip
    if len(text) > 3 * nots and (count := len(_NOT.findall(text))) > nots:
        fold.refuse(f"the word NOT stands here {count} times, and the engine gives up behind {nots}", sent,
                    "split the statement; in CREATE TABLE, add the rest of the columns by ALTER TABLE")  # fmt: skip


_NO_TOKENS: Final = (Kind.OPEN, Kind.OTHER)


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


def _judge(fold: Fold, root: Node) -> None:
    judge_root = _JUDGES.get(root.kind)
    if judge_root is not None:
        judge_root(fold, root)
    elif root.kind.startswith("CREATE "):
        _create(fold, root)
    elif root.kind.startswith("DROP "):
        forms_tables.drop(fold, root)
    else:
        _refuse_other(fold, root)


def _create(fold: Fold, root: Node) -> None:
    kind = next(root.all("kind"))
    first = forms_tables.first_word(kind)
    word, until = first.kind, first.span
    if word == "MATERIALIZED":
        word, until = "VIEW", kind.span
    fold.refuse(f"the engine makes no {word}", root.span.to(until), _CREATE_HELP.get(word, "leave it out"))


def _create_role(fold: Fold, root: Node) -> None:
    if guard := root.child("IF NOT EXISTS"):
        effect = "a role that is there is refused all the same"
        fold.hazards.append(IgnoredGuard("IF NOT EXISTS", guard.span, effect))
    if more := root.child("definition"):
        if more.text == ",":
            fold.refuse_clause(more, "CREATE ROLE makes one role a statement", "write a statement for each role")
        else:
            fold.expected(THE_END, more)


def _grant(fold: Fold, root: Node) -> None:
    """GRANT privileges ON one table TO one role."""
    roles = next(root.all("TO"))
    on = root.child("ON")
    privileges = tuple(root.all("privilege")) if on else ()
    for privilege in privileges:
        if privilege.text not in fold.facts.privileges:
            fold.refuse(f"the engine knows no privilege `{privilege.text}`", privilege.span, _PRIVILEGE_HELP)
        elif (columns := privilege.child("columns")) and privilege.text not in fold.facts.column_privileges:
            fold.refuse(f"`{privilege.text}` is granted on a table, not on columns", columns.span,
                        "leave the columns out")  # fmt: skip
        elif len(privileges) > 1 and privilege.text in {"ALL", "ALL PRIVILEGES"}:
            fold.refuse(f"`{privilege.text}` stands alone", privilege.span, "leave the others out")
    if on is None:
        fold.refuse_clause(
            roles, "GRANT needs a table: the engine gives no role to a role", "write GRANT … ON table TO role"
        )
    else:
        _granted_on(fold, on)
    names = tuple(roles.all(Shape.NAME))
    if names[0].qualifier is None and not names[0].quoted:
        if names[0].text.upper() == "PUBLIC":
            fold.refuse("GRANT takes a role, and PUBLIC is none", names[0].span, "name the role")
        elif names[0].text.upper() in _GRANTEES and fold.before(names[0].span).upper == "TO":
            fold.expected("a role", fold.behind(names[0].span))
    if len(names) > 1:
        comma = fold.behind(names[0].span)
        assert comma is not None
        fold.refuse("GRANT takes one role a statement", comma, "write a statement for each role")
    for part in root.parts:
        if part.kind not in {"privilege", "ON", "TO"} and not _BEHIND_ROLE.fullmatch(part.kind):
            fold.expected(THE_END, part)


def _granted_on(fold: Fold, on: Node) -> None:
    here = fold.behind(fold.first_words(on.span, 1)) or on.span
    token = fold.token(here)
    word = token.upper if token else ""
    names = tuple(on.all(Shape.NAME))
    kinds = fold.facts.grant_kinds
    if word in kinds and len(names) == 1 and names[0].span == here:
        fold.refuse(f"behind ON, `{word.lower()}` is read as a kind of object and not as a table", here,
                    f"write TABLE before it: ON TABLE {word.lower()}")  # fmt: skip
    elif not names or (word in kinds - {"TABLE"}):
        fold.refuse("GRANT takes one table and nothing else", here, "write a statement for each table")
    elif len(names) > 1:
        fold.refuse("GRANT takes one table a statement", fold.before(names[1].span).span,
                    "write a statement for each table")  # fmt: skip


def _transaction(fold: Fold, root: Node) -> None:
    fold.refuse("the engine has no transactions: each statement stands for itself", fold.first_words(root.span, 1),
                f"leave out `{root.kind}`", kind=TransactionControl)  # fmt: skip


def _query(fold: Fold, root: Node) -> None:
    if fold.tokens[0].upper in {"SELECT", "WITH"}:
        forms_query.query(fold, root)
    else:
        _refuse_other(fold, root)


def _refuse_other(fold: Fold, root: Node) -> None:
    span = fold.first_words(root.span, 1)
    word = fold.tokens[0].upper
    if not word or fold.tokens[0].kind is Kind.SYMBOL:
        fold.expected("a statement", root)
    elif word == "WITH":
        forms_rows.refuse_with(fold, root)
    else:
        known = word in _FIRST_WORDS
        fold.refuse(f"the engine has no statement `{word}{f' {fold.tokens[1].text}' if known else ''}`", span,
                    _OTHER_HELP.get(word))  # fmt: skip


_JUDGES: Final[dict[str, Callable[[Fold, Node], None]]] = {
    "CREATE TABLE": forms_tables.create_table, "CREATE INDEX": forms_tables.create_index,
    "ALTER TABLE": forms_tables.alter_table, "INSERT": forms_rows.insert, "UPDATE": forms_rows.update,
    "DELETE": forms_rows.delete, "CREATE ROLE": _create_role, "GRANT": _grant, Shape.QUERY: _query,
    **dict.fromkeys(TRANSACTION, _transaction),
}  # fmt: skip
