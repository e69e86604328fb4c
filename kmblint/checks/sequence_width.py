"""Numbers of different widths, so that the order of the text isn't that of the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, Fix, Related, point
from kmblint.history.files import History, Migration

_CONVENTION: Final = 4
"""Digits of a number: what `migration create` and the guide write, and `file-name` asks for."""


def check(history: History) -> Iterator[Finding]:
    """Every file whose number has another width than most."""
    numbered = [m for m in history.migrations if m.number is not None and m.digits.isdigit()]
    widths = Counter(len(migration.digits) for migration in numbered)
    if len(widths) < 2:
        return
    usual = max(widths, key=lambda width: (widths[width], width == 4, width))
    model = next(migration for migration in numbered if len(migration.digits) == usual)
    odd = [migration for migration in numbered if len(migration.digits) != usual]
    widening = _widened(numbered) if usual < _CONVENTION else None
    for migration in odd:
        wanted = f"{migration.number:0{usual}}_{migration.description}.sql"
        mendable = len(str(migration.number)) <= usual and wanted not in history.sources
        if widening is not None:
            help_ = f"write all numbers with {_digits(_CONVENTION)}: the numbers stay the same"
            fix = widening if migration is odd[0] else None
        elif mendable:
            help_ = f"call it `{wanted}`: the number stays the same"
            fix = Fix(f"rename it to `{wanted}`", files=(migration.renamed(wanted),))
        else:
            help_ = f"write all numbers with {_digits(max(_CONVENTION, len(migration.digits)))}"
            fix = None
        yield Finding(
            point(migration.file),
            f"`{migration.digits}` has {_digits(len(migration.digits))} where others have {usual}"
            f"{_misplaced(migration, numbered)}",
            help=help_,
            related=(Related(point(model.file), f"has {_digits(usual)}"),),
            fix=fix,
        )


def _widened(numbered: list[Migration]) -> Fix | None:
    """All the numbers in the width of the convention; None where one of them doesn't fit into it."""
    names = {m.file: f"{m.number:0{_CONVENTION}}_{m.description}.sql" for m in numbered}
    if len({*names.values()}) < len(names) or any(len(str(m.number)) > _CONVENTION for m in numbered):
        return None
    renamed = tuple(m.renamed(names[m.file]) for m in numbered if m.file != names[m.file])
    return Fix(f"rename the files to {_digits(_CONVENTION)}", files=renamed)


def _misplaced(migration: Migration, numbered: list[Migration]) -> str:
    """Before or behind which file a listing by name puts it, where that is wrong."""
    for other in numbered:
        if (other.digits < migration.digits) != ((other.number or 0) < (migration.number or 0)):
            side = "before" if migration.digits < other.digits else "behind"
            return f", so a listing by name puts it {side} `{other.file}`"
    return ""


def _digits(count: int) -> str:
    return "1 digit" if count == 1 else f"{count} digits"
