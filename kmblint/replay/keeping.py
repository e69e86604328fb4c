"""What a target keeps of the declarations of a history."""

from __future__ import annotations

from kmblint.history.files import History
from kmblint.schema.kept import Kept
from kmblint.targets import Target


def kept_by(target: Target, history: History, *, actual: bool) -> Kept:
    """What a target keeps of what a history declares."""
    return Kept(
        target.stored_type,
        constraints=target.capabilities.keeps_declarations,
        text=lambda place: history.sources[place.file].slice(place.span),
        actual=actual,
    )
