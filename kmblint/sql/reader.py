"""A reader over the tokens of one statement: what every part of the grammar is read with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from kmblint.sql.scanner import Kind, Token
from kmblint.sql.tree import Node, Shape
from kmblint.text import Span
from kmblint.wording import nearest

MAX_DEPTH: Final = 100
"""Expressions, or brackets, inside of others before we give up; every known engine gives up earlier."""
MAX_CHAIN: Final = 1000
"""Operands of one chain of `||`, `+` or `*` before we give up."""
MAX_DIGITS: Final = 1000
"""Digits of one number before we give up; no column holds as many, and Python itself reads no more than 4,300."""
NAMES: Final = (Kind.WORD, Kind.QUOTED)
_WORD: Final = Kind.WORD
_OPENING: Final = frozenset({"(", "[", "{"})
_CLOSING: Final = frozenset({")", "]", "}"})


class NotSqlError(Exception):
    """The tokens are no SQL; says where, and what was probably meant. It never leaves `kmblint.sql`."""

    def __init__(self, message: str, span: Span, help: str | None = None) -> None:  # noqa: A002 - the field of Problem
        self.message = message
        self.span = span
        self.help = help


class NoOperandError(NotSqlError):
    """A symbol or the end where an operand must stand, whatever the database. It never leaves `kmblint.sql`."""


class LimitError(Exception):
    """The statement is past a limit of ours: what it has too much of, as a clause. It never leaves `kmblint.sql`."""


class TooDeepError(LimitError):
    """The statement nests deeper than is read. It never leaves `kmblint.sql`."""

    def __init__(self) -> None:
        super().__init__(f"it nests more than {MAX_DEPTH} levels deep or chains too many operators")


class TooLongNumberError(LimitError):
    """A number has more digits than are read. It never leaves `kmblint.sql`."""

    def __init__(self, digits: int) -> None:
        super().__init__(f"a number in it has {digits:,} digits, and kmblint reads no more than {MAX_DIGITS:,}")


class Whole:
    """What the readers of one statement share; none of the readers, as a circle would outlive them all."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.depth = self.deepest = 0
        self.deepest_at = Span(0, 0)
        self.closing = _closings(tokens)  # raises TooDeepError, before anything looks inside


class Reader:
    """Reads tokens from the left; a method that begins with `take` leaves the place alone if it finds nothing.

    `inside` and `items` give readers of a part, over the same tokens and with the same text.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        text: str,
        query: Callable[[Reader], Node],
        *,
        at: int = 0,
        stop: int | None = None,
        whole: Whole | None = None,
    ) -> None:
        self.tokens = tokens
        self.text = text
        self.at = at
        self.stop = len(tokens) if stop is None else stop
        self.whole = whole or Whole(tokens)
        self.query = query
        """How a sub-query is read."""

    def part(self, at: int, stop: int) -> Reader:
        """A reader of the tokens from one index to another."""
        return Reader(self.tokens, self.text, self.query, at=at, stop=stop, whole=self.whole)

    def peek(self, ahead: int = 0) -> Token:
        """The token at the place, or one behind it; an empty one behind the last."""
        index = self.at + ahead
        if index < self.stop:
            return self.tokens[index]
        return Token(Kind.OTHER, "", self.end)

    @property
    def end(self) -> int:
        """The offset behind all that it reads: where the token behind it begins, if there is one."""
        if self.stop < len(self.tokens):
            return self.tokens[self.stop].start
        return self.tokens[-1].end if self.tokens else 0

    @property
    def done(self) -> bool:
        """Whether every token is read."""
        return self.at >= self.stop

    @property
    def word(self) -> str:
        """The keyword or symbol at the place; empty for literals, quoted names and the end."""
        return self.tokens[self.at].upper if self.at < self.stop else ""

    def step(self) -> Token:
        """The token at the place, read; at the end an empty one, and the place stays."""
        token = self.peek()
        self.at = min(self.at + 1, self.stop)
        return token

    def sees(self, *words: str, ahead: int = 0) -> bool:
        """Whether these keywords or symbols come next."""
        index = self.at + ahead
        if index + len(words) > self.stop:
            return False
        for word in words:  # a plain loop: it is called some forty times a statement
            if self.tokens[index].upper != word:
                return False
            index += 1
        return True

    def take(self, *words: str) -> Span | None:
        """Reads these keywords or symbols, if they come next: their span."""
        index = self.at
        if index >= self.stop or self.tokens[index].upper != words[0] or (len(words) > 1 and not self.sees(*words)):
            return None
        self.at += len(words)
        return Span(self.tokens[index].start, self.tokens[self.at - 1].end)

    def take_any(self, *words: str) -> str:
        """Reads one of these keywords, if it comes next: which; empty if none does."""
        upper = self.word
        if upper and upper in words:
            self.at += 1
            return upper
        return ""

    def clause(self, *words: str) -> Node | None:
        """Reads these keywords, if they come next: a clause of no parts."""
        span = self.take(*words)
        return Node(" ".join(words), span) if span else None

    def optional(self, *words: str) -> list[Node]:
        """Reads a clause as `clause` does, as a list that is empty where it doesn't come next."""
        clause = self.clause(*words)
        return [clause] if clause else []

    def need(self, *words: str) -> Span:
        """Reads these keywords or symbols; raises NotSqlError where something else stands."""
        first = self.at
        for word in words:
            if self.at >= self.stop or self.tokens[self.at].upper != word:
                raise self.expected((word,))
            self.at += 1
        return Span(self.tokens[first].start, self.tokens[self.at - 1].end)

    def since(self, start: int) -> Span:
        """From the token of an index to the last one read."""
        return Span(self.tokens[start].start, self.tokens[max(self.at - 1, start)].end)

    def node(self, kind: str, start: int, *parts: Node, text: str = "") -> Node:
        """A node of what is read from the token of an index on."""
        return Node(kind, self.since(start), text, parts)

    def takes_name(self, ahead: int = 0) -> bool:
        """Whether a word or a quoted name comes next; nearly every keyword may be a name."""
        return self.peek(ahead).kind in NAMES

    def takes_word(self) -> bool:
        """Whether a word, a quoted name or a text comes next: what an identifier may look like."""
        return self.takes_name() or self.peek().kind is Kind.STRING

    def name(self, what: str = "a name") -> Node:
        """Reads one identifier, a text in single quotes too; raises NotSqlError where none stands."""
        if self.at < self.stop:
            token = self.tokens[self.at]
            if token.kind is _WORD:
                self.at += 1
                return Node(Shape.NAME, Span(token.start, token.end), token.text)
        if not self.takes_word():
            raise self.expected((what,))
        token = self.step()
        return Node(Shape.NAME, token.span, token.value, quoted=True)

    def dotted(self, what: str = "a name") -> Node:
        """Reads an identifier with the qualifiers before it."""
        name = self.name(what)
        while self.take("."):
            part = self.name(what)
            before = name.text if name.qualifier is None else f"{name.qualifier}.{name.text}"
            name = Node(Shape.NAME, name.span.to(part.span), part.text, (), before, quoted=name.quoted or part.quoted)
        return name

    def inside(self) -> Reader:
        """Reads a pair of parentheses: a reader of what they hold; raises NotSqlError where it isn't closed."""
        opening = self.need("(")
        start = self.at
        closing = self.whole.closing.get(start - 1, self.stop)
        if closing >= self.stop:
            self.at = self.stop
            raise NotSqlError("this parenthesis is never closed", opening, "close it with `)`")
        self.at = closing + 1
        return self.part(start, closing)

    def skip(self) -> None:
        """Reads a pair of brackets, or one token."""
        if self.word in _OPENING:
            self.at = self.whole.closing.get(self.at, self.stop)
        self.at = min(self.at + 1, self.stop)

    def until(self, *words: str) -> Reader:
        """Reads up to one of these keywords outside all brackets, or to the end: a reader of what is read."""
        start = self.at
        while not self.done and self.word not in words:
            self.skip()
        return self.part(start, self.at)

    def rest(self) -> Reader:
        """Reads all that is left."""
        left = self.part(self.at, self.stop)
        self.at = self.stop
        return left

    def part_span(self) -> Span:
        """The place of all its tokens; the point behind them where it has none."""
        return Span(self.tokens[self.at].start, self.tokens[self.stop - 1].end) if not self.done else self.peek().span

    def slice(self) -> Sequence[Token]:
        """The tokens that are left, unread."""
        return self.tokens[self.at : self.stop]

    def items(self) -> Iterator[Reader]:
        """The parts between top-level commas, each with a reader; raises NotSqlError where one is empty."""
        if self.at >= self.stop:
            yield self.part(self.at, self.stop)
        while self.at < self.stop:
            start = self.at
            while not self.done and self.word != ",":
                self.skip()
            if start == self.at:
                raise NotSqlError("nothing stands before this comma", self.peek().span, "remove the comma")
            yield self.part(start, self.at)
            comma = self.take(",")
            if comma is not None and self.at >= self.stop:
                raise NotSqlError("nothing follows this comma", comma, "remove the comma")

    def names(self, what: str = "a column name") -> tuple[Node, ...]:
        """Reads `(name, …)`; raises NotSqlError where something else stands in it."""
        inside = self.inside()
        if inside.done:
            raise inside.expected((what,))
        names: list[Node] = []
        for item in inside.items():
            names.append(item.name(what))
            item.finish(",")
        return tuple(names)

    def columns(self) -> Node:
        """Reads `(name, …)` as one node; raises as `names`."""
        start = self.at
        names = self.names()
        return self.node("columns", start, *names)

    def finish(self, *expected: str) -> None:
        """Raises NotSqlError where something is left."""
        if not self.done:
            raise self.expected(expected or ("the end of the statement",))

    def expected(self, choices: Iterable[str]) -> NotSqlError:
        """The error about the token at the place, to be raised.

        Upper-case words among the expected are keywords: shown where nothing describes what is expected, and
        candidates for what a misspelt word was meant to be.
        """
        choices = tuple(choices)
        described = tuple(choice for choice in choices if not _is_keyword(choice))
        shown = " or ".join(described or tuple(f"`{choice}`" for choice in choices[:3]))
        first = self.at == 0 or self.tokens[self.at - 1].upper in ("(", ",")
        if self.done:
            if first and self.stop < len(self.tokens):
                token = self.tokens[self.stop]
                return NotSqlError(f"{shown} is expected, not `{short(token.text)}`", token.span)
            last = self.tokens[self.stop - 1] if self.stop else self.peek()
            return NotSqlError(f"{shown} is missing after `{short(last.text)}`", last.span)
        token = self.peek()
        wanted = _meant(token, choices)
        if wanted is None and self.at and (earlier := _meant(self.tokens[self.at - 1], choices)):
            token, wanted = self.tokens[self.at - 1], earlier
        if wanted:
            shown = f"`{wanted}`"
        return NotSqlError(
            f"{shown} is expected, not `{short(token.text)}`",
            token.span,
            f"did you mean `{wanted}`?" if wanted else None,
        )


def short(text: str) -> str:
    """A token's text as a message shows it: on one line, and not longer than forty characters."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def _closings(tokens: Sequence[Token]) -> dict[int, int]:
    """The index of the bracket that closes each opening one, whatever the two look like.

    Raises TooDeepError where too many are open at once.
    """
    closings: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        symbol = token.upper
        if symbol in _OPENING:
            opened.append(index)
            if len(opened) > MAX_DEPTH:
                raise TooDeepError
        elif symbol in _CLOSING and opened:
            closings[opened.pop()] = index
    return closings


def _meant(token: Token, choices: tuple[str, ...]) -> str | None:
    """The keyword that a misspelt word was probably meant to be."""
    word = token.upper
    return nearest(word, filter(_is_keyword, choices)) if token.kind is Kind.WORD and word not in choices else None


def _is_keyword(text: str) -> bool:
    return text == text.upper()
