"""The secrets that stand in a statement: in columns whose names say so, behind PASSWORD, or known by their look."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from kmblint.replay.steps import Step
from kmblint.schema.changes import InsertRows
from kmblint.schema.secrets import Secret, is_secret_name, is_secret_text, key_in, secrets_in
from kmblint.sql.scanner import Kind, Token

_LITERALS: Final = (Kind.STRING, Kind.DOLLAR)
_NAMES: Final = (Kind.WORD, Kind.QUOTED)
_COMPARED: Final = frozenset({"=", "==", "<>", "!=", "LIKE"})
_COMMENTS: Final = (Kind.LINE_COMMENT, Kind.BLOCK_COMMENT)


def leaks(step: Step) -> list[Secret]:
    """Each secret of the step's whole statement, in the order of the text."""
    secrets = {secret.span: secret for secret in (*_by_look(step), *_by_word(step), *_by_name(step))}
    for change in step.statement.changes:
        table = step.before.table(change.table.text) if change.table else None
        secrets.update({secret.span: secret for secret in secrets_in(change, table)})
    return [secrets[span] for span in sorted(secrets)]


def _by_look(step: Step) -> Iterator[Secret]:
    """Keys of known services and the like, whatever column they are for; comments are read too."""
    statement = step.statement
    if not step.migration.holds_a_key:
        return
    for token in (*statement.tokens, *statement.comments):
        if token.kind in _LITERALS or token.kind in _COMMENTS:
            span = key_in(token.text, token.start)
            if span is not None:
                literal = token.span if token.kind in _LITERALS else span
                yield Secret(literal, step.subject, "what looks like a key or password")


def _by_name(step: Step) -> Iterator[Secret]:
    """Texts that are compared with a column whose name says secret, or stand in a statement that can't be told apart.

    Of the latter (it is no SQL, or a query gives its values) any text may be the value of that column.
    """
    statement = step.statement
    if not any(token.kind is Kind.STRING for token in statement.tokens):
        return
    named = next(
        (token.value for token in statement.tokens if token.kind in _NAMES and is_secret_name(token.value)), None
    )
    if named is None:
        return
    opaque = statement.problem is not None or any(
        isinstance(change, InsertRows) and change.query is not None for change in statement.changes
    )
    before: tuple[Token | None, Token | None] = (None, None)
    for token in statement.tokens:
        name, operator = before
        compared = name is not None and operator is not None and operator.upper in _COMPARED
        column = (
            name.value if compared and name is not None and is_secret_name(name.value) else named if opaque else None
        )
        if token.kind is Kind.STRING and column is not None and is_secret_text(token.value, column):
            yield Secret(token.span, step.subject or column, f"what may be the `{column}`", sure=False)
        before = (operator, token)


def _by_word(step: Step) -> Iterator[Secret]:
    """`PASSWORD '…'` and `IDENTIFIED BY '…'` of users and roles."""
    statement = step.statement
    if statement.keyword not in ("CREATE", "ALTER", "SET", "GRANT"):
        return
    words = {token.upper for token in statement.tokens}
    if not words & {"PASSWORD", "IDENTIFIED"}:
        return
    user = step.subject or next((token.value for token in statement.tokens[2:3]), "")
    for before, token in pairwise(statement.tokens):
        told = before.upper == "PASSWORD" or (before.upper in ("BY", "AS") and "IDENTIFIED" in words)
        if told and token.kind is Kind.STRING and token.value:
            yield Secret(token.span, user, f"the password of `{user}`")
