"""What is sent of a history, in order: the runner's pieces of each migration, the statements of other files whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from kmblint.history.files import History, Migration
from kmblint.history.loose import loose
from kmblint.replay.playing import meant
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.layout import Piece
from kmblint.text import Source


class Sending(msgspec.Struct, frozen=True):
    """One statement, or a comment that is sent like one, and what is sent of it."""

    start: int
    """Offset in its file."""
    statement: Statement | None
    """None for a comment."""
    pieces: tuple[Piece, ...]
    """In order; a statement that the runner cuts has several, one that it skips none that is sent."""

    def texts(self, source: Source) -> tuple[str, ...]:
        """What is sent, as the runner has it: lines joined by a line feed."""
        return tuple(source.slice(piece.span).replace("\r\n", "\n") for piece in self.pieces if piece.sent)


class Part(msgspec.Struct, frozen=True):
    """One file to be played."""

    history: History
    """The one that it belongs to; a file that no runner sends is the baseline of one of its own."""
    migration: Migration
    is_data: bool = False
    """It only fills tables, by the user's wish."""

    @property
    def runs(self) -> bool:
        """Whether the runner sends it."""
        return self.history.baseline is not self.migration

    def sendings(self, target: Target) -> tuple[Sending, ...]:
        """Its statements and comments in the order of the text."""
        written = meant(self.history, self.migration, target, actual=True)
        if not self.runs or not target.capabilities.splits_at_semicolons:
            return tuple(Sending(each.span.start, each, (Piece(each.span, sent=True),)) for each in written)
        return tuple(sorted(_cut(self.migration.pieces, written), key=lambda sending: sending.start))


def _cut(pieces: tuple[Piece, ...], written: tuple[Statement, ...]) -> Iterator[Sending]:
    """Each piece belongs to the statement that it has a part of; one of comments alone is sent by itself."""
    parts: list[list[Piece]] = [[] for _ in written]
    number = 0
    for piece in pieces:
        while number < len(written) and written[number].span.end <= piece.span.start:
            number += 1
        if number < len(written) and written[number].span.overlaps(piece.span):
            parts[number].append(piece)
        elif piece.sent:
            yield Sending(piece.span.start, None, (piece,))
    for statement, own in zip(written, parts, strict=True):
        yield Sending(statement.span.start, statement, tuple(own))


def whole(name: str, path: Path, text: str) -> Part:
    """A file of statements that are sent one by one, by no runner."""
    migration = loose(Source(name, text, path.as_posix()), path, applied=False)
    return Part(History(path.parent, (), baseline=migration), migration, is_data=True)


def parts_of(history: History, data: dict[str, list[Part]]) -> tuple[Part, ...]:
    """The baseline, then every migration in the runner's order, each followed by its data (file name → parts)."""
    before = [Part(history, history.baseline)] if history.baseline else []
    return (
        *before,
        *(each for one in history.replayed for each in (Part(history, one), *data.get(one.file, ()))),
    )
