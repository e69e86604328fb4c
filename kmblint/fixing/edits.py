"""Fixes applied to text: all edits of a fix or none, and never two that touch the same characters."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from kmblint.findings import Edit, Fix
from kmblint.history.names import number_of


def disjoint(fixes: Iterable[Fix]) -> list[Fix]:
    """Each fix that collides neither with an earlier one nor with itself, equal ones once.

    Two collide where they touch the same characters (equal edits of two fixes don't: they are made once), or where they
    make or rename one file, or give two files one number.
    """
    chosen: list[Edit] = []
    numbers: dict[int | None, str] = {}
    moved: dict[str, str] = {}
    taken: list[Fix] = []
    for fix in dict.fromkeys(fixes):
        files = [(number_of(file.name), file) for file in fix.files]
        if any(
            numbers.get(number, file.name) != file.name or moved.get(file.replaces or "", file.name) != file.name
            for number, file in files
        ):
            continue
        if _added(fix, chosen):
            taken.append(fix)
            numbers |= {number: file.name for number, file in files if number is not None}
            moved |= {file.replaces: file.name for _, file in files if file.replaces is not None}
    return taken


def _added(fix: Fix, chosen: list[Edit]) -> bool:
    """Puts the edits of a fix among the chosen ones, sorted; none of them where one collides."""
    added: list[Edit] = []
    for edit in dict.fromkeys(fix.edits):
        position = bisect_left(chosen, edit)
        if edit in chosen[position : position + 1]:
            continue
        if any(_collide(edit, other) for other in chosen[max(position - 1, 0) : position + 1]):
            for earlier in added:
                chosen.remove(earlier)
            return False
        insort(chosen, edit)
        added.append(edit)
    return True


def _collide(edit: Edit, other: Edit) -> bool:
    """Whether two edits touch the same characters, or begin at one offset (their order would be a guess)."""
    here, there = edit.place.span, other.place.span
    return edit.place.file == other.place.file and (here.overlaps(there) or here.start == there.start)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text of one file with edits that don't collide; equal ones are made once."""
    parts: list[str] = []
    offset = 0
    for edit in sorted(set(edits)):
        parts += [text[offset : edit.place.span.start], edit.replacement]
        offset = edit.place.span.end
    return "".join([*parts, text[offset:]])
