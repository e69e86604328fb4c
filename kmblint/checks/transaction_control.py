"""BEGIN, COMMIT and their like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from kmblint.findings import Applicability, Edit, Finding, Fix, Related, Severity
from kmblint.history.files import Migration
from kmblint.schema.changes import Transaction
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.text import Span


class _Word(msgspec.Struct, frozen=True):
    text: str
    statement: Statement


def check(migration: Migration, target: Target) -> Iterator[Finding]:
    """The first such word of the file where there are no transactions, else the first that has no counterpart."""
    words = [
        _Word(change.word, statement)
        for statement in migration.statements
        for change in statement.changes
        if isinstance(change, Transaction)
    ]
    if not words:
        return
    if not target.capabilities.has_transactions:
        first, *others = words
        yield Finding(
            migration.place(first.statement.span),
            f"`{first.text}` is refused, because Kimberlite has no transactions: the migration stops here, "
            "with what stands before it done and nothing recorded",
            help="leave these words out: each statement stands for itself",
            related=tuple(Related(migration.place(word.statement.span), "refused as well") for word in others),
            fix=_fix(migration, words),
            severity=Severity.ERROR,
        )
        return
    alone = _unbalanced(words)
    if alone is not None:
        opens = alone.text in _OPENING
        yield Finding(
            migration.place(alone.statement.span),
            f"`{alone.text}` has no {'COMMIT' if opens else 'BEGIN'} in this file, so "
            + ("nothing of it need last" if opens else "it ends a transaction that isn't the migration's"),
            help="write BEGIN first and COMMIT last, or neither",
        )


_OPENING = frozenset({"BEGIN", "START"})
_CLOSING = frozenset({"COMMIT", "END", "ROLLBACK", "ABORT"})


def _unbalanced(words: Sequence[_Word]) -> _Word | None:
    opened: _Word | None = None
    for word in words:
        if word.text in _OPENING:
            if opened is not None:
                return opened
            opened = word
        elif word.text in _CLOSING and not _to_savepoint(word.statement):
            if opened is None:
                return word
            opened = None
    return opened


def _to_savepoint(statement: Statement) -> bool:
    return any(token.upper == "TO" for token in statement.tokens)


def _fix(migration: Migration, words: Sequence[_Word]) -> Fix | None:
    """Without the words; not where what stands between them would have been rolled back."""
    if not all(word.text in {"BEGIN", "START", "COMMIT", "END"} for word in words):
        return None
    edits = tuple(Edit(migration.place(_line(migration, word.statement)), "") for word in words)
    return Fix("leave out BEGIN and COMMIT", edits, Applicability.UNSAFE)


def _line(migration: Migration, statement: Statement) -> Span:
    """The statement, its `;`, and the rest of its line where nothing else stands there."""
    text = migration.source.text
    start = statement.span.start
    end = statement.span.end if statement.semicolon is None else statement.semicolon + 1
    behind = len(text[end:]) - len(text[end:].lstrip(" \t\r"))
    alone = not text[text.rfind("\n", 0, start) + 1 : start].strip() and text.startswith("\n", end + behind)
    return Span(start, end + behind + 1 if alone else end)
