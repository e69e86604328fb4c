"""What a fold over a statement's tree collects: every refusal that the words alone show, and the hazards."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Final

import msgspec

from kmblint.findings import Severity
from kmblint.sql.reader import short
from kmblint.sql.scanner import Token
from kmblint.sql.statement import Statement
from kmblint.sql.tree import Node, Shape
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.outcome import Form
from kmblint.targets.verdict import DroppedClause, FormRefusal, Hazard, Replacement, UnsupportedForm
from kmblint.text import Span

THE_END: Final = "the end of the statement"


class Fold:
    """Collects refusals and hazards in the order of the text; one cause is refused once."""

    def __init__(self, statement: Statement, facts: Facts) -> None:
        self.facts = facts
        self.tokens = statement.tokens
        self.hazards: list[Hazard] = []
        self._refusals: dict[tuple[str, bool], FormRefusal] = {}
        self._edits: dict[tuple[str, bool], list[Replacement]] = {}
        """Of each refusal: a statement may have one for each of its tokens, so they are joined once."""

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    @property
    def form(self) -> Form:
        """What was collected."""
        refusals = (
            msgspec.structs.replace(refusal, replacements=tuple(self._edits[key]))
            for key, refusal in self._refusals.items()
        )
        return Form(tuple(refusals), tuple(self.hazards))

    @property
    def refused(self) -> bool:
        """Whether anything is refused by now."""
        return bool(self._refusals)

    def refuse(
        self,
        reason: str,
        span: Span,
        advice: str | None = None,
        replacements: tuple[Replacement, ...] = (),
        *,
        kind: type[FormRefusal] = UnsupportedForm,
    ) -> None:
        """Notes a reason; where it is noted already, its edits join those of the first."""
        key = (reason, bool(replacements))
        if key not in self._refusals:
            self._refusals[key] = kind(reason, span, advice)
        self._edits.setdefault(key, []).extend(replacements)

    def refuse_clause(self, clause: Node, reason: str, advice: str | None = None, *, words: int = 1) -> None:
        """Notes a reason at the first words of a clause."""
        self.refuse(reason, self.first_words(clause.span, words), advice)

    def expected(self, what: str, place: Span | Node | None) -> None:
        """Refuses the word at a place in the engine's manner: what it expected and what it found."""
        span = place.span if isinstance(place, Node) else place
        token = self.token(span) if span else None
        if token is None:
            end = self.tokens[-1].end
            self.refuse(f"the engine expects {what} here, and the statement ends", Span(end, end))
        else:
            self.refuse(f"the engine expects {what} here, and found `{short(token.text)}`", token.span)

    def note(self, clause: str, span: Span, graded: tuple[str, Severity], column: str | None = None) -> None:
        """Notes a clause that is parsed and thrown away: what is then not so, and how bad that is."""
        self.hazards.append(DroppedClause(clause, span, *graded, column))

    def unread(self, node: Node) -> bool:
        """Refuses what the engine's parser can't read in an expression; whether there is any."""
        odd = next(_odd(node), None)
        if odd is None:
            return False
        if odd.kind is Shape.OPAQUE:
            self.refuse(f"the engine can't read this: it doesn't take `{short(odd.text)}` here", odd.span)
        else:
            self.refuse(f"the engine has no {odd.text}", odd.span, "write IS NULL or IS NOT NULL")
        return True

    def token(self, span: Span) -> Token | None:
        """The token that begins at a place, or the first one behind it."""
        index = bisect_left(self._starts, span.start)
        return self.tokens[index] if index < len(self.tokens) else None

    def within(self, span: Span) -> tuple[Token, ...]:
        """The tokens of a stretch."""
        return self.tokens[bisect_left(self._starts, span.start) : bisect_left(self._starts, span.end)]

    def behind(self, span: Span) -> Span | None:
        """Where the token behind a place stands."""
        index = bisect_left(self._starts, span.end)
        return self.tokens[index].span if index < len(self.tokens) else None

    def before(self, span: Span) -> Token:
        """The token before a place."""
        return self.tokens[max(bisect_left(self._starts, span.start) - 1, 0)]

    def first_words(self, span: Span, count: int) -> Span:
        """The place of the first words of a stretch."""
        index = bisect_left(self._starts, span.start)
        return Span(span.start, self.tokens[min(index + count, len(self.tokens)) - 1].end)

    def last(self, span: Span) -> str:
        """The last word of a stretch, in upper case."""
        return self.tokens[bisect_left(self._starts, span.end) - 1].upper


def _odd(node: Node) -> Iterator[Node]:
    if node.kind is Shape.OPAQUE or (node.kind is Shape.IS_NULL and node.text in {"ISNULL", "NOTNULL"}):
        yield node
    elif node.kind is not Shape.QUERY and node.kind is not Shape.SPECIAL_CALL:
        for part in node.parts:
            yield from _odd(part)
