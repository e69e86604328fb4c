"""A statement: where it stands, what it is made of, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Final, Protocol

import msgspec

from kmblint.schema.changes import Change
from kmblint.sql.broken import Meant
from kmblint.sql.scanner import COMMENTS, Kind, StatementTokens, Token, scan
from kmblint.sql.tree import Tree
from kmblint.text import Source, Span


class Problem(msgspec.Struct, frozen=True):
    """Why a statement, or its end, is not SQL: a clause in lower case, the token it is about, and what was meant."""

    message: str
    span: Span
    help: str | None
    meant: Meant
    """What may come of the statement once it is mended."""


class Words(Protocol):
    """What a statement is made of."""

    @property
    def tokens(self) -> tuple[Token, ...]:
        """As `Statement.tokens`."""

    @property
    def comments(self) -> tuple[Token, ...]:
        """As `Statement.comments`."""

    @property
    def tree(self) -> Tree | None:
        """As `Statement.tree`."""

    @property
    def keyword(self) -> str:
        """As `Statement.keyword`."""

    def let_go(self) -> None:
        """Holds the tree no more: it is read again where somebody asks."""


class ReadWords(msgspec.Struct, eq=False):
    """Words that were read.

    Tree and tokens are two thirds of what a history holds in memory, and seldom asked for twice: who is done with them
    lets them go.
    """

    held_tokens: tuple[Token, ...] | None
    """None where they were let go."""
    comments: tuple[Token, ...]
    text: str
    """Of the whole source."""
    read: Callable[[tuple[Token, ...], str], Tree] | None
    """What reads the tree; None where there is none."""
    held: Tree | None
    span: Span | None
    """From the first token to the last; None where the tokens between aren't all that stands there."""
    keyword: str
    """As `Statement.keyword`."""

    @classmethod
    def of(cls, piece: StatementTokens, text: str) -> ReadWords:
        """Words of which no tree can be read."""
        return cls(piece.tokens, piece.comments, text, None, None, None, piece.tokens[0].upper)

    @classmethod
    def with_tree(
        cls, piece: StatementTokens, text: str, read: Callable[[tuple[Token, ...], str], Tree], held: Tree
    ) -> ReadWords:
        """Words with what reads their tree, and that tree."""
        span = None if piece.conflict else piece.span
        return cls(piece.tokens, piece.comments, text, read, held, span, piece.tokens[0].upper)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens, read again where they were let go."""
        if self.held_tokens is not None:
            return self.held_tokens
        return _read_again(self.text, self.span)

    @property
    def tree(self) -> Tree | None:
        """The tree, read again where it was let go."""
        return None if self.read is None else self.held or self.read(self.tokens, self.text)

    def let_go(self) -> None:
        """Holds the tree no more, nor the tokens where they can be read again."""
        self.held = None
        if self.span is not None:
            self.held_tokens = None

    def __eq__(self, other: object) -> bool:
        """Whether they are the same words: the tree follows from them."""
        if not isinstance(other, ReadWords):
            return NotImplemented
        if self.span is not None and self.text is other.text:
            return self.span == other.span
        return self.tokens == other.tokens and self.comments == other.comments

    def __hash__(self) -> int:
        return hash((self.keyword, self.comments))


@lru_cache(maxsize=1)
def _read_again(text: str, span: Span | None) -> tuple[Token, ...]:
    """The tokens of a stretch of a text; those of one are kept: a statement of a thousand changes is asked as often."""
    return tuple(token for token in scan(Source("", text), span) if token.kind not in COMMENTS)


class Statement(msgspec.Struct, frozen=True, dict=True):
    """One statement of a source: what stands between two `;` as SQL means them."""

    span: Span
    """From its first significant token to its last; the `;` is outside."""
    words: Words
    changes: tuple[Change, ...]
    """What it means; empty where it can't be read (`problem`), and where we failed on it (`failure`).

    Before an `END` that closes nothing, which is a problem too, stands what a database may take for the whole.
    """
    problem: Problem | None
    semicolon: int | None
    """The offset of the `;` that ends it."""
    failure: Exception | None
    """A bug of ours that reading it met."""
    conflict: bool
    """Whether a line of a merge conflict stands before or in it; then it is read as our side, and runs nowhere."""

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its words, quotes, numbers and symbols."""
        return self.words.tokens

    @property
    def comments(self) -> tuple[Token, ...]:
        """Those before it (behind the previous `;`) and inside it."""
        return self.words.comments

    @property
    def tree(self) -> Tree | None:
        """None where it isn't SQL, where it nests too deeply to be read, and where we failed on it."""
        return self.words.tree

    @property
    def keyword(self) -> str:
        """Its first word, in upper case."""
        return self.words.keyword

    def first_of_table(self, name: str) -> int:
        """The number of the first change of a table, from 0; that behind the last where none is."""
        return self._first_of_table.get(name, len(self.changes))

    @cached_property
    def _first_of_table(self) -> dict[str, int]:
        named = ((change.table, number) for number, change in enumerate(self.changes))
        return {table.text: number for table, number in reversed([*named]) if table}

    @property
    def is_own(self) -> bool:
        """Whether it is one of those statements of Kimberlite's own that a comment before them breaks."""
        words = [token.upper for token in self.tokens]
        return "MASKING" in words or "MASK" in words or "CLASSIFICATION" in words or words[:2] == ["CREATE", "USER"]

    @property
    def title(self) -> str:
        """Its first words up to the name it is about: `CREATE INDEX patients_dob_idx`, `ALTER TABLE patients`."""
        tokens = self.tokens
        words = [tokens[0].text] if tokens else []
        for token in tokens[1:_TITLE_LENGTH]:
            if token.upper in _BEHIND_THE_TITLE:
                break
            words.append(token.text)
        return " ".join(words).replace(" . ", ".")


def time_travel(tokens: Sequence[Token]) -> int:
    """How many tokens at the end of a query ask for an earlier state: `AS OF '…'`, `AT OFFSET 7`; 0 where none does.

    Kimberlite looks for these words at the very end, behind WHERE and ORDER BY (engine 0.9.1).
    """
    words = [token.upper or token.kind.value for token in tokens[-_LONGEST:]]
    return next((len(form) for form in _TIME_TRAVEL if words[-len(form) :] == [*form]), 0)


_TIME_TRAVEL: Final = (
    ("FOR", "SYSTEM_TIME", "AS", "OF", Kind.STRING.value),
    ("AS", "OF", Kind.STRING.value),
    ("AT", "OFFSET", Kind.NUMBER.value),
)
_LONGEST: Final = max(map(len, _TIME_TRAVEL))
_TITLE_LENGTH: Final = 8
_BEHIND_THE_TITLE: Final = frozenset(
    {"(", ",", "=", "ON", "SET", "VALUES", "WHERE", "ADD", "ALTER", "DROP", "RENAME", "AS"}
)
