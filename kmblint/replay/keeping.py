"""What a target keeps of the declarations of a history."""

from __future__ import annotations

from functools import cache

from kmblint.redaction import starred
from kmblint.replay.leaks import unsaid
from kmblint.replay.steps import Replay
from kmblint.schema.kept import Kept
from kmblint.targets import Target
from kmblint.text import Place, Span


def kept_by(target: Target, done: Replay, *, actual: bool) -> Kept:
    """What a target keeps of what a replayed history declares."""
    sources = done.history.sources
    parts = {part.migration.file: part for part in done.parts}

    @cache
    def secrets(file: str) -> list[Span]:
        part = parts.get(file)
        return [] if part is None else unsaid(part.migration, part, done.history)

    def text(place: Place) -> str:
        return starred(sources[place.file], secrets(place.file), place.span)

    return Kept(
        target.stored_type,
        constraints=target.capabilities.keeps_declarations,
        text=text,
        written=lambda place: sources[place.file].slice(place.span),
        actual=actual,
    )
