"""A cursor over the tokens of one statement, for recognisers that stop at the first word the engine won't take."""

from __future__ import annotations

from typing import Final, NoReturn

import msgspec

from kmblint.sql.scanner import Kind, Token
from kmblint.targets.verdict import FormRefusal, Hazard, Replacement, UnsupportedForm
from kmblint.text import Span

NAMES: Final = frozenset({Kind.WORD, Kind.QUOTED, Kind.STRING})
"""What the engine's parser takes as an identifier; a text in single quotes too."""


_PADDING: Final = ("",) * 8
"""Behind the last word, so that looking ahead needs no bounds."""


class Refused(Exception):  # noqa: N818 - a verdict, not an error
    """The recogniser met something that the engine won't take; never leaves this package."""

    def __init__(self, refusal: FormRefusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class Named(msgspec.Struct, frozen=True):
    """An identifier as the engine stores it, parts joined by dots, and where it stands."""

    text: str
    span: Span
    quoted: bool = False
    parts: int = 1


class Cursor:
    """Reads the tokens from left to right and collects hazards on the way.

    `take` consumes what it finds and says where; every `expect…` raises `Refused` instead of returning None.
    """

    def __init__(self, tokens: tuple[Token, ...], end: int) -> None:
        self.tokens = tokens
        self.at = 0
        self.end = end
        self.depth = 0
        self.hazards: list[Hazard] = []
        self.words = [token.upper for token in tokens]
        self.words.extend(_PADDING)

    def peek(self, ahead: int = 0) -> Token | None:
        """The token that many places ahead."""
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def word(self, ahead: int = 0) -> str:
        """The keyword or symbol ahead in upper case; empty for literals, quoted names and the end."""
        return self.words[self.at + ahead]

    def kind(self, ahead: int = 0) -> Kind | None:
        """What the token ahead is; None at the end."""
        at = self.at + ahead
        return self.tokens[at].kind if at < len(self.tokens) else None

    @property
    def done(self) -> bool:
        """Whether every token is read."""
        return self.at >= len(self.tokens)

    def here(self) -> Span:
        """Where the next token stands; the point behind the last one at the end."""
        token = self.peek()
        return token.span if token else Span(self.end, self.end)

    def since(self, start: Span) -> Span:
        """From a place to the last token read."""
        return Span(start.start, max(start.end, self.tokens[self.at - 1].end if self.at else start.end))

    def sees(self, *words: str) -> bool:
        """Whether exactly these keywords or symbols come next."""
        at = self.at
        return self.words[at] == words[0] and (len(words) == 1 or tuple(self.words[at : at + len(words)]) == words)

    def take(self, *words: str) -> Span | None:
        """Consumes these keywords or symbols where they come next."""
        at = self.at
        if self.words[at] != words[0] or (len(words) > 1 and tuple(self.words[at : at + len(words)]) != words):
            return None
        self.at += len(words)
        return Span(self.tokens[at].start, self.tokens[self.at - 1].end)

    def take_any(self, *choices: str) -> str:
        """Consumes the next word where it is one of the choices, and says which; empty where it isn't."""
        word = self.word()
        if word and word in choices:
            self.at += 1
            return word
        return ""

    def advance(self) -> Token:
        """Consumes the next token; refuses at the end."""
        token = self.peek()
        if token is None:
            self.expected("more behind it")
        self.at += 1
        return token

    def expect(self, *words: str, what: str = "") -> Span:
        """Consumes these keywords or symbols."""
        return self.take(*words) or self.expected(what or f"`{' '.join(words)}`")

    def name(self, what: str = "a name") -> Named:
        """One identifier."""
        token = self.peek()
        if token is None or token.kind not in NAMES:
            self.expected(what)
        self.at += 1
        return Named(token.value, token.span, token.kind is not Kind.WORD)

    def object_name(self, what: str = "a name") -> Named:
        """An identifier, or several with dots between them."""
        found = self.name(what)
        while self.sees(".") and self.kind(1) in NAMES:
            self.at += 1
            part = self.name()
            found = Named(
                f"{found.text}.{part.text}", found.span.to(part.span), found.quoted or part.quoted, found.parts + 1
            )
        return found

    def names(self, what: str = "a column") -> list[Named]:
        """`(name, …)`; at least one."""
        self.expect("(", what="`(`")
        found = [self.name(what)]
        while self.take(","):
            found.append(self.name(what))
        self.expect(")", what="`,` or `)`")
        return found

    def balanced(self) -> Span:
        """Consumes `( … )` whatever it holds."""
        start = self.expect("(")
        depth = 1
        while depth:
            token = self.advance()
            depth += (token.text == "(") - (token.text == ")") if token.kind is Kind.SYMBOL else 0
        return self.since(start)

    def finish(self) -> None:
        """Refuses whatever is left."""
        if not self.done:
            self.expected("the end of the statement")

    def expected(self, what: str) -> NoReturn:
        """Refuses the next token in the engine's manner: what it expected and what it found."""
        token = self.peek()
        found = "the statement ends" if token is None else f"found `{_short(token.text)}`"
        self.refuse(f"the engine expects {what} here, and {found}", self.here())

    def refuse(
        self,
        reason: str,
        span: Span,
        advice: str | None = None,
        replacements: tuple[Replacement, ...] = (),
        kind: type[FormRefusal] = UnsupportedForm,
    ) -> NoReturn:
        """Stops with a reason."""
        raise Refused(kind(reason, span, advice, replacements))


def _short(text: str) -> str:
    """At most forty characters of a token, on one line, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
