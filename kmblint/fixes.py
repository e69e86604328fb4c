"""Fixes applied to text: all edits of a fix or none, and never two that touch the same characters."""

from __future__ import annotations

from collections.abc import Iterable

from kmblint.findings import Edit, Fix


def choose(fixes: Iterable[Fix]) -> tuple[Edit, ...]:
    """The edits of every fix that doesn't collide with an earlier one; a second run may apply the rest."""
    chosen: dict[Edit, None] = {}
    for fix in fixes:
        new = [edit for edit in fix.edits if edit not in chosen]
        if not any(_collide(edit, other) for edit in new for other in chosen):
            chosen.update(dict.fromkeys(new))
    return tuple(sorted(chosen))


def _collide(edit: Edit, other: Edit) -> bool:
    """Whether two edits touch the same characters, or insert at one offset (their order would be a guess)."""
    here, there = edit.place.span, other.place.span
    return edit.place.file == other.place.file and (here.overlaps(there) or here.start == there.start)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text of one file with edits that don't overlap."""
    for edit in sorted(edits, reverse=True):
        span = edit.place.span
        text = text[: span.start] + edit.replacement + text[span.end :]
    return text
