"""The secrets that stand in a statement: in columns whose names say so, behind PASSWORD, or known by their look."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from kmblint.replay.steps import Step
from kmblint.schema.secrets import Secret, key_in, secrets_in
from kmblint.sql.scanner import Kind

_LITERALS: Final = (Kind.STRING, Kind.DOLLAR)
_COMMENTS: Final = (Kind.LINE_COMMENT, Kind.BLOCK_COMMENT)


def leaks(step: Step) -> list[Secret]:
    """Each secret of the step's whole statement, in the order of the text."""
    secrets = {secret.span: secret for secret in (*_by_look(step), *_by_word(step))}
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
