"""Statements that are known from an earlier reading: what they mean is at hand, their words are read when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import msgspec

from kmblint.schema.changes import Change
from kmblint.sql.parse import statements
from kmblint.sql.scanner import Token
from kmblint.sql.statement import Statement, Words
from kmblint.sql.tree import Tree
from kmblint.text import Source, Span


class Meaning(msgspec.Struct, frozen=True, array_like=True):
    """All of a statement but its words."""

    span: Span
    changes: tuple[Change, ...]
    semicolon: int | None
    keyword: str

    @classmethod
    def of(cls, statement: Statement) -> Meaning | None:
        """None for what isn't SQL, also in part, and for what we failed on."""
        if statement.problem is not None or statement.failure is not None or statement.conflict:
            return None
        return cls(statement.span, statement.changes, statement.semicolon, statement.keyword)


def reread(source: Source, span: Span, meanings: Iterable[Meaning]) -> tuple[Statement, ...]:
    """The statements of a stretch of text of which it is known what they mean."""
    stretch = _Stretch(source, span)
    return tuple(
        Statement(
            meaning.span,
            _Words(stretch, number, meaning.keyword),
            meaning.changes,
            None,
            meaning.semicolon,
            None,
            conflict=False,
        )
        for number, meaning in enumerate(meanings)
    )


class _Stretch(msgspec.Struct, frozen=True, dict=True, eq=False):
    """A stretch of text that is read at most once."""

    source: Source
    span: Span

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """Those of each statement."""
        read = tuple(statement.words for statement in statements(self.source, self.span))
        for words in read:
            words.let_go()
        return read


class _Words(msgspec.Struct, frozen=True, eq=False):
    """The words of one statement of a stretch."""

    stretch: _Stretch
    number: int
    keyword: str

    @property
    def tokens(self) -> tuple[Token, ...]:
        """As `Statement.tokens`."""
        return self.stretch.words[self.number].tokens

    @property
    def comments(self) -> tuple[Token, ...]:
        """As `Statement.comments`."""
        return self.stretch.words[self.number].comments

    @property
    def tree(self) -> Tree | None:
        """As `Statement.tree`."""
        return self.stretch.words[self.number].tree

    def let_go(self) -> None:
        """Holds nothing that was read: what of the words is asked for again is read again."""
