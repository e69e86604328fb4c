"""Suppressions: `kmblint: ignore[slug] reason` in a comment, what each covers, and whether its place does harm.

A comment must survive the runner, which skips a piece that begins with `--`, cuts at every `;`, sends a lone `/* */`,
and drops the header (crates/kimberlite-cli/src/commands/migration.rs). The header is therefore the place that always
works: there a suppression covers the file, or one object of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from enum import Enum
from itertools import islice
from typing import Final, Protocol

import msgspec

from kmblint.findings import INTERNAL
from kmblint.history.files import Migration
from kmblint.lint.identity import Layout, prefixes
from kmblint.schema.changes import (
    AddMask,
    AttachPolicy,
    Change,
    CreateObject,
    DetachPolicy,
    DropObject,
    SetClassification,
)
from kmblint.schema.kinds import ObjectKind
from kmblint.sql.scanner import COMMENTS, Kind, Token, scan
from kmblint.sql.statement import Statement
from kmblint.text import Place, Span
from kmblint.wording import GUESSED

_COMMENT: Final = re.compile(
    r"(?:--|/\*)[\s*-]*kmblint(?P<mark>[\s:=-]+)(?P<verb>ignore|disable|allow|skip)\b\s*"
    r"(?:\[(?P<entries>[^\]]*)\])?(?P<reason>.*)",
    re.DOTALL | re.IGNORECASE,
)
_ENTRY: Final = re.compile(r"(?P<name>[^\s,]+)(?P<rest>[^,]*)")


class Names(Protocol):
    """Who knows the rules by slug, code and alias."""

    def slug(self, name: str) -> str | None:
        """The slug that a name stands for."""

    def suggest(self, name: str) -> str | None:
        """What a misspelt name probably meant."""


class Status(Enum):
    """What became of a suppression."""

    USED = "used"
    UNUSED = "unused"
    """Its rule ran and found nothing that it covers."""
    IDLE = "idle"
    """Its rule didn't run, so nothing can be said of it."""
    EXPIRED = "expired"
    """Its date is past: it covers nothing any more."""
    UNKNOWN = "unknown"
    """It names no rule, or isn't written as a suppression is."""


class Suppression(msgspec.Struct, frozen=True):
    """One rule named in a suppressing comment."""

    file: str
    comment: Span
    """The whole comment."""
    span: Span
    """The rule's name in it."""
    name: str
    """As written."""
    rule: str | None
    """The slug it stands for."""
    first: bool
    """Whether it is the first of its comment; what is true of the comment is said there."""
    reason: str
    header: bool
    statement: int | None
    """The index of the statement that it covers (`Layout`); None for the whole file."""
    object: str | None = None
    """The one object that it is about (`patients.phone`)."""
    until: date | None = None
    problem: str | None = None
    """Why it can't be read, as a lower-case clause."""
    harm: str | None = None
    """What the runner or the engine does because of the comment's place, as a lower-case clause."""
    frozen: bool = False
    """Whether nobody can change it any more: taking it out would change the checksum of an applied file."""
    status: Status = Status.UNUSED
    nearest: str | None = None
    """The rule that a name nobody knows probably meant."""

    @property
    def names_no_rule(self) -> bool:
        """Whether it is written well, but nobody knows its rule."""
        return self.rule is None and self.problem is None

    @property
    def place(self) -> Place:
        """Where the rule is named."""
        return Place(self.file, self.span)


class Suppressions:
    """Every suppression of a history, and which of them were of use so far."""

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        self._all = tuple(suppressions)
        self._used: set[Suppression] = set()
        self._covering: dict[tuple[str, str, int | None, str | None], list[Suppression]] = {}
        for suppression in self._all:
            if suppression.rule is not None and suppression.status is Status.UNUSED:
                key = (suppression.file, suppression.rule, suppression.statement, suppression.object)
                self._covering.setdefault(key, []).append(suppression)
        self._covered = {(file, rule) for file, rule, _, _ in self._covering}

    def take(self, file: str, rule: str, statement: int, subject: str) -> bool:
        """Whether a finding is suppressed; the suppressions that do it are used from then on."""
        if (file, rule) not in self._covered:
            return False
        covering = [
            suppression
            for covered in (None, statement)
            for name in (None, *prefixes(subject))
            for suppression in self._covering.get((file, rule, covered, name), ())
        ]
        self._used.update(covering)
        return bool(covering)

    def settled(self, judged: Collection[str]) -> Iterator[Suppression]:
        """Each with what became of it; of rules that aren't `judged` nothing can be said."""
        for suppression in self._all:
            if suppression.status is not Status.UNUSED:
                yield suppression
            elif suppression in self._used:
                yield msgspec.structs.replace(suppression, status=Status.USED)
            else:
                yield (
                    suppression
                    if suppression.rule in judged
                    else msgspec.structs.replace(suppression, status=Status.IDLE)
                )


def find_suppressions(migration: Migration, names: Names, today: date) -> tuple[Suppression, ...]:
    """Every suppression of a file."""
    if "kmblint" not in migration.source.text.lower():
        return ()
    layout = Layout(migration)
    comments = [token for token in scan(migration.source) if token.kind in COMMENTS]
    found = [suppression for comment in comments for suppression in _read(migration, layout, comment, names, today)]
    unknown = dict.fromkeys(each.name for each in found if each.names_no_rule)
    nearest = {name: names.suggest(name) for name in islice(unknown, GUESSED)}
    return tuple(
        msgspec.structs.replace(each, nearest=nearest.get(each.name)) if each.names_no_rule else each for each in found
    )


def _read(migration: Migration, layout: Layout, comment: Token, names: Names, today: date) -> Iterator[Suppression]:
    match = _COMMENT.match(comment.text)
    if match is None or (":" not in match["mark"] and match["entries"] is None):
        return
    header = comment.span in migration.header.span
    frame = Suppression(
        file=migration.file,
        comment=comment.span,
        span=Span(comment.start + match.start("verb"), comment.start + match.end("verb")),
        name=match["verb"],
        rule=None,
        first=True,
        reason=match["reason"].removesuffix("*/").strip(" \t\r\n:-–—"),
        header=header,
        statement=None if header else _covered(migration, layout, comment),
        harm=None if header else _harm(migration, layout, comment),
        frozen=migration.applied and not header,
        status=Status.UNKNOWN,
    )
    entries = list(_ENTRY.finditer(match["entries"] or ""))
    if match["verb"].lower() != "ignore" or not entries:
        trouble = "names no rule" if match["verb"].lower() == "ignore" else "is unknown"
        yield msgspec.structs.replace(frame, problem=f"`kmblint: {match['verb']}` {trouble}")
        return
    if match["mark"].strip() != ":":
        yield msgspec.structs.replace(frame, problem="behind `kmblint` stands no `:`")
        return
    for number, entry in enumerate(entries):
        start = comment.start + match.start("entries") + entry.start("name")
        named = msgspec.structs.replace(
            frame, name=entry["name"], rule=names.slug(entry["name"]), first=number == 0,
            span=Span(start, start + len(entry["name"])), status=Status.UNUSED,
        )  # fmt: skip
        if named.rule == INTERNAL:
            yield msgspec.structs.replace(
                named, status=Status.UNKNOWN, problem="a fault of kmblint's own is always told"
            )
        elif named.rule is None:
            yield msgspec.structs.replace(named, status=Status.UNKNOWN)
        else:
            yield _qualify(named, entry["rest"].split(), today)


def _qualify(suppression: Suppression, words: list[str], today: date) -> Suppression:
    """With the object and the date that stand behind the rule's name."""
    about: str | None = None
    until: date | None = None
    problem: str | None = None
    for word in words:
        if word.startswith("until="):
            try:
                until = date.fromisoformat(word.removeprefix("until="))
            except ValueError:
                problem = f"`{word}` is no date"
        elif about is None:
            about = word.replace('"', "").replace("`", "")
        else:
            problem = f"`{word}` is neither a rule, an object nor a date"
    expired = until is not None and until < today
    status = Status.UNKNOWN if problem else Status.EXPIRED if expired else Status.UNUSED
    return msgspec.structs.replace(suppression, object=about, until=until, problem=problem, status=status)


def _covered(migration: Migration, layout: Layout, comment: Token) -> int:
    """The statement that the comment stands in, or else the one that ends on its line, or else the one behind it."""
    index = layout.at(comment.start)
    inside = index < len(layout.statements) and layout.statements[index].span.start < comment.start
    if inside or index == 0:
        return index
    before = layout.statements[index - 1]
    line = migration.source.position(comment.start).line
    same_line = migration.source.position(before.span.end).line == line
    unfinished = before.semicolon is None and index == len(layout.statements)
    return index - 1 if same_line or unfinished else index


def _harm(migration: Migration, layout: Layout, comment: Token) -> str | None:
    """What goes wrong because of the comment, as the runner cuts and the engine reads."""
    if ";" in comment.text:
        return "the runner cuts at the `;` in the comment"
    pieces = (*migration.pieces, *migration.down_pieces)
    piece = next((piece for piece in pieces if comment.start in piece.span), None)
    if piece is None:
        return None
    held = _first_statement(layout, piece.span)
    if held is None:
        alone = piece.sent and comment.kind is Kind.BLOCK_COMMENT
        return "the runner sends the comment alone, and the engine refuses it" if alone else None
    if not piece.sent:
        return "the runner skips the statement behind it" if comment.start < held.span.start else None
    if any(map(_is_cut, held.changes)):
        return "a comment inside this statement of Kimberlite's own breaks it"
    return None


def _is_cut(change: Change) -> bool:
    """Whether the engine cuts the statement on white space, where a comment counts as a word; it reads roles as SQL."""
    if isinstance(change, CreateObject | DropObject):
        return change.kind.is_own and change.kind is not ObjectKind.ROLE
    return isinstance(change, AddMask | AttachPolicy | DetachPolicy | SetClassification)


def _first_statement(layout: Layout, piece: Span) -> Statement | None:
    """The statement that begins in a piece."""
    index = layout.at(piece.start)
    if index < len(layout.statements) and layout.statements[index].span.start in piece:
        return layout.statements[index]
    return None
