"""A password, key or token that stands in a migration as a literal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kmblint.findings import Confidence, Finding
from kmblint.replay import Step
from kmblint.schema.changes import Name
from kmblint.schema.secrets import Secret, key_in, secrets_in
from kmblint.sql.scanner import Kind
from kmblint.sql.statement import Statement

_LITERALS = (Kind.STRING, Kind.DOLLAR)
_COMMENTS = (Kind.LINE_COMMENT, Kind.BLOCK_COMMENT)


def check(statement: Statement, step: Step) -> Iterator[Finding]:
    """Each literal, which no report then shows."""
    found = {secret.span: secret for secret in (*_by_look(statement, step), *_by_word(statement, step))}
    for change in statement.changes:
        name = getattr(change, "table", None)
        table = step.before.table(name.text) if isinstance(name, Name) else None
        found.update({secret.span: secret for secret in secrets_in(change, table)})
    for span in sorted(found):
        secret = found[span]
        yield Finding(
            step.place(span),
            f"{secret.what} stands here as a literal: it stays in this file's history, and in the log of every tenant",
            help="change the secret, for it is known by now; let a program write it from a secret store, "
            "and leave it NULL here",
            subject=secret.subject,
            confidence=Confidence.HIGH if secret.sure else Confidence.MEDIUM,
            secrets=(step.place(span),),
        )


def _by_look(statement: Statement, step: Step) -> Iterator[Secret]:
    """Keys of known services and the like, whatever column they are for; comments are read too."""
    starts = [statement.span.start, *(comment.start for comment in statement.comments)]
    whole = step.migration.source.text[min(starts) : statement.span.end]
    if key_in(whole, 0) is None:
        return
    for token in (*statement.tokens, *statement.comments):
        if token.kind in _LITERALS or token.kind in _COMMENTS:
            span = key_in(token.text, token.start)
            if span is not None:
                literal = token.span if token.kind in _LITERALS else span
                yield Secret(literal, step.subject, "what looks like a key or password")


def _by_word(statement: Statement, step: Step) -> Iterator[Secret]:
    """`PASSWORD '…'` and `IDENTIFIED BY '…'` of users and roles."""
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
