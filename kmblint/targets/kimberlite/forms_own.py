"""Kimberlite's own statements: known by their first words and cut on white space (area kimberlite).

Source: kimberlite-query 0.9.1, src/parser.rs (`try_parse_custom_statement`).
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final, NoReturn

from kmblint.targets.kimberlite.fold import Fold
from kmblint.targets.verdict import Crashes, UnrecognisedForm
from kmblint.text import Source, Span

_SHAPES: Final = {
    "DROP MASKING POLICY": "DROP MASKING POLICY name",
    "CREATE MASK": "CREATE MASK name ON table.column USING strategy",
    "DROP MASK": "DROP MASK name",
    "SHOW CLASSIFICATIONS": "SHOW CLASSIFICATIONS FOR table",
    "SHOW COLUMNS": "SHOW COLUMNS FROM table",
    "SHOW TABLES": "SHOW TABLES",
    "CREATE USER": "CREATE USER name WITH ROLE role",
}
"""First words → the whole statement, word by word; lower-case words stand for one word of one's own."""
_POLICY: Final = "CREATE MASKING POLICY name STRATEGY kind EXEMPT ROLES ('role', …)"
_ATTACH: Final = "ALTER TABLE table ALTER COLUMN column SET MASKING POLICY name"
_DETACH: Final = "ALTER TABLE table ALTER COLUMN column DROP MASKING POLICY"
_CLASSIFY: Final = "ALTER TABLE table MODIFY COLUMN column SET CLASSIFICATION 'word'"
_MEANT: Final = re.compile(
    r"(?i)CREATE\s+MASK(?:ING\s+POLICY)?\b|DROP\s+MASK(?:ING\s+POLICY)?\b|CREATE\s+USER\b"
    r"|ALTER\s+TABLE\b.*\b(?:MASKING\s+POLICY|SET\s+CLASSIFICATION)\b",
    re.DOTALL,
)
_MEANT_WORDS: Final = ("MASK", "USER", "CLASSIFICATION")
"""One of which stands in each of these, wherever the words before it are cut."""
_FIRST_WORDS: Final = frozenset({"CREATE", "DROP", "ALTER", "SHOW"})
_WORD: Final = re.compile(r"\S+")
_EXEMPT: Final = re.compile(r"(?i)EXEMPT ROLES")


def judge_own(fold: Fold, source: Source, sent: Span, span: Span) -> bool:
    """Whether the statement is one of the engine's own, by its text as it is sent (`sent` includes the comments).

    Where its words aren't exactly those that the engine cuts, the first that isn't is refused.
    """
    if fold.tokens[0].upper not in _FIRST_WORDS:
        return False
    text = source.slice(sent)
    cut = _Words(fold, text, sent.start)
    try:
        return _judge(cut, text.upper(), sent, span)
    except _StopError:
        return True


def _judge(cut: _Words, upper: str, sent: Span, span: Span) -> bool:
    if upper.startswith("CREATE MASKING POLICY"):
        _policy(cut)
    elif upper.startswith("ALTER TABLE") and "MASKING POLICY" in upper:
        _attachment(cut)
    elif upper.startswith("ALTER TABLE") and "SET CLASSIFICATION" in upper:
        _classification(cut)
    elif shape := next((shape for first, shape in _SHAPES.items() if upper.startswith(first)), None):
        cut.match(shape)
        if shape == _SHAPES["CREATE MASK"]:
            _mask(cut)
        elif upper.startswith("SHOW C"):
            _plain_names(cut, 3)
    elif any(word in upper for word in _MEANT_WORDS) and _MEANT.match(
        " ".join(token.upper for token in cut.fold.tokens)
    ):
        if sent.start < span.start:
            cut.fold.refuse("a comment before this statement keeps the engine from knowing it",
                            Span(sent.start, span.start), "move the comment to the top of the file, as `--` lines",
                            kind=UnrecognisedForm)  # fmt: skip
            bare = _Words(cut.fold, cut.text[span.start - cut.start :], span.start)
            return _judge(bare, bare.text.upper(), span, span)
        cut.stop("the engine knows this statement by its first words, one space between them", span,
                 "write the first words on one line with one space between them")  # fmt: skip
    else:
        return False
    return True


class _StopError(Exception):
    """The engine stops at a word; it is refused by then. It never leaves this module."""


class _Words:
    """The statement's text cut on white space, as the engine cuts it."""

    def __init__(self, fold: Fold, text: str, start: int) -> None:
        self.fold = fold
        self.text = text
        self.start = start

    @cached_property
    def found(self) -> list[tuple[str, Span]]:
        start = self.start
        return [
            (match.group(), Span(start + match.start(), start + match.end())) for match in _WORD.finditer(self.text)
        ]

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + len(self.text))

    def match(self, shape: str) -> None:
        """Refuses where the words aren't those of the shape."""
        wanted = shape.split()
        if len(self.found) != len(wanted):
            self.refuse(shape)
        for want, (word, span) in zip(wanted, self.found, strict=True):
            if want.isupper() and word.upper() != want:
                self.refuse(shape, span)

    def stop(self, reason: str, span: Span, advice: str) -> NoReturn:
        """Refuses the statement at a word."""
        self.fold.refuse(reason, span, advice, kind=UnrecognisedForm)
        raise _StopError

    def refuse(self, shape: str, span: Span | None = None) -> NoReturn:
        """Says what the engine wants word by word."""
        if "--" in self.text or "/*" in self.text:
            reason = "a comment in this statement counts as one of its words"
        elif len(self.found) > len(shape.split()):
            reason = "the engine cuts this statement on white space and finds words too many"
        else:
            reason = "the engine cuts this statement on white space and finds other words than it wants"
        self.stop(reason, span or self.span, f"write exactly `{shape}`")


def _policy(cut: _Words) -> None:
    head, *behind = _EXEMPT.split(cut.text, maxsplit=1)
    parts = head.split()[3:]
    if not behind:
        cut.stop("a masking policy needs the roles that see the value", cut.span,
                            f"write `{_POLICY}`")  # fmt: skip
    if len(parts) < 3 or parts[1].upper() != "STRATEGY":
        cut.refuse(_POLICY)
    _strategy(cut, parts[2].upper(), parts[3:])
    tail = behind[0].strip()
    if not (tail.startswith("(") and tail.endswith(")")):
        cut.refuse(_POLICY)
    if not any(role.strip().strip("'") for role in tail[1:-1].split(",")):
        cut.stop("the list of roles is empty", cut.span, f"write `{_POLICY}`")


def _strategy(cut: _Words, kind: str, arguments: list[str]) -> None:
    if kind == "REDACT_CUSTOM":
        good = len(arguments) == 1 and len(arguments[0]) > 1 and arguments[0][0] == arguments[0][-1] == "'"
        advice = "write one text in single quotes without a space"
    elif kind == "TRUNCATE":
        good = len(arguments) == 1 and arguments[0].lstrip("+").isdigit() and int(arguments[0]) > 0
        advice = "write a number of characters above 0"
    elif kind in cut.fold.facts.policy_strategies:
        good = not arguments
        advice = f"write `{kind}` alone"
    else:
        cut.stop(f"there is no masking strategy `{kind}`", cut.span,
                            "write one of REDACT_SSN, REDACT_PHONE, REDACT_EMAIL, REDACT_CC, "
                           "REDACT_CUSTOM '…', HASH, TOKENIZE, "
                            "TRUNCATE n or NULL")  # fmt: skip
    if not good:
        cut.stop(f"the engine can't read what is behind `{kind}`: it cuts on white space", cut.span, advice)


def _attachment(cut: _Words) -> None:
    shape = _DETACH if len(cut.found) == 9 else _ATTACH
    cut.match(shape)
    _plain_names(cut, 2, 5)


def _classification(cut: _Words) -> None:
    cut.match(_CLASSIFY)
    value, span = cut.found[8]
    if not (len(value) > 1 and value[0] == value[-1] == "'"):
        cut.stop("a classification stands in single quotes", span, f"write `{_CLASSIFY}`")
    _plain_names(cut, 2, 5)
    if ends_server(value):
        cut.fold.hazards.append(Crashes("an empty classification kills the server", span))


def ends_server(classification: str) -> bool:
    """Whether the engine ends at a classification, given with its quotes, instead of refusing it."""
    return classification == "''"


def _plain_names(cut: _Words, *places: int) -> None:
    """Quotes count as part of the name here."""
    for place in places:
        word, span = cut.found[place]
        if word[0] in '"`':
            cut.stop(f"the quotes of `{word}` count as part of the name here", span,
                                "write the name without quotes")  # fmt: skip


def _mask(cut: _Words) -> None:
    target, span = cut.found[4]
    table, dot, column = target.partition(".")
    if not (table and dot and column):
        cut.stop("a mask stands on `table.column`", span, f"write `{_SHAPES['CREATE MASK']}`")
    _plain_names(cut, 4)
    strategy, span = cut.found[6]
    known = cut.fold.facts.mask_strategies
    if strategy.upper() not in known:
        cut.stop(f"there is no masking strategy `{strategy}`", span,
                            f"write one of {', '.join(sorted(known))}")  # fmt: skip
