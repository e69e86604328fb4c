"""Fixes applied to text: all edits of a fix or none, and never two that touch the same characters."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from kmblint.findings import Edit, Fix


def choose(fixes: Iterable[Fix]) -> tuple[Edit, ...]:
    """The edits of every fix that collides neither with an earlier one nor with itself, in the order of their places.

    Equal edits of two fixes are made once; a second run may apply what is left out.
    """
    chosen: list[Edit] = []
    for fix in fixes:
        added: list[Edit] = []
        for edit in dict.fromkeys(fix.edits):
            at = bisect_left(chosen, edit)
            if edit in chosen[at : at + 1]:
                continue
            if any(_collide(edit, other) for other in chosen[max(at - 1, 0) : at + 1]):
                for each in added:
                    chosen.remove(each)
                break
            insort(chosen, edit)
            added.append(edit)
    return tuple(chosen)


def _collide(edit: Edit, other: Edit) -> bool:
    """Whether two edits touch the same characters, or begin at one offset (their order would be a guess)."""
    here, there = edit.place.span, other.place.span
    return edit.place.file == other.place.file and (here.overlaps(there) or here.start == there.start)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text of one file with edits that don't collide."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits):
        parts += [text[at : edit.place.span.start], edit.replacement]
        at = edit.place.span.end
    return "".join([*parts, text[at:]])
