"""A reader over the tokens of one statement: what every part of the grammar is read with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kmblint.schema.parts import Name
from kmblint.sql.scanner import Kind, Token
from kmblint.text import Span
from kmblint.wording import nearest

_OPENING: Final = frozenset({"(", "[", "{"})
_CLOSING: Final = frozenset({")", "]", "}"})


class NotSqlError(Exception):
    """The tokens are no SQL; says where, and what was probably meant. It never leaves `kmblint.sql`."""

    def __init__(self, message: str, span: Span, help: str | None = None) -> None:  # noqa: A002 - the field of Problem
        super().__init__(message)
        self.message = message
        self.span = span
        self.help = help


class UnmodelledError(Exception):
    """SQL that the model has no words for; `reason` names it. It never leaves `kmblint.sql`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reader:
    """Reads tokens from the left; a method that begins with `take` leaves the place alone if it finds nothing."""

    def __init__(self, tokens: Sequence[Token], end: int | None = None) -> None:
        self.tokens = tokens
        self.at = 0
        last = end if end is not None else tokens[-1].end if tokens else 0
        self._end = Token(Kind.OTHER, "", last, last)

    def peek(self, ahead: int = 0) -> Token:
        """The token at the place, or one behind it; an empty one behind the last."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else self._end

    @property
    def end(self) -> int:
        """The offset behind all that it reads."""
        return self._end.end

    @property
    def done(self) -> bool:
        """Whether every token is read."""
        return self.at >= len(self.tokens)

    def step(self) -> Token:
        """The token at the place, read."""
        token = self.peek()
        self.at += 1
        return token

    def sees(self, *words: str, ahead: int = 0) -> bool:
        """Whether these keywords or symbols come next."""
        index = self.at + ahead
        if index + len(words) > len(self.tokens):
            return False
        for word in words:  # a plain loop: it is called some forty times a statement
            if self.tokens[index].upper != word:
                return False
            index += 1
        return True

    def take(self, *words: str) -> Span | None:
        """Reads these keywords or symbols, if they come next: their span."""
        if not self.sees(*words):
            return None
        first = self.tokens[self.at].start
        self.at += len(words)
        return Span(first, self.tokens[self.at - 1].end)

    def take_any(self, *words: str) -> str | None:
        """Reads one of these keywords, if it comes next: which."""
        upper = self.peek().upper
        if upper and upper in words:
            self.at += 1
            return upper
        return None

    def need(self, *words: str) -> Span:
        """Reads these keywords or symbols; raises NotSqlError where something else stands."""
        first = self.peek().start
        for word in words:
            if not self.take(word):
                raise self.expected((word,))
        return Span(first, self.tokens[self.at - 1].end)

    def since(self, start: int) -> Span:
        """From the token of an index to the last one read."""
        return Span(self.tokens[start].start, self.tokens[max(self.at - 1, start)].end)

    def takes_name(self, ahead: int = 0) -> bool:
        """Whether a word or a quoted name comes next; nearly every keyword may be a name."""
        return self.peek(ahead).kind in (Kind.WORD, Kind.QUOTED)

    def name(self, what: str = "a name") -> Name:
        """Reads one identifier; raises NotSqlError where none stands."""
        if not self.takes_name():
            raise self.expected((what,))
        token = self.step()
        return Name(token.value, token.span, token.kind is Kind.QUOTED)

    def dotted(self, what: str = "a name") -> Name:
        """Reads an identifier with the qualifiers before it, as one name with dots."""
        first = self.name(what)
        if not self.sees("."):
            return first
        parts = [first]
        while self.take("."):
            parts.append(self.name(what))
        return Name(".".join(part.text for part in parts), first.span.to(parts[-1].span), any(p.quoted for p in parts))

    def group(self) -> tuple[Token, ...]:
        """Reads a pair of parentheses: the tokens inside; raises NotSqlError where it isn't closed."""
        opening = self.need("(")
        start = self.at
        self.at = _closing(self.tokens, start)
        if self.done:
            raise NotSqlError("this parenthesis is never closed", opening, "close it with `)`")
        self.at += 1
        return tuple(self.tokens[start : self.at - 1])

    def until(self, *words: str) -> tuple[Token, ...]:
        """Reads up to one of these keywords outside all brackets, or to the end: the tokens read."""
        start, depth = self.at, 0
        while not self.done:
            upper = self.peek().upper
            if depth == 0 and upper in words:
                break
            depth += (upper in _OPENING) - (upper in _CLOSING)
            self.at += 1
        return tuple(self.tokens[start : self.at])

    def rest(self) -> tuple[Token, ...]:
        """Reads all that is left."""
        left = tuple(self.tokens[self.at :])
        self.at = len(self.tokens)
        return left

    def names(self) -> tuple[Name, ...]:
        """Reads `(name, …)`; raises NotSqlError where something else stands in it."""
        closing_at = self.at
        inside = self.group()
        if not inside:
            self.at = closing_at + 1
            raise self.expected(("a column name",))
        return tuple(_only_name(item) for item in items(inside, self.tokens[self.at - 1].start))

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
        token = self.peek()
        if self.done:
            if not self.tokens:
                return NotSqlError(f"{shown} is missing", token.span)
            last = self.tokens[-1]
            return NotSqlError(f"{shown} is missing after `{short(last.text)}`", last.span)
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


def items(tokens: Sequence[Token], end: int) -> list[Reader]:
    """The parts between top-level commas, each with a reader of its own; raises NotSqlError where one is empty."""
    found: list[Reader] = []
    start, depth = 0, 0
    for index, token in enumerate(tokens):
        if token.kind is Kind.SYMBOL:
            if depth == 0 and token.text == ",":
                if start == index:
                    raise NotSqlError("nothing stands before this comma", token.span, "remove the comma")
                found.append(Reader(tokens[start:index], token.start))
                start = index + 1
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
    if start == len(tokens) and found:
        raise NotSqlError("nothing follows this comma", tokens[-1].span, "remove the comma")
    found.append(Reader(tokens[start:], end))
    return found


def _closing(tokens: Sequence[Token], start: int) -> int:
    depth = 1
    for index in range(start, len(tokens)):
        token = tokens[index]
        if token.kind is Kind.SYMBOL:
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
            if depth == 0:
                return index
    return len(tokens)


def _only_name(reader: Reader) -> Name:
    name = reader.name("a column name")
    reader.finish(",")
    return name


def _meant(token: Token, choices: tuple[str, ...]) -> str | None:
    """The keyword that a misspelt word was probably meant to be."""
    word = token.upper
    return nearest(word, filter(_is_keyword, choices)) if token.kind is Kind.WORD and word not in choices else None


def _is_keyword(text: str) -> bool:
    return text == text.upper()
