"""The secrets that stand in statements: in columns whose names say so, behind PASSWORD, or known by their look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from kmblint.history.files import History, Migration
from kmblint.replay.steps import Part, Step
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import InsertRows
from kmblint.schema.secrets import (
    Secret,
    is_secret_name,
    is_secret_text,
    key_in,
    keys_in,
    may_name_a_secret,
    secrets_in,
)
from kmblint.sql.scanner import COMMENTS, Kind, Token
from kmblint.sql.statement import Statement
from kmblint.text import Span

_LITERALS: Final = (Kind.STRING, Kind.DOLLAR)
_NAMES: Final = (Kind.WORD, Kind.QUOTED)
_COMPARED: Final = frozenset({"=", "==", "<>", "!=", "LIKE"})


def leaks(step: Step) -> list[Secret]:
    """Each secret of the step's whole statement, in the order of the text."""
    return _leaks(step.statement, step.migration, step.before, step.subject, step.history)


def unsaid(migration: Migration, part: Part | None, history: History) -> list[Span]:
    """Where a file holds secrets: in up, in down as if up were done, and keys of known services wherever they stand.

    Of a file that isn't replayed (no part) columns are known by the words of the statements alone.
    """
    secrets = [
        secret.span
        for statement, before in (*_up(migration, part), *_down(migration, part))
        for secret in _leaks(statement, migration, before, "", history)
    ]
    return [*secrets, *keys_in(migration.source.text)] if migration.holds_a_key else secrets


def _up(migration: Migration, part: Part | None) -> Iterator[tuple[Statement, Catalog]]:
    if part is None:
        yield from ((statement, Catalog()) for statement in migration.statements)
    else:
        yield from ((step.statement, step.before) for step in part.steps if step.number == 0)


def _down(migration: Migration, part: Part | None) -> Iterator[tuple[Statement, Catalog]]:
    after = Catalog() if part is None else part.after
    yield from ((statement, after) for statement in migration.down_statements)


def _leaks(statement: Statement, migration: Migration, before: Catalog, subject: str, history: History) -> list[Secret]:
    text = migration.source.slice(statement.span)
    names_one = may_name_a_secret(text)
    secrets: dict[Span, Secret] = {}
    if migration.holds_a_key:
        secrets.update((secret.span, secret) for secret in _by_look(statement, subject))
    if migration.may_tell_of_users:
        secrets.update((secret.span, secret) for secret in _by_word(statement, subject))
    if names_one and "'" in text:  # else the tokens needn't be read
        secrets.update((secret.span, secret) for secret in _by_name(statement, subject))
    for change in statement.changes:
        columns: Sequence[str] = ()
        if isinstance(change, InsertRows) and change.columns is None:
            table = before.table(change.table.text)
            columns = history.columns_written.get(change.table.text, ()) if table is None else table.column_names
        elif not names_one:
            continue
        secrets.update({secret.span: secret for secret in secrets_in(change, columns)})
    return [secrets[span] for span in sorted(secrets)]


def _by_look(statement: Statement, subject: str) -> Iterator[Secret]:
    """Keys of known services and the like, whatever column they are for; comments are read too."""
    for token in (*statement.tokens, *statement.comments):
        if token.kind in _LITERALS or token.kind in COMMENTS:
            span = key_in(token.text, token.start)
            if span is not None:
                literal = token.span if token.kind in _LITERALS else span
                yield Secret(literal, subject, "what looks like a key or password")


def _by_name(statement: Statement, subject: str) -> Iterator[Secret]:
    """Texts that are compared with a column whose name says secret, or stand in a statement that can't be told apart.

    Of the latter (it is no SQL, or a query gives its values) any text may be the value of that column.
    """
    text, tokens = Kind.STRING, statement.tokens
    if not any(token.kind is text for token in tokens):
        return
    named = next((token.value for token in tokens if token.kind in _NAMES and is_secret_name(token.value)), None)
    if named is None:
        return
    opaque = statement.problem is not None or any(
        isinstance(change, InsertRows) and change.query is not None for change in statement.changes
    )
    before: tuple[Token | None, Token | None] = (None, None)
    for token in tokens:
        name, operator = before
        compared = name is not None and operator is not None and operator.upper in _COMPARED
        column = (
            name.value if compared and name is not None and is_secret_name(name.value) else named if opaque else None
        )
        if token.kind is Kind.STRING and column is not None and is_secret_text(token.value, column):
            yield Secret(token.span, subject or column, f"what may be the `{column}`", sure=False)
        before = (operator, token)


def _by_word(statement: Statement, subject: str) -> Iterator[Secret]:
    """`PASSWORD '…'` and `IDENTIFIED BY '…'` of users and roles."""
    if statement.keyword not in ("CREATE", "ALTER", "SET", "GRANT"):
        return
    tokens = statement.tokens
    words = {token.upper for token in tokens}
    if not words & {"PASSWORD", "IDENTIFIED"}:
        return
    user = subject or next((token.value for token in tokens[2:3]), "")
    for before, token in pairwise(tokens):
        told = before.upper == "PASSWORD" or (before.upper in ("BY", "AS") and "IDENTIFIED" in words)
        if told and token.kind is Kind.STRING and token.value:
            yield Secret(token.span, user, f"the password of `{user}`")
