"""Characters that nobody sees, or that look like others."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from kmblint.findings import Applicability, Edit, Finding, Fix, Related, Severity
from kmblint.history.files import Migration
from kmblint.sql.scanner import COMMENTS, Kind, Token, scan
from kmblint.text import Place, Span

_DIRECTIONS: Final = "\u202a-\u202e\u2066-\u2069"
_UNSEEN: Final = (
    "\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
)
_SPACES: Final = "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SUSPECT: Final = re.compile(
    rf"(?P<direction>[{_DIRECTIONS}])|(?P<unseen>[{_UNSEEN}])|(?P<space>[{_SPACES}])|(?P<foreign>[\u0370-\u052f]+)"
    r"|(?P<return>\r(?![\r\n]|\Z))"
)
_LOOKALIKES: Final = dict(
    zip(
        "АВЕКМНОРСТХІЈЅУаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαινρυκ",
        "ABEKMHOPCTXIJSYaeopcyxijshdqwABEZHIKMNOPTYXoaivpuk",
        strict=True,
    )
)
"""Cyrillic and Greek letters, and the Latin ones that they are taken for."""
_NAMES: Final = frozenset({Kind.WORD, Kind.QUOTED})
_QUIET: Final = COMMENTS | {Kind.STRING, Kind.DOLLAR}


class _Suspect(msgspec.Struct, frozen=True):
    """A character (or a name with a look-alike) that isn't what it seems."""

    span: Span
    kind: str
    token: Token | None
    """What it stands in."""


def check(migration: Migration) -> Iterator[Finding]:
    """One finding for each kind of character in each statement."""
    text = migration.source.text
    if (text.isascii() and "\r" not in text) or not _SUSPECT.search(text):
        return
    ends = [statement.span.end for statement in migration.statements]
    grouped: dict[tuple[int, str], list[_Suspect]] = {}
    for suspect in _suspects(text, scan(migration.source)):
        grouped.setdefault((bisect_right(ends, suspect.span.start), suspect.kind), []).append(suspect)
    for (_, kind), members in grouped.items():
        yield _finding(migration, kind, members)


def _suspects(text: str, tokens: list[Token]) -> Iterator[_Suspect]:
    starts = [token.start for token in tokens]
    told: set[int] = set()
    for match in _SUSPECT.finditer(text):
        number = bisect_right(starts, match.start()) - 1
        token = tokens[number] if number >= 0 and match.start() < tokens[number].end else None
        kind = match.lastgroup or ""
        if kind == "return":
            if token is not None and token.kind is Kind.LINE_COMMENT:
                yield _Suspect(Span(*match.span()), kind, token)
            continue
        if kind != "direction" and token is not None and token.kind in _QUIET:
            continue
        if kind != "foreign":
            yield _Suspect(Span(*match.span()), kind, token)
        elif token is not None and token.kind in _NAMES and token.start not in told and _latin(token.value):
            told.add(token.start)
            yield _Suspect(token.span, kind, token)


def _latin(name: str) -> str | None:
    """The name in Latin letters, where it mixes them with letters that only look like them."""
    plain = "".join(_LOOKALIKES.get(letter, letter) for letter in name)
    return (
        plain
        if plain != name and plain.isascii() and any(letter.isascii() and letter.isalpha() for letter in name)
        else None
    )


def _finding(migration: Migration, kind: str, members: list[_Suspect]) -> Finding:
    first, *others = members
    text = migration.source.slice(first.span)
    called = f"U+{ord(text[0]):04X} {unicodedata.name(text[0], 'a control character')}"
    message, help_, severity = {
        "direction": (
            f"{called} makes the text look as if it stood in another order than the engine reads it in",
            "delete it",
            None,
        ),
        "unseen": (
            f"{called} is invisible, and the engine refuses it or takes it as part of a name",
            "delete it",
            None,
        ),
        "space": (f"{called} looks like a space and is none to most tools", "write a plain space", Severity.WARNING),
        "return": (
            "a carriage return alone ends no line, so what stands behind it is part of this comment",
            "write a line feed",
            None,
        ),
        "foreign": (
            f"`{text}` holds letters that only look Latin: {_letters(text)}",
            f"write `{_latin(text)}`",
            Severity.WARNING,
        ),
    }[kind]
    quiet = any(suspect.token is not None and suspect.token.kind is Kind.STRING for suspect in members)
    return Finding(
        migration.place(first.span),
        message + (f" (and {len(others)} more in this statement)" if others else ""),
        help=help_,
        related=tuple(Related(migration.place(suspect.span), "likewise") for suspect in others),
        fix=Fix(
            help_,
            tuple(_edits(migration, kind, members)),
            Applicability.UNSAFE if quiet or kind == "foreign" else Applicability.SAFE,
        ),
        severity=severity,
    )


def _letters(name: str) -> str:
    odd = dict.fromkeys(letter for letter in name if letter in _LOOKALIKES)
    return ", ".join(f"U+{ord(letter):04X} {unicodedata.name(letter)}" for letter in odd)


def _edits(migration: Migration, kind: str, members: Iterable[_Suspect]) -> Iterator[Edit]:
    for suspect in members:
        text = migration.source.slice(suspect.span)
        new = {"direction": "", "unseen": "", "space": " ", "return": "\n", "foreign": _latin(text) or text}[kind]
        yield Edit(Place(migration.file, suspect.span), new)
